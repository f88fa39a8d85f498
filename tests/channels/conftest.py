"""One bench per channel: the conformance suite runs on each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from bot.channels.channel import Channel, Refused, StoredFile
from bot.channels.telegram import Telegram
from conversation.messages import Address, Heard, Joined, Left
from sandbox import samples
from sandbox.clock import MovableClock
from sandbox.people import Person
from sandbox.server import serving
from sandbox.world import World
from tests.bot_api_spec import check

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
FILES = {"1": StoredFile("photo", samples.photo(), "photo.jpg"), "2": StoredFile("voice", samples.voice(), "voice.ogg")}


@dataclass
class Bench:
    """A channel, its pretend platform, and somebody with a phone there."""

    channel: Channel
    world: World
    hoa: Person
    address: str
    secret: str
    """The token: no error may show it."""

    @property
    def to_hoa(self) -> Address:
        return Address(self.channel.account, str(self.hoa.id))

    @asynccontextmanager
    async def another(self, *, token: str = "", **settings: str) -> AsyncIterator[Telegram]:
        """Give a second channel of the same bot, or of none."""
        channel = Telegram(token or self.secret, stored, api=self.address, **settings)  # type: ignore[arg-type]
        try:
            yield channel
        finally:
            await channel.close()

    async def events(self) -> list[Heard | Left | Joined | None]:
        events = [self.channel.hear(update, NOW) for update in await self.channel.updates()]
        self.channel.confirm()
        return events

    async def only(self) -> Heard:
        [event] = await self.events()
        assert isinstance(event, Heard)
        return event


async def stored(file: str) -> StoredFile:
    if file not in FILES:
        raise Refused("the file is not there")
    return FILES[file]


@asynccontextmanager
async def telegram() -> AsyncIterator[Bench]:
    world = World(MovableClock(frozen=True), pace=False)
    hoa = world.add_person("Bác Hoa")
    commands = [("phananh", "Gửi phản ánh"), ("trogiup", "Trợ giúp")]
    async with serving(world) as base:
        channel = Telegram(world.bot.token, stored, api=base, commands=commands)
        await channel.open()
        hoa.open_link()
        await channel.updates()
        channel.confirm()
        yield Bench(channel, world, hoa, base, world.bot.token)
        await channel.close()
    assert not world.complaints
    for request in world.requests:
        assert check(request.method, request.params) == []


BENCHES = {"telegram": telegram}


@pytest.fixture(params=sorted(BENCHES))
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    async with BENCHES[request.param]() as made:
        yield made
