"""Somebody takes the data file away while the program runs: nothing is confirmed any more that the file does not have.

Another file is renamed over it, its end or all of it is cut off, or it is unlinked, or its log is. What was confirmed
before cannot be saved; but the program must notice at its next write, and end or say that it is not ready; and when it
is started again, it must not open what stands there now.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

from storage.database import sqlite_file
from tests.campaigns.campaign import Campaign, Outcome, Shard
from tests.campaigns.outage import ready, running, talking
from tests.crash.bench import OK, Bench
from tests.crash.benches import bench_on
from tests.crash.deeds import NOTE
from tests.crash.program import Build

BEFORE_SECONDS, NOTICE_SECONDS, AFTER_SECONDS, STARTS_SECONDS = 0.3, 1.0, 2.0, 15.0
Change = Callable[[Path, random.Random], None]


def renamed_over(file: Path, _dice: random.Random) -> None:
    """Another one of the same kind has its name now, as when somebody puts back a backup by hand."""
    file.with_name("other").replace(file)


def cut(file: Path, dice: random.Random) -> None:
    """Its end is missing."""
    os.truncate(file, dice.randrange(1, file.stat().st_size // 4096) * 4096)


def emptied(file: Path, _dice: random.Random) -> None:
    """Nothing is left of it."""
    os.truncate(file, 0)


def unlinked(file: Path, _dice: random.Random) -> None:
    """It has no name any more."""
    file.unlink()


def without_log(file: Path, _dice: random.Random) -> None:
    """Its log has no name any more, and with it what was written last."""
    Path(f"{file}-wal").unlink()


CHANGES: tuple[Change, ...] = (renamed_over, cut, emptied, unlinked, without_log)


async def take_away(shard: Shard, *, build: Build) -> Outcome:
    """Take so many files away, each from a process of its own."""
    lost, blind = 0, []
    for number in range(shard.index * shard.count, shard.index * shard.count + shard.count):
        change, folder = CHANGES[number % len(CHANGES)], shard.folder / str(number)
        folder.mkdir()
        with shard.records("sqlite") as url:
            async with bench_on(url, folder, shard.dice(), build=build) as bench:
                gone, noticed = await _one(bench, change)
        lost += gone
        blind += [] if noticed else [change.__name__]
    note = f"not noticed: {', '.join(dict.fromkeys(blind))}" if blind else ""
    return Outcome(shard.count, lost=lost, corrupt=len(blind), note=note)


async def _one(bench: Bench, change: Change) -> tuple[int, bool]:
    """How much was confirmed, later than it could be noticed, that the file does not have; whether it was noticed."""
    file = sqlite_file(bench.settings.database_url)
    assert file is not None
    shutil.copyfile(file, file.with_name("other"))
    async with running(bench):
        async with talking(bench):
            await asyncio.sleep(BEFORE_SECONDS)
            change(file, bench.dice)
            await asyncio.sleep(NOTICE_SECONDS)
            already = len(bench.typed)
            await asyncio.sleep(AFTER_SECONDS)
        noticed = not bench.alive() or await ready(bench) != OK
        bench.abandon()
        noticed = noticed and await _is_left_alone(bench, file)
    heard = [words for words, who in list(bench.typed.items())[already:] if bench.world.heard[who.id, words]]
    return len(set(heard) - _kept(file)), noticed


async def _is_left_alone(bench: Bench, file: Path) -> bool:
    """Whether a program that is started again refuses what stands there now, and leaves it as it is."""
    found = file.read_bytes() if file.exists() else None
    bench.start(Build())
    refused = await bench.comes(lambda: not bench.alive(), STARTS_SECONDS)
    bench.abandon()
    return refused and found == (file.read_bytes() if file.exists() else None)


def _kept(file: Path) -> set[str]:
    """What the file of this name says now, as far as it can be read."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=rw", uri=True)) as connection:
            rows = connection.execute("SELECT name FROM counters WHERE name LIKE ?", (f"{NOTE}%",)).fetchall()
    except sqlite3.Error:
        return set()
    return {str(name).removeprefix(NOTE) for (name,) in rows}


BLIND = Build(unwatched=True)
CAMPAIGNS = (
    Campaign("file_replaced", "files", 50, 2, 10, partial(take_away, build=Build())),
    Campaign("file_replaced_control", "files", 5, 1, 5, partial(take_away, build=BLIND), control=True),
)
