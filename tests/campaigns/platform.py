"""A channel and its platform in this very process, over real HTTP, and troubles put between them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection
from structlog.testing import capture_logs
from structlog.typing import EventDict

from bot.channels import telegram
from bot.channels.channel import Pace, Rate
from bot.channels.telegram import Telegram
from conversation.messages import Address
from sandbox.clock import MovableClock
from sandbox.faults import GARBLED, Faults
from sandbox.people import Person
from sandbox.server import serving
from sandbox.world import World
from storage.database import Database, open_database
from tests.campaigns.campaign import Shard
from tests.channels.conftest import plainly, stored

PEOPLE = 30
PATIENCE = 0.6
"""Seconds that a request may take, in place of 15, while answers are withheld."""
POLL_PATIENCE = 0.2
"""Shorter, because there is one poll at a time, and one that is given up for nothing is only made again."""
WITHHELD = ("silence", "loris")
"""The troubles that end only when patience does."""
WAIT_SECONDS = 60.0
FAST = Pace(Rate(100_000, 1000), Rate(100_000, 1000), Rate(100_000, 1000))
KINDS = (*sorted(GARBLED), "reset", "drop", "false_ok", "redirect 302", "redirect 307",
         *(f"html {code}" for code in (400, 403, 404, 413, 500, 502, 504)))  # fmt: skip
AT_ONCE = 4
"""Troubles of one kind that are in force together: fewer than the tries that a letter has."""


def strike(faults: Faults, kind: str, times: int, method: str) -> None:
    """Put a trouble in force for so many requests for a method."""
    name, _, code = kind.partition(" ")
    if name in GARBLED:
        faults.garble(name, times, methods=[method])  # type: ignore[arg-type]
    elif code:
        getattr(faults, name)(times, code=int(code), methods=[method])
    else:
        getattr(faults, name)(times, methods=[method])


@contextmanager
def struck(bench: Bench, kind: str, times: int, method: str) -> Iterator[None]:
    """A trouble is in force; only where nothing else ends it is the channel impatient, lest a slow machine be one."""
    waits: tuple[tuple[object, str, float], ...] = (
        (bench.channel._requests, "_seconds", PATIENCE),
        (bench.channel._polling, "_seconds", POLL_PATIENCE),
        (telegram, "DOWNLOAD_SECONDS", PATIENCE),
    )
    strike(bench.world.faults, kind, times, method)
    with ExitStack() as impatient:
        for holder, name, seconds in waits if kind in WITHHELD else ():
            impatient.enter_context(patch.object(holder, name, seconds))
        yield
    assert not bench.world.faults.kinds(), f"a trouble that is counted did not strike: {kind}"


def strikes(shard: Shard, piece: int, kinds: Sequence[str] = KINDS) -> Iterator[tuple[str, int]]:
    """The troubles of a shard: each kind in its turn, a few at a time, from where the shard before ended."""
    begun = shard.index * (piece // AT_ONCE)
    for number, start in enumerate(range(0, shard.count, AT_ONCE), begun):
        yield kinds[number % len(kinds)], min(AT_ONCE, shard.count - start)


@dataclass
class Bench:
    """A channel, its platform, and records."""

    world: World
    channel: Telegram
    database: Database
    people: list[Person]
    logs: list[EventDict]

    def address(self, person: Person) -> Address:
        """Where the channel reaches somebody."""
        return Address(self.channel.account, str(person.id))

    async def until(self, reached: Callable[[Connection], bool]) -> None:
        """Wait for something to be true of the records."""
        async with asyncio.timeout(WAIT_SECONDS):
            while not await self.database.read(reached):  # noqa: ASYNC110 - the records tell nobody
                await asyncio.sleep(0.005)

    def heard(self) -> Counter[str]:
        """What the people heard, and how often."""
        return Counter(str(message.get("text")) for person in self.people for message in person.chat.spoken)

    def accepted(self, method: str) -> list[Any]:
        """The parameters of the requests that were carried out although their answer could not be read."""
        return [entry.params for entry in self.world.requests if entry.method == method and entry.trouble in GARBLED]

    def outages(self) -> int:
        """How often it was told that the platform is lost; -1 when being back was not told as often, in turn."""
        told = [entry["event"] for entry in self.logs if entry["event"] in ("platform.lost", "platform.back")]
        times = len(told) // 2
        return times if told == ["platform.lost", "platform.back"] * times else -1


@asynccontextmanager
async def bench_of(shard: Shard) -> AsyncIterator[Bench]:
    """Everything but the part that is tried."""
    world = World(MovableClock(), pace=False)
    people = [world.add_person(f"Người {number}") for number in range(PEOPLE)]
    for person in people:
        person.chat.started = True
    with shard.records("sqlite") as url, capture_logs() as logs:
        database = await open_database(url, shard.folder, now=datetime.now(UTC))
        async with serving(world) as api:
            channel = Telegram(world.bot.token, stored, plainly, api=api)
            channel.limits = replace(channel.limits, pace=FAST)
            await channel.open()
            yield Bench(world, channel, database, people, logs)
            await channel.close()
        await database.close()


@asynccontextmanager
async def working(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Let a part work while inside."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
