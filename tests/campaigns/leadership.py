"""Two programs on one PostgreSQL: when the one that sends is killed or put to sleep, the other goes on.

Whoever was put to sleep must do nothing when it wakes: its requests go by a way of their own, where they are counted.
The control has neither heart nor fences.
"""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import time
from functools import partial

from bot.pace import MOST_IN_FLIGHT
from storage.leading import Timing
from tests.campaigns.campaign import Campaign, Outcome, Shard
from tests.crash.pair import Pair, Program, pair_on
from tests.crash.program import Build

PER_SECOND, LATENCY, PEOPLE = 30.0, 0.1, 60
MEDIAN_GAP = 0.5
AWAKE_SECONDS = 2.0
PATIENCE = 40.0


async def kill(shard: Shard) -> Outcome:
    """Kill the one that sends, again and again."""
    gaps: list[float] = []
    with shard.records("postgresql") as url:
        async with pair_on(url, shard.folder, shard.dice(), Build(PER_SECOND), people=PEOPLE) as pair:
            for number in range(shard.count):
                words = f"thư-{number}"
                sender = await _begin(pair, words)
                await sender.end(signal.SIGKILL)
                gaps.append(await _until_other_sends(pair, sender, time.monotonic()))
                await pair.bench.until(lambda words=words: all(pair.told(words)), PATIENCE)  # type: ignore[misc]
                sender.start()
            median, worst = statistics.median(gaps), max(gaps)
            assert median <= MEDIAN_GAP, gaps
            return _outcome(pair, shard.count, 0, f"silence {median:.2f} s, at worst {worst:.2f} s")


async def freeze(shard: Shard, build: Build) -> Outcome:
    """Put the one that sends to sleep, wait until the other sends, and wake it."""
    gaps, after = list[float](), 0
    with shard.records("postgresql") as url:
        async with pair_on(url, shard.folder, shard.dice(), build, people=PEOPLE * 2) as pair:
            for number in range(shard.count):
                sender = await _begin(pair, f"thư-{number}")
                os.kill(sender.pid, signal.SIGSTOP)
                gaps.append(await _until_other_sends(pair, sender, time.monotonic()))
                already = len(sender.way.asked)
                os.kill(sender.pid, signal.SIGCONT)
                await asyncio.sleep(AWAKE_SECONDS)
                after += len(sender.way.asked) - already
                await pair.bench.until(lambda words=f"thư-{number}": all(pair.told(words)), PATIENCE)  # type: ignore[misc]
            return _outcome(pair, shard.count, after, f"silence at worst {max(gaps):.1f} s")


async def _begin(pair: Pair, words: str) -> Program:
    """Letters are on their way, and this is who sends them."""
    for each in pair.programs:
        await each.ready()
    pair.bench.world.faults.clear()
    pair.bench.world.faults.slow(LATENCY, methods=["sendMessage"])
    await pair.post(words)
    some = pair.bench.dice.randint(5, 20)
    await pair.bench.until(lambda: sum(pair.told(words)) >= some, PATIENCE)
    return await pair.who("sender")


async def _until_other_sends(pair: Pair, sender: Program, since: float) -> float:
    """For how many seconds nobody sent."""
    way = pair.other(sender).way
    already = len(way.asked)
    await pair.bench.until(lambda: len(way.asked) > already, PATIENCE)
    return way.asked[already] - since


def _outcome(pair: Pair, count: int, after: int, note: str) -> Outcome:
    told = [times for number in range(count) for times in pair.told(f"thư-{number}")]
    return Outcome(
        count,
        lost=told.count(0),
        twice=after,
        doubled=sum(max(0, times - 1) for times in told),
        bound=count * MOST_IN_FLIGHT,
        note=note,
    )


PACED, QUICK = Build(PER_SECOND), Timing(try_again=0.05, beat=0.1, silent=0.5, frozen=1.5)
IMPATIENT, UNFENCED = Build(PER_SECOND, timing=QUICK), Build(PER_SECOND, timing=QUICK, unfenced=True)
CAMPAIGNS = (
    Campaign("failover", "kills", 60, 2, 20, kill),
    Campaign("frozen", "sleepers", 5, 0, 1, partial(freeze, build=PACED)),
    Campaign("frozen_soon", "sleepers", 20, 1, 10, partial(freeze, build=IMPATIENT)),
    Campaign("frozen_control", "sleepers", 3, 1, 3, partial(freeze, build=UNFENCED), control=True),
)
