"""Sending at the platform's pace on a simulated clock, while it asks for silence now and then, sensibly or not.

The limits are never exceeded in any stretch of time, a silence asked for is kept, no try is used up by it, and a reply
overtakes a broadcast. The control has no pace of its own.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, cycle
from typing import Any

from sqlalchemy import Connection, func, select
from structlog.testing import capture_logs

from bot.channels.aiohttp_request import AiohttpRequest
from bot.channels.channel import Pace, Rate
from bot.channels.json_request import LONGEST_PAUSE_SECONDS, PAUSE_SECONDS
from bot.channels.telegram import LIMITS, Telegram
from bot.pace import MOST_IN_FLIGHT
from bot.sender import Sender
from conversation.messages import Address, Json, Said
from storage import leases, outbox
from storage.database import Database, open_database
from storage.leases import Lease
from storage.outbox import Lane
from storage.schema import deliveries
from tests.campaigns.campaign import Campaign, Outcome, Shard
from tests.campaigns.simulated_time import SimulatedLoop, simulated
from tests.channels.conftest import plainly, stored

TOKEN = "8123:khong-ai-biet"
ACCOUNT = "telegram:8123"
TRIP_SECONDS = 0.08
PEOPLE = 3000
EVERY = 400
"""Letters between two requests for silence, on average."""
Asked = tuple[Json, float]
"""What an answer has beside its code and words, and for how long silence is to be kept."""


def after(wait: object) -> Json:
    """Where Telegram says for how long it wants silence."""
    return {"parameters": {"retry_after": wait}}


ASKED: Sequence[Asked] = (
    *((after(wait), seconds) for wait, seconds in (
        (10_072, 10_072), (True, PAUSE_SECONDS), (60, 60), (-7, PAUSE_SECONDS), ("60", 60), ("soon", PAUSE_SECONDS),
        (2.5, 2.5), (math.nan, PAUSE_SECONDS), (2282, 2282), (None, PAUSE_SECONDS), (-math.inf, PAUSE_SECONDS),
        ([60], PAUSE_SECONDS), (1, 1), (0, PAUSE_SECONDS), ({"s": 60}, PAUSE_SECONDS),
    )),
    ({}, PAUSE_SECONDS), ({"parameters": [60]}, PAUSE_SECONDS), ({"parameters": None}, PAUSE_SECONDS),
)  # fmt: skip
ENDLESS: Asked = after(math.inf), LONGEST_PAUSE_SECONDS
"""A whole day takes long even here, so one shard in ten begins with it."""
STEP = 5
"""How much further in the list each shard begins; a short run begins where the list does."""
MOST_OVERTAKING = MOST_IN_FLIGHT + 2 * int(LIMITS.pace.bulk.per_second)
"""Broadcast letters that may leave before a reply: those in flight, and those of two seconds: the same person may
have been written to just before."""
AT_ONCE_PACE = Pace(Rate(100_000, 1000), Rate(100_000, 1000), Rate(100_000, 1000))


@dataclass
class Line(AiohttpRequest):
    """The platform at the other end of a line that takes its time, without any network."""

    loop: SimulatedLoop
    dice: random.Random
    asking: Iterator[Asked]
    """What it will ask for, and how long that is to be kept."""
    taken: list[tuple[float, str, str]] = field(default_factory=list)
    """When, in which chat, which words."""
    silent_until: float = 0.0
    known_at: float = 0.0
    """When the last request for silence arrived."""
    broken: int = 0
    """Messages that left although it was known that silence had been asked for."""

    def __post_init__(self) -> None:
        super().__init__()

    async def _exchange(self, method: str, url: str, seconds: float, data: Any = None, **_: Any) -> tuple[int, bytes]:
        left = self.loop.time()
        await asyncio.sleep(TRIP_SECONDS)
        if "sendMessage" not in url:
            return 200, b'{"ok":true,"result":{"id":8123,"is_bot":true,"first_name":"x","username":"x_bot"}}'
        self.broken += self.known_at < left < self.silent_until - 1e-6
        if (left_over := self.silent_until - self.loop.time()) > 0:
            return self._throttle(after(math.ceil(left_over)))
        if self.dice.random() < 1 / EVERY:
            return self._ask_for_silence()
        self.taken.append((left, str(data["chat_id"]), data["text"]))
        return 200, json.dumps({"ok": True, "result": {"message_id": len(self.taken)}}).encode()

    def _ask_for_silence(self) -> tuple[int, bytes]:
        asks, kept = next(self.asking)
        self.silent_until = self.loop.time() + kept
        return self._throttle(asks)

    def _throttle(self, asks: Json) -> tuple[int, bytes]:
        self.known_at = self.loop.time()
        answer = {"ok": False, "error_code": 429, "description": "Too Many Requests"} | asks
        return 429, json.dumps(answer).encode()


def asking(index: int) -> Iterator[Asked]:
    """What a shard is asked for: all of the list in turn, from another place each time."""
    begun = index * STEP % len(ASKED)
    day = [ENDLESS] if index % 10 == 1 else []
    return chain(day, cycle([*ASKED[begun:], *ASKED[:begun]]))


def overrun(times: Sequence[float], rate: Rate) -> float:
    """By how many messages any stretch of time exceeds what a rate allows; at most 0 when none does."""
    worst, least = float("-inf"), float("inf")
    for number, at in enumerate(sorted(times)):
        least = min(least, number - rate.per_second * at)
        worst = max(worst, number - rate.per_second * at - least + 1 - rate.burst)
    return worst


@dataclass
class Post:
    """Who is written to, and when each was."""

    loop: SimulatedLoop
    database: Database
    dice: random.Random
    replied: dict[str, float] = field(default_factory=dict)

    async def write(self, count: int) -> int:
        """Post a broadcast, and replies now and then until it is out; return how many letters there were."""
        replies = count // 10
        await self.database.write(self._broadcast, count - replies)
        for number in range(replies):
            await asyncio.sleep(self.dice.expovariate(10 / 28))
            chat = self.dice.randrange(PEOPLE)
            words = f"đáp-{number}"
            self.replied[words] = self.loop.time()
            await self.database.write(outbox.reply, _at(chat), Said(words), self.loop.now())
        return count

    def _broadcast(self, tx: Connection, count: int) -> None:
        for number in range(count):
            words = f"tin-{number}"
            to = _at(number % PEOPLE)
            outbox.post(tx, to, Said(words), key=words, at=self.loop.now(), lane=Lane.BULK)


def _at(chat: int) -> Address:
    return Address(ACCOUNT, str(1000 + chat))


async def send(shard: Shard, pace: Pace = LIMITS.pace) -> Outcome:
    """Send so many letters in a simulated while."""
    with shard.records("sqlite") as url, capture_logs():
        return await simulated(partial(_send, shard=shard, url=url, pace=pace))


async def send_without_pace(shard: Shard) -> Outcome:
    """The control."""
    return await send(shard, AT_ONCE_PACE)


async def _send(loop: SimulatedLoop, shard: Shard, url: str, pace: Pace) -> Outcome:
    database = await open_database(url, shard.folder, now=loop.now())
    database.write = loop.standing_still(database.write)  # type: ignore[method-assign]
    line, post = Line(loop, shard.dice(), asking(shard.index)), Post(loop, database, shard.dice())
    channel = Telegram(TOKEN, stored, plainly, limits=replace(LIMITS, pace=pace))
    channel._requests, channel._bot._request = line, (line, line)
    sender = Sender(database, channel, loop, asyncio.Event(), monotonic=loop.time)
    lease: Lease = await database.write(leases.take, "sender", "here")  # type: ignore[assignment]
    sending = loop.create_task(sender.run(lease))
    await post.write(shard.count)
    while await loop.standing_still(database.read)(outbox.waiting):  # noqa: ASYNC110 - the records tell nobody
        await asyncio.sleep(10)
    sender.stop()
    await sending
    outcome = await _judge(shard, line, post)
    await database.close()
    return outcome


async def _judge(shard: Shard, line: Line, post: Post) -> Outcome:
    said = Counter(words for _, _, words in line.taken)
    of_chat: dict[str, list[float]] = {}
    for at, chat, _ in line.taken:
        of_chat.setdefault(chat, []).append(at)
    every = [at for at, _, _ in line.taken]
    bulk = [at for at, _, words in line.taken if words.startswith("tin")]
    unsent = await post.database.read(
        lambda tx: tx.scalar(select(func.count()).where(deliveries.c.status != "sent")) or 0
    )
    allowed = LIMITS.pace
    faults = {
        "over the pace in all": overrun(every, allowed.overall) > 1e-3,
        "over the pace of broadcasts": overrun(bulk, allowed.bulk) > 1e-3,
        "over the pace of a chat": max(overrun(times, allowed.per_chat) for times in of_chat.values()) > 1e-3,
        "spoke in a silence": line.broken > 0,
        "a reply waited behind broadcasts": _most_overtaking(line, post) > MOST_OVERTAKING,
        "a letter was given up": unsent > 0,
    }
    return Outcome(
        shard.count,
        lost=shard.count - len(said),
        doubled=said.total() - len(said),
        corrupt=sum(faults.values()),
        note="; ".join(name for name, found in faults.items() if found),
    )


def _most_overtaking(line: Line, post: Post) -> int:
    left = {words: at for at, _, words in line.taken}
    bulk = sorted(at for at, _, words in line.taken if words.startswith("tin"))
    replies = [(at, left.get(words, at)) for words, at in post.replied.items()]  # one that is lost is counted as that
    return max((bisect_left(bulk, said) - bisect_right(bulk, at) for at, said in replies), default=0)


CAMPAIGNS = (
    Campaign("too_many", "sends", full=100_000, short=1_500, piece=5_000, run=send),
    Campaign("too_many_control", "sends", full=1_000, short=300, piece=1_000, run=send_without_pace, control=True),
)
