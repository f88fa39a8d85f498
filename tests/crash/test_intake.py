"""`kill -9` at random moments: no update is lost, none takes effect twice, and everybody gets an answer.

The program is a real process with the real adapter, by polling and by webhook, on SQLite and on PostgreSQL. Half its
lives end some random milliseconds after it was handed updates, and half after a random number of its answers, so that
kills find it in the middle of a batch and in the middle of sending. A control, built to acknowledge before the commit,
is killed in the midst of its batches too, and must lose.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from bot.sender import IN_FLIGHT
from sandbox.clock import MovableClock
from sandbox.server import serving
from sandbox.world import World
from storage.database import open_database, sqlite_file
from storage.schema import counters, outbox
from tests.crash.bench import Bench, Mode, settings_for, slices
from tests.crash.program import NOTE

PEOPLE = 50
UPDATES = 2000
KILLS = 20
EARLY = 0.5
"""The share of lives that end while updates are being taken; the others end while answers are being sent."""
BATCH_SECONDS, LETTER_SECONDS = 0.15, 0.03
ALIVE_SECONDS, PATIENCE = 20.0, 60.0

pytestmark = [pytest.mark.crash, pytest.mark.timeout(180)]


@asynccontextmanager
async def bench_on(url: str, folder: Path, mode: Mode, *, hasty: bool = False) -> AsyncIterator[Bench]:
    """A bench whose random moments can be repeated by the seed that it prints."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    world = World(MovableClock(), pace=False)
    world.second = 0.01  # Telegram's patience between two posts of a webhook
    async with serving(world) as api:
        bench = Bench(world, settings_for(mode, url, folder, api), folder / "log", hasty, random.Random(seed))
        bench.gather(PEOPLE)
        try:
            yield bench
        finally:
            bench.abandon()


async def live_and_die(bench: Bench, messages: int) -> None:
    """One life of the program: people type, it starts, and it dies in the midst of it."""
    bench.type(messages)
    bench.start()
    if bench.hasty or bench.dice.random() < EARLY:
        already = bench.handed_over()
        assert await bench.until(lambda: bench.handed_over() > already, ALIVE_SECONDS)
        await asyncio.sleep(bench.dice.uniform(0, BATCH_SECONDS))
    else:
        answers = bench.said() + bench.dice.randint(1, messages)
        assert await bench.until(lambda: bench.said() >= answers, ALIVE_SECONDS)
        await asyncio.sleep(bench.dice.uniform(0, LETTER_SECONDS))
    await bench.kill()


async def finish(bench: Bench) -> None:
    """The last life: everything is delivered and answered, then the program is asked to stop."""
    began, everything = time.monotonic(), set(bench.typed)
    bench.start()
    await bench.until(lambda: everything <= bench.heard().keys(), 3.0 if bench.hasty else PATIENCE)
    bench.tally.last_life = round(time.monotonic() - began, 1)
    await bench.stop()


def noted(tx: Connection) -> dict[str, int]:
    """Every note, and how often it was counted."""
    rows = tx.execute(select(counters).where(counters.c.name.startswith(NOTE)))
    return {row.name.removeprefix(NOTE): row.value for row in rows}


def unsent(tx: Connection) -> dict[bool, int]:
    """How many letters wait to be sent, by whether a sender has claimed them."""
    rows = tx.execute(select(outbox.c.claimed, func.count()).group_by(outbox.c.claimed))
    return {claimed: count for claimed, count in rows}


async def judge(bench: Bench) -> None:
    """Read the records when the program has stopped, and compare them with the world's own truth."""
    url = bench.settings.database_url
    database = await open_database(url, bench.settings.data_dir, now=datetime.now(UTC))
    effects, waiting = await database.read(noted), await database.read(unsent)
    await database.close()
    heard, tally = bench.heard(), bench.tally
    tally.lost = sum(words not in effects for words in bench.typed)
    tally.doubled = sum(times > 1 for times in effects.values())
    tally.unanswered = sum(words not in heard for words in bench.typed)
    tally.answered_again = sum(heard[words] - 1 for words in bench.typed if words in heard)
    print(tally)
    if tally.last_life > ALIVE_SECONDS and not bench.hasty:
        print(f"letters that wait, by whether they are claimed: {waiting}", bench.log.read_text()[-6000:], sep="\n")


def is_whole(url: str) -> bool:
    """Whether SQLite finds its file in order; PostgreSQL answers for itself."""
    file = sqlite_file(url)
    if file is None:
        return True
    with closing(sqlite3.connect(file)) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchone() == ("ok",))


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_no_update_is_lost_and_none_takes_effect_twice(
    mode: Mode, loaded_database_url: str, tmp_path: Path
) -> None:
    async with bench_on(loaded_database_url, tmp_path, mode) as bench:
        *lives, last = slices(UPDATES, KILLS + 1)
        for messages in lives:
            await live_and_die(bench, messages)
        bench.type(last)
        await finish(bench)
        await judge(bench)
    tally = bench.tally
    assert (tally.kills, tally.updates) == (KILLS, UPDATES)
    assert (tally.lost, tally.doubled, tally.unanswered) == (0, 0, 0)
    assert tally.answered_again <= IN_FLIGHT * KILLS  # Telegram takes no key that would tell it apart
    assert is_whole(loaded_database_url)


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_a_build_that_acknowledges_before_the_commit_loses(
    mode: Mode, loaded_sqlite_url: str, tmp_path: Path
) -> None:
    async with bench_on(loaded_sqlite_url, tmp_path, mode, hasty=True) as bench:
        for messages in slices(600, 6):
            await live_and_die(bench, messages)
        await finish(bench)
        await judge(bench)
    assert bench.tally.lost > 0
