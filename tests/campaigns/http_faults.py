"""Trouble between us and the platform, of each kind: nothing is lost, and only what may have arrived is said twice.

Sending, polling and fetching files are struck by themselves: requests are cut off before, in the middle and after,
answers withheld, halved, dripped, garbled, or replaced by pages. The control settles a letter before it sends it.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime
from unittest.mock import patch

from sqlalchemy import Connection, func, select

from bot import jobs as bot_jobs
from bot import runner
from bot.channels.channel import ChannelError
from bot.clock import SystemClock
from bot.fetching import Fetching
from bot.jobs import Worker
from bot.runner import Intake, Poller
from bot.sender import Sender
from bot.turns import Desk
from conversation.messages import FileRef, Said
from handlers.feature import Registry
from sandbox.faults import FILE
from storage import files, outbox
from storage.outbox import Letter
from storage.outbox import Outcome as Ending
from storage.schema import counters, deliveries
from storage.schema import files as file_rows
from tests.campaigns.campaign import Campaign, Outcome, Shard
from tests.campaigns.platform import AT_ONCE, KINDS, Bench, bench_of, strikes, struck, working
from tests.crash.deeds import DEEDS, NOTE

PIECE = 200
FULL = 200 * len(KINDS)
LETTERS = 12
"""Posted while a few troubles of one kind are in force."""
FASTER = 100.0
"""How much faster the sender's clock runs, so that its pauses do not take a night."""
BRIEF = 0.01


class HastySender(Sender):
    """Writes down that a letter was sent before it is: what the product must never do."""

    async def _send(self, letter: Letter) -> None:
        self._ended.append((letter, Ending("sent")))
        try:
            await self._say(letter)
        except ChannelError as error:
            self._judge.after(letter, error, self._monotonic())
        finally:
            del self._in_flight[letter.address.chat]
            self._wake.set()


# --- sending --------------------------------------------------------------------------------------------------------


async def send(shard: Shard, kind_of_sender: type[Sender] = Sender) -> Outcome:
    """Letters are sent while troubles strike."""
    dice, wake = shard.dice(), asyncio.Event()
    async with bench_of(shard) as bench:
        clock = SystemClock()
        sender = kind_of_sender(bench.database, bench.channel, clock, wake, monotonic=lambda: time.monotonic() * FASTER)
        written: list[str] = []
        async with working(bench.database.lead("sender", sender.run)):
            for kind, times in strikes(shard, PIECE):
                with struck(bench, kind, times, "sendMessage"):
                    await bench.database.write(
                        _post, bench, [dice.choice(bench.people).id for _ in range(LETTERS)], written
                    )
                    wake.set()
                    await bench.until(lambda tx: not outbox.waiting(tx))
        return await _judge_letters(bench, written, shard.count)


async def send_hastily(shard: Shard) -> Outcome:
    """The control."""
    return await send(shard, HastySender)


def _post(tx: Connection, bench: Bench, chats: list[int], written: list[str]) -> None:
    now = datetime.now(UTC)
    for chat in chats:
        written.append(f"thư-{len(written)}")
        to = bench.address(bench.world.people[chat])
        outbox.post(tx, to, Said(written[-1]), key=written[-1], at=now)


async def _judge_letters(bench: Bench, written: list[str], count: int) -> Outcome:
    heard = bench.heard()
    accepted = Counter(params["text"] for params in bench.accepted("sendMessage"))
    endings = await bench.database.read(
        lambda tx: dict(tx.execute(select(deliveries.c.key, deliveries.c.status)).all())
    )
    tries = sum(entry.method == "sendMessage" for entry in bench.world.requests)
    wrong = sum(endings[words] != "sent" and words in heard for words in written)
    wrong += sum(heard[words] - 1 > accepted[words] for words in written if words in heard)
    wrong += tries > len(written) + count
    outages = bench.outages()
    return Outcome(
        count,
        lost=sum(words not in heard for words in written),
        doubled=sum(heard[words] - 1 for words in written if words in heard),
        bound=accepted.total(),
        corrupt=wrong + (outages < 0),
        note="" if outages >= 0 else "lost and back were not told in turn",
    )


# --- polling --------------------------------------------------------------------------------------------------------


async def poll(shard: Shard) -> Outcome:
    """People write while polling is struck."""
    dice, typed = shard.dice(), 0
    async with bench_of(shard) as bench:
        intake = Intake(bench.database, bench.channel, Desk(Registry([DEEDS])), SystemClock(), lambda: None)
        with patch.multiple(runner, AWAY_SECONDS=BRIEF, MISCONFIGURED_SECONDS=BRIEF, EMPTY_SECONDS=BRIEF):
            async with working(bench.database.lead("poller", Poller(bench.channel, intake).run)):
                for kind, times in strikes(shard, PIECE):
                    with struck(bench, kind, times, "getUpdates"):
                        while bench.world.faults.kinds():  # a poll that waited already was not struck
                            dice.choice(bench.people).type(f"/ghi tin-{typed}")
                            typed += 1
                            await bench.until(lambda tx, all_of_them=typed: _noted(tx) >= all_of_them)  # type: ignore[misc]
        effects = await bench.database.read(_effects)
    lost = sum(effects.get(f"{NOTE}tin-{number}", 0) == 0 for number in range(typed))
    twice = sum(times > 1 for times in effects.values())
    return Outcome(shard.count, lost=lost, twice=twice)


def _noted(tx: Connection) -> int:
    return tx.scalar(select(func.count()).where(counters.c.name.startswith(NOTE))) or 0


def _effects(tx: Connection) -> dict[str, int]:
    return {row.name: row.value for row in tx.execute(select(counters).where(counters.c.name.startswith(NOTE)))}


# --- fetching files -------------------------------------------------------------------------------------------------


async def fetch(shard: Shard) -> Outcome:
    """Photos are brought home while getFile and the downloads are struck."""
    async with bench_of(shard) as bench:
        fetching = Fetching(bench.database, {bench.channel.account: bench.channel}, shard.folder)
        worker = Worker(bench.database, SystemClock(), {files.FETCH: fetching.fetch})
        asked = 0
        with patch.object(bot_jobs, "FIRST_RETRY_SECONDS", BRIEF):
            async with working(bench.database.lead("worker", worker.run)):
                for number, (kind, times) in enumerate(strikes(shard, PIECE)):
                    with struck(bench, kind, times, FILE if number % 2 else "getFile"):
                        await bench.database.write(_expect, bench, times + 1)
                        asked += times + 1
                        worker.wake.set()
                        await bench.until(_all_fetched)
        stored = await bench.database.read(
            lambda tx: tx.scalar(select(func.count()).where(file_rows.c.state == "stored")) or 0
        )
    return Outcome(shard.count, lost=asked - stored)


def _expect(tx: Connection, bench: Bench, number: int) -> None:
    for _ in range(number):
        largest = bench.people[0].send_photo()["photo"][-1]
        ref = FileRef("photo", largest["file_id"], largest["file_size"])
        files.expect(tx, ref, bench.channel.account, datetime.now(UTC).date().isoformat())


def _all_fetched(tx: Connection) -> bool:
    return not tx.scalar(select(func.count()).where(file_rows.c.state == "pending"))


FEW = AT_ONCE * len(KINDS)
CAMPAIGNS = (
    Campaign("http_faults_sending", "faults", full=FULL, short=FEW, piece=PIECE, run=send),
    Campaign("http_faults_polling", "faults", full=FULL, short=FEW, piece=PIECE, run=poll),
    Campaign("http_faults_fetching", "faults", full=FULL, short=FEW // 2, piece=PIECE, run=fetch),
    Campaign("http_faults_control", "faults", full=PIECE, short=40, piece=PIECE, run=send_hastily, control=True),
)
