"""Two programs on one PostgreSQL: when the one that sends is killed or put to sleep, the other goes on.

Each program's requests go by a way of their own, where they are counted. Whoever was put to sleep and replaced must ask
for nothing at all when it wakes, be it to send, to poll or to fetch.
The control has neither heart nor fences.
"""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from storage.leading import Timing
from tests.campaigns.campaign import Campaign, Outcome, Shard
from tests.campaigns.sending import WIDEST
from tests.crash.pair import Pair, Program, pair_on
from tests.crash.program import Build

PER_SECOND, LATENCY, PEOPLE = 30.0, 0.1, 60
KILLS = 20
"""Of one shard."""
ON_AVERAGE = 4
"""The most letters that a kill may double, on average over a whole shard."""
LONGEST_SILENCE = 0.5
TICK = 0.005
AWAKE_SECONDS = 2.0
PATIENCE = 40.0


async def kill(shard: Shard) -> Outcome:
    """Kill the one that sends, again and again; nobody may be silent for long."""
    silences: list[float] = []
    with shard.records("postgresql") as url:
        async with pair_on(url, shard.folder, shard.dice(), Build(PER_SECOND), people=PEOPLE) as pair:
            for number in range(shard.count):
                words = f"thư-{number}"
                sender = await _begin(pair, words)
                with lateness() as late:
                    since, already = time.monotonic(), len(pair.other(sender).way.asked)
                    await sender.end(signal.SIGKILL)
                    silence = await _until_other_sends(pair, sender, since, already)
                silences.append(silence - max(late))
                await pair.bench.comes(lambda words=words: all(pair.told(words)), PATIENCE)  # type: ignore[misc]
                sender.start()
            too_long = sum(silence > LONGEST_SILENCE for silence in silences)
            outcome = _outcome(pair, shard.count)
            counted = too_long if shard.count >= KILLS else 0  # a look shares the machine with other tests
            return replace(outcome, corrupt=outcome.corrupt + counted, note=_told(silences, too_long))


@contextmanager
def lateness() -> Iterator[list[float]]:
    """By how many seconds this very process was late meanwhile, again and again: that is no silence of a program."""
    late = [0.0]

    async def watch() -> None:
        while True:
            due = time.monotonic() + TICK
            await asyncio.sleep(TICK)
            late.append(time.monotonic() - due)

    watching = asyncio.create_task(watch())
    try:
        yield late
    finally:
        watching.cancel()


def _told(silences: list[float], too_long: int) -> str:
    within, median, worst = len(silences) - too_long, statistics.median(silences), max(silences)
    return f"{within} of {len(silences)} within {LONGEST_SILENCE} s (median {median:.2f} s, at worst {worst:.2f} s)"


async def freeze(shard: Shard, build: Build) -> Outcome:
    """Put the one that sends to sleep, wait until the other sends and has all its tasks, and wake it."""
    silences, after = list[float](), Counter[str]()
    with shard.records("postgresql") as url:
        async with pair_on(url, shard.folder, shard.dice(), build, people=PEOPLE * 2) as pair:
            for number in range(shard.count):
                sender = await _begin(pair, f"thư-{number}")
                since, already = time.monotonic(), len(pair.other(sender).way.asked)
                os.kill(sender.pid, signal.SIGSTOP)
                silences.append(await _until_other_sends(pair, sender, since, already))
                await _replaced(pair, sender)
                before = len(sender.way.requests)
                os.kill(sender.pid, signal.SIGCONT)
                await asyncio.sleep(AWAKE_SECONDS)
                after.update(sender.way.requests[before:])
                await pair.bench.comes(lambda words=f"thư-{number}": all(pair.told(words)), PATIENCE)  # type: ignore[misc]
            note = "; ".join([f"silence at worst {max(silences):.1f} s", *(f"{name} after waking" for name in after)])
            return replace(_outcome(pair, shard.count), twice=after.total(), note=note)


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


async def _replaced(pair: Pair, sleeper: Program) -> None:
    async with asyncio.timeout(PATIENCE):
        while await pair.holds_any(sleeper):  # noqa: ASYNC110 - the records tell nobody
            await asyncio.sleep(0.02)


async def _until_other_sends(pair: Pair, sender: Program, since: float, already: int) -> float:
    """For how many seconds nobody sent."""
    way = pair.other(sender).way
    await pair.bench.until(lambda: len(way.asked) > already, PATIENCE)
    return way.asked[already] - since


def _outcome(pair: Pair, count: int) -> Outcome:
    """What people were told; letters by the fault that struck them."""
    told = [pair.told(f"thư-{number}") for number in range(count)]
    doubled = [sum(max(0, times - 1) for times in of_one) for of_one in told]
    return Outcome(
        count,
        lost=sum(of_one.count(0) for of_one in told),
        doubled=sum(doubled),
        bound=count * (ON_AVERAGE if count >= KILLS else WIDEST),
        corrupt=sum(letters > WIDEST for letters in doubled),
        worst=max(doubled),
    )


PACED, QUICK = Build(PER_SECOND), Timing(try_again=0.05, beat=0.1, silent=0.5, frozen=1.5)
IMPATIENT, UNFENCED = Build(PER_SECOND, timing=QUICK), Build(PER_SECOND, timing=QUICK, unfenced=True)
CAMPAIGNS = (
    Campaign("failover", "kills", 60, 2, KILLS, kill),
    Campaign("frozen", "sleepers", 5, 0, 1, partial(freeze, build=PACED)),
    Campaign("frozen_soon", "sleepers", 20, 1, 10, partial(freeze, build=IMPATIENT)),
    Campaign("frozen_control", "sleepers", 3, 1, 1, partial(freeze, build=UNFENCED), control=True),
)
