"""The program on trial as a process of its own, with its platform, its people, and a clock that can be set."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from bot.settings import Settings
from sandbox.people import Person
from sandbox.server import serving
from storage.database import open_database
from tests.campaigns.campaign import Engine, Shard
from tests.crash.bench import Mode, Witness, settings_for
from tests.unpaced import TOKEN

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
SECONDS = 20.0
GLANCE = 0.01


@dataclass
class Trial:
    """A running program, and everybody around it."""

    world: Witness
    settings: Settings
    people: list[Person]
    folder: Path
    process: Process

    @property
    def hook(self) -> str:
        """Where updates are posted."""
        return self.settings.telegram_webhook_url

    @property
    def page(self) -> str:
        """Where the program tells how it is."""
        return f"http://127.0.0.1:{self.settings.web_port}/-"

    def heard(self, person: Person, words: str) -> int:
        """How often somebody was told these words."""
        return self.world.heard[person.id, words]

    def set_clock(self, to: str) -> None:
        """Set the program's wall clock, as in `-3h`, `+1d` or `+0 x48`."""
        draft = self.folder / "clock.draft"
        draft.write_text(to)
        draft.replace(self.folder / "clock")

    async def until(self, reached: Callable[[], bool], seconds: float = SECONDS) -> None:
        """Wait for something to become true, which it must."""
        assert await self.comes(reached, seconds), self.last_words()

    async def comes(self, reached: Callable[[], bool], seconds: float) -> bool:
        """Wait for something to become true; tell whether it did."""
        try:
            async with asyncio.timeout(seconds):
                while not reached():  # noqa: ASYNC110 - the world's listeners are not for us
                    await asyncio.sleep(GLANCE)
        except TimeoutError:
            return False
        return True

    async def stop(self) -> None:
        """End it well."""
        self.process.terminate()
        async with asyncio.timeout(SECONDS):
            assert await self.process.wait() == 0, self.last_words()

    async def ask(self, query: Callable[[Connection], T]) -> T:
        """Read the records, which nobody else has open any more."""
        now = self.world.clock.now()
        database = await open_database(self.settings.database_url, self.settings.data_dir, now=now, migrate=False)
        try:
            return await database.read(query)
        finally:
            await database.close()

    def last_words(self) -> str:
        """The end of its log."""
        return (self.folder / "log").read_text()[-3000:]


@asynccontextmanager
async def trial_of(
    shard: Shard, *, mode: Mode = "polling", engine: Engine = "sqlite", people: int = 20, gated: bool = False,
    faked_clock: bool = False, clock: str = "+0", flags: tuple[str, ...] = ()
) -> AsyncIterator[Trial]:  # fmt: skip
    """Start it, and let nothing run on afterwards."""
    world = Witness()
    world.add_bot(TOKEN)
    crowd = [world.add_person(f"Người {number}") for number in range(people)]
    for person in crowd:
        person.chat.started = True
    with shard.records(engine) as url:
        async with serving(world) as api:
            settings = settings_for(mode, url, shard.folder, api)
            (shard.folder / "clock").write_text(clock)
            flags = (*flags, "--gated") if gated else flags
            process = await _start(settings, shard.folder, flags, faked_clock=faked_clock)
            trial = Trial(world, settings, crowd, shard.folder, process)
            try:
                await trial.until(lambda: any(entry.method == "setMyCommands" for entry in world.requests))
                yield trial
                if process.returncode is None:
                    await trial.stop()
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()


def environment(settings: Settings) -> dict[str, str]:
    """These settings, and no others, for a process of ours."""
    given = settings.model_dump(mode="json", exclude_defaults=True)
    given["telegram_token"] = TOKEN
    if settings.telegram_webhook_secret:
        given["telegram_webhook_secret"] = settings.telegram_webhook_secret.get_secret_value()
    env = {name: value for name, value in os.environ.items() if not name.startswith(("CAUNOI_", "FAKETIME"))}
    env |= {f"CAUNOI_{name.upper()}": str(value) for name, value in given.items()} | {"PYTHONPATH": str(ROOT)}
    return env


async def _start(settings: Settings, folder: Path, flags: tuple[str, ...], *, faked_clock: bool) -> Process:
    env = environment(settings)
    if faked_clock:
        assert FAKETIME is not None, "no libfaketime on this machine: apt-get install faketime"
        env |= {"LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(folder / "clock")}
        env |= {"FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    command = [sys.executable, "-m", "tests.campaigns.trial_program", *flags]
    with (folder / "log").open("ab") as log:
        return await asyncio.create_subprocess_exec(*command, cwd=folder, env=env, stdout=log, stderr=log)
