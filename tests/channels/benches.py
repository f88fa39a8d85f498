"""One bench per channel: the channel, its pretend platform, somebody with a phone there, and what the channel has."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.channels.channel import ChannelError, Gone, NotAllowed, Refused
from bot.channels.telegram import Telegram
from bot.channels.zalo_bot import ZaloBot
from conversation.messages import Address, Heard, Joined, Left
from sandbox.clock import MovableClock
from sandbox.faults import Faults
from sandbox.server import serving
from sandbox.world import World
from sandbox.zalo.account import ZaloAccount
from storage.database import open_database
from tests.bot_api_spec import check
from tests.channels.files import NOW, plainly, stored
from tests.channels.official_account import official_account
from tests.sandbox.hook import Hook, hook

Event = Heard | Left | Joined | None
SECRET = "khong-ai-biet"


@dataclass(frozen=True)
class Has:
    """What a channel has; it is asked for nothing else."""

    buttons: bool = False
    """Choices stand under a message, are tapped and acknowledged; else they are lines with numbers."""
    bold: bool = True
    contacts: bool = False
    documents: bool = False
    """Any document, and voice, can be sent."""
    polls: bool = False
    """Updates are asked for, and come again until they are confirmed."""
    commands: bool = False
    leaving: bool = True
    """Who blocks or unfollows it is told."""
    sizes: bool = False
    """How large a file is, is known before it is fetched."""
    token: bool = True
    """The settings hold its token, where it is looked for at each start."""
    asks_for_silence: float = 5.0
    """Seconds of silence kept when seven are asked for; where nobody says how many, a guess."""
    stranger: type[ChannelError] = Gone
    """What comes of writing to somebody who never was."""
    blocked: type[ChannelError] = Gone


HAS = {
    "telegram": Has(
        buttons=True, contacts=True, documents=True, polls=True, commands=True, sizes=True, asks_for_silence=7.0
    ),
    "zalo_bot": Has(leaving=False),
    "zalo_oa": Has(bold=False, token=False, asks_for_silence=15.0, stranger=Refused, blocked=NotAllowed),
}


@dataclass
class Bench:
    """A channel, its pretend platform, and somebody with a phone there."""

    channel: Any
    """A `Channel`; tests may look closer at what their channel has more."""
    world: World
    hoa: Any
    """A `Phone`; what can be done with it depends on the app."""
    address: str
    secret: str
    """The token: no error may show it."""
    has: Has

    @property
    def to_hoa(self) -> Address:
        return Address(self.channel.account, str(self.hoa.id))

    @property
    def faults(self) -> Faults:
        """The platform's troubles."""
        raise NotImplementedError

    def another(self, **settings: str) -> AbstractAsyncContextManager[Any]:
        """Give a second channel of the same account, or of none."""
        raise NotImplementedError

    async def events(self) -> list[Event]:
        """What was told since the last time."""
        raise NotImplementedError

    def forgive(self) -> None:
        """Forget what the platform complained of: this once a bad request was the point."""
        self.world.requests.clear()
        self.world.complaints.clear()

    async def only(self) -> Heard:
        [event] = await self.events()
        assert isinstance(event, Heard)
        return event


# --- Telegram -------------------------------------------------------------------------------------------------------


class TelegramBench(Bench):
    """By polling."""

    @property
    def faults(self) -> Faults:
        return self.world.faults

    @asynccontextmanager
    async def another(self, *, token: str = "", api: str = "", **settings: str) -> AsyncIterator[Telegram]:
        channel = Telegram(token or self.secret, stored, plainly, api=api or self.address, **settings)  # type: ignore[arg-type]
        try:
            yield channel
        finally:
            await channel.close()

    async def events(self) -> list[Event]:
        events = [self.channel.hear(update, NOW) for update in await self.channel.updates()]
        self.channel.confirm()
        return events


@asynccontextmanager
async def telegram(_url: str, _folder: Path) -> AsyncIterator[Bench]:
    world = World(MovableClock(frozen=True), pace=False)
    hoa = world.add_person("Bác Hoa")
    commands = [("phananh", "Gửi phản ánh"), ("trogiup", "Trợ giúp")]
    async with serving(world) as base:
        channel = Telegram(world.bot.token, stored, plainly, api=base, commands=commands)
        await channel.open()
        hoa.open_link()
        await channel.updates()
        channel.confirm()
        yield TelegramBench(channel, world, hoa, base, world.bot.token, HAS["telegram"])
        await channel.close()
    assert not world.complaints
    for request in world.requests:
        assert check(request.method, request.params) == []


# --- Zalo -----------------------------------------------------------------------------------------------------------


@dataclass
class ZaloBench(Bench):
    """By webhook."""

    hook: Hook
    zalo: ZaloAccount
    make: Any
    """Makes a second channel."""

    @property
    def faults(self) -> Faults:
        return self.zalo.faults

    def another(self, **settings: str) -> AbstractAsyncContextManager[Any]:
        made: AbstractAsyncContextManager[Any] = self.make(**settings)
        return made

    async def events(self) -> list[Event]:
        """All of them are proven; the rest would have been turned away."""
        async with asyncio.timeout(5):
            while not self.zalo.postman.idle:  # noqa: ASYNC110 - the postman tells nobody
                await asyncio.sleep(0.002)
        posts = list(zip(self.hook.headers, self.hook.bodies, strict=True))
        self.hook.headers.clear()
        self.hook.bodies.clear()
        guard = self.channel.webhook
        genuine = [body for headers, body in posts if not guard.probe(body) and guard.authentic(headers, body)]
        return [self.channel.hear(json.loads(body), NOW) for body in genuine]


def links_of(world: World, zalo: ZaloAccount) -> Any:
    """Links to our files, as our own web server would give them."""

    async def link(file: str) -> str:
        shapes = world.files.add_photo((await stored(file)).content)
        return zalo.media({"photo": shapes}, "photo")

    return link


@asynccontextmanager
async def zalo_bot(_url: str, _folder: Path) -> AsyncIterator[Bench]:
    world = World(MovableClock(NOW, frozen=True), pace=False)
    zalo, hoa = world.zalo_bot, world.zalo_bot.add_person("Bác Hoa")

    async with serving(world) as base, hook() as listening:

        @asynccontextmanager
        async def made(*, token: str = zalo.token, api: str = f"{base}/zalo_bot") -> AsyncIterator[ZaloBot]:
            links = links_of(world, zalo)
            channel = ZaloBot(token, stored, links, plainly, api=api, webhook_url=listening.url, webhook_secret=SECRET)
            try:
                yield channel
            finally:
                await channel.close()

        async with made() as channel:
            await channel.open()
            bench = ZaloBench(channel, world, hoa, base, zalo.token, HAS["zalo_bot"], listening, zalo, made)
            assert await bench.events() == []  # the platform asked if anybody was there
            yield bench
    assert not zalo.complaints


@asynccontextmanager
async def zalo_oa(url: str, folder: Path) -> AsyncIterator[Bench]:
    world = World(MovableClock(NOW, frozen=True), pace=False)
    zalo, hoa = world.zalo_oa, world.zalo_oa.add_person("Bác Hoa")
    hoa.follows, hoa.interacted = True, NOW
    database = await open_database(url, folder, now=NOW)

    async with serving(world) as base, hook() as listening:

        @asynccontextmanager
        async def made(*, token: str = "", api: str = "") -> AsyncIterator[Any]:
            links = links_of(world, zalo)
            async with official_account(world, database, refresh_token=token, api=api, links=links) as oa:
                yield oa

        async with made() as channel:
            await channel.open()
            zalo.manner.echoes = False  # heard by nobody, and they would wake everybody
            zalo.hook(listening.url)
            bench = ZaloBench(channel, world, hoa, base, "-khung-thu-", HAS["zalo_oa"], listening, zalo, made)
            assert await bench.events() == []
            yield bench
    await database.close()
    assert not zalo.complaints


BENCHES = {"telegram": telegram, "zalo_bot": zalo_bot, "zalo_oa": zalo_oa}
