"""A channel that fails on order, and the hands to watch the sender at work on it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from bot.channels.channel import Channel, ChannelError, Pace, Rate, Receipt, Refused, Webhook
from bot.channels.telegram import LIMITS
from bot.sender import Sender
from conversation.messages import Address, FileRef, Heard, Joined, Json, Left, Said
from storage import leases, outbox
from storage.database import Database
from storage.leases import Lease
from storage.outbox import Lane
from storage.schema import deliveries

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
BOT = "telegram:8123"
FAST = replace(LIMITS, pace=Pace(overall=Rate(2000, 50), bulk=Rate(1000, 50), per_chat=Rate(1000, 50)))


class FixedClock:
    def now(self) -> datetime:
        return NOW


@dataclass
class Mute:
    """A channel that fails on order and remembers what it said."""

    said: list[tuple[str, str]] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    errors: dict[str, list[Exception]] = field(default_factory=dict)
    """For a chat, what its next messages end in."""
    opening: list[ChannelError] = field(default_factory=list)
    opened: int = 0
    delay: float = 0.0
    slow: dict[str, asyncio.Event] = field(default_factory=dict)
    """For a chat, what its messages wait for."""
    busy: Counter[str] = field(default_factory=Counter)
    most_busy: int = 0
    name: str = "telegram"
    account: str = BOT
    limits = FAST
    webhook: Webhook | None = None

    async def posts_to(self) -> str:
        return ""

    async def set_webhook(self) -> None: ...

    async def delete_webhook(self) -> None: ...

    async def open(self) -> None:
        self.opened += 1
        if self.opening:
            raise self.opening.pop(0)

    async def close(self) -> None: ...

    def hear(self, update: Json, at: datetime) -> Heard | Left | Joined | None:
        return None

    async def updates(self) -> list[Json]:
        return []

    def confirm(self) -> None: ...

    async def send(self, to: Address, said: Said) -> Receipt:
        self.busy[to.chat] += 1
        assert self.busy[to.chat] == 1, "two letters to one chat at once"
        self.most_busy = max(self.most_busy, self.busy.total())
        try:
            await asyncio.sleep(self.delay)
            if to.chat in self.slow:
                await self.slow[to.chat].wait()
            if self.errors.get(to.chat):
                raise self.errors[to.chat].pop(0)
        finally:
            self.busy[to.chat] -= 1
        self.said.append((to.chat, said.text))
        return Receipt(f"m{len(self.said)}")

    async def acknowledge(self, callback: str) -> None:
        self.acknowledged.append(callback)
        raise Refused("too old")

    async def fetch(self, ref: FileRef, limit: int) -> bytes:
        return b""


@dataclass
class Post:
    """A sender at work, and the hands to watch it."""

    database: Database
    channel: Mute
    wake: asyncio.Event
    seconds: list[float]

    async def reply(self, chat: str, *words: str, acknowledges: str = "") -> None:
        def work(tx: Connection) -> None:
            for each in words:
                outbox.reply(tx, Address(BOT, chat), Said(each), NOW, acknowledges=acknowledges)

        await self.database.write(work)
        self.wake.set()

    async def post(self, chat: str, words: str, lane: Lane = Lane.PERSONAL) -> None:
        address = Address(BOT, chat)
        await self.database.write(
            lambda tx: outbox.post(tx, address, Said(words), key=f"{chat}:{words}", at=NOW, lane=lane)
        )
        self.wake.set()

    async def until(self, true: Callable[[], bool], limit: float = 10.0) -> None:
        async with asyncio.timeout(limit):
            while not true():  # noqa: ASYNC110 - the channel under test tells nobody
                await asyncio.sleep(0.005)

    async def settled(self, limit: float = 10.0) -> None:
        await all_settled(self.database, limit)

    async def outcomes(self) -> list[tuple[str, str | None]]:
        def query(tx: Connection) -> list[tuple[str, str | None]]:
            rows = tx.execute(select(deliveries.c.status, deliveries.c.reason).order_by(deliveries.c.id))
            return [(status, reason) for status, reason in rows]

        return await self.database.read(query)

    def sender(self) -> Sender:
        channel: Channel = self.channel
        return Sender(self.database, channel, FixedClock(), self.wake, monotonic=lambda: self.seconds[0])

    async def lease(self) -> Lease:
        return await self.database.write(leases.take, f"sender:{BOT}", "this test")

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[Sender]:
        sender = self.sender()
        task = asyncio.create_task(sender.run(await self.lease()))
        yield sender
        sender.stop(1)
        await task


async def all_settled(database: Database, limit: float) -> None:
    async with asyncio.timeout(limit):
        while await database.read(outbox.waiting):  # noqa: ASYNC110 - the records tell nobody
            await asyncio.sleep(0.01)


async def tick(post: Post) -> None:
    """Let the simulated seconds run a hundred times faster than ours."""
    while True:
        await asyncio.sleep(0.001)
        post.seconds[0] += 0.1
