"""The whole service through the sandbox: on PostgreSQL, and in two processes at once."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.contents import write_whole
from bot.fetching import Fetching
from bot.settings import Settings
from bot.starting import StartFailed, require_free_port
from conversation.messages import FileRef
from sandbox.clock import MovableClock
from sandbox.server import serving
from sandbox.world import World
from storage import contents, files
from tests.unpaced import TOKEN, UnpacedService

ROLES = ("listen", "work", "send")


@asynccontextmanager
async def service(url: str, folder: Path, api: str, clock: MovableClock) -> AsyncIterator[None]:
    """A process of its own, but for the process."""
    settings = Settings(
        database_url=url, data_dir=folder, telegram_token=SecretStr(TOKEN), telegram_api_base=api,
        telegram_webhook_url="", roles=ROLES,
    )  # fmt: skip
    opened = await UnpacedService.open(settings, clock)
    stop = asyncio.Event()
    running = asyncio.create_task(opened.run(stop))
    try:
        yield
    finally:
        stop.set()
        async with asyncio.timeout(10):
            await running
        await opened.close()


@pytest.fixture
async def world() -> AsyncIterator[tuple[World, str]]:
    made = World(MovableClock(), pace=False)
    made.add_bot(TOKEN)
    async with serving(made) as api:
        yield made, api


async def test_of_two_processes_on_one_postgresql_one_sends_and_the_other_takes_over(
    loaded_postgres_url: str, tmp_path: Path, world: tuple[World, str]
) -> None:
    made, api = world
    clock = made.clock
    assert isinstance(clock, MovableClock)
    people = [made.add_person(f"Bác {number}") for number in range(10)]
    async with service(loaded_postgres_url, tmp_path / "b", api, clock):
        async with service(loaded_postgres_url, tmp_path / "a", api, clock):
            for person in people:
                person.type("xin chào")
            for person in people:
                await person.hear()
        for person in people:
            person.type("xin chào")
        for person in people:
            await person.hear()
        await asyncio.sleep(0.5)
    said = Counter(len(person.chat.spoken) for person in people)
    assert said == {2: len(people)}
    assert [request for request in made.requests if request.status == 409] == []


@pytest.mark.parametrize("host", ["203.0.113.1", "nowhere.invalid"])
async def test_an_address_that_is_not_this_machines_is_named(host: str) -> None:
    with pytest.raises(StartFailed, match="CAUNOI_WEB_HOST"):
        await require_free_port(Settings(web_host=host, web_port=0))


async def test_photos_of_0_1_0_on_postgresql_go_from_the_folder_into_the_table(
    loaded_postgres_url: str, tmp_path: Path
) -> None:
    settings = Settings(database_url=loaded_postgres_url, data_dir=tmp_path)
    photo = b"bytes of a photo"
    digest = hashlib.sha256(photo).hexdigest()
    place = contents.place_of(tmp_path, digest)
    before = await UnpacedService.open(settings, MovableClock())
    file = await before.database.write(files.expect, FileRef("photo", "x"), "telegram:8123", "2026-11-23")
    await before.database.write(files.store, file, digest, "image/jpeg", len(photo))
    await before.close()
    write_whole(place, photo)
    after = await UnpacedService.open(settings, MovableClock())
    assert (await Fetching(after.database, {}, tmp_path / "of another machine").read(str(file))).content == photo
    assert not place.exists()  # or it would stay when its sender erases it
    await after.close()
