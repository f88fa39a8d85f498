"""`kill -9` while a broadcast goes out at 30 letters a second: everybody gets it, few of them twice.

Telegram takes no key that would tell a repeated letter apart, so what was in flight at a kill may be said again, and
nothing more: the records are read after each kill, and no more may be in flight than the pace needs. The last life of
each shard is in a hurry and sends what is left. The control writes down that a letter was sent before it is.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise

from bot.channels.channel import Rate
from bot.pace import Window
from tests.campaigns.campaign import Campaign, Engine, Outcome, Shard
from tests.campaigns.intake import ENGINES
from tests.crash.bench import OK, Bench, bench_on
from tests.crash.program import Build
from tests.crash.reckoning import ask, claimed, corrupt, fates, unsent

PER_SECOND, LATENCY = 30.0, 0.1
KILLS, RECIPIENTS = 25, 2000
"""Of one broadcast; a short run takes a part of both."""
SOONEST, LATEST = 0.05, 0.75
PATIENCE, SHORT_PATIENCE = 60.0, 2.0
ON_AVERAGE = 4
"""The most letters that a kill may double, on average over a whole shard; one kill, what was in flight."""
LEAST_PACE = 0.95
LEARNED = 100
"""Round trips after which a window has learned a latency."""
WORDS = "giấy-mời"


def window_at(latency: float) -> int:
    """How many letters may be in flight at an even latency."""
    window = Window(Rate(PER_SECOND))
    for _ in range(LEARNED):
        window.took(latency)
    return window.size


WIDEST = window_at(2 * LATENCY)
"""The most that may be in flight here: a trip takes a little longer than the latency that is put in, and on a busy
machine up to twice as long."""


def bound_of(kills: int, full: int) -> int:
    """The most that so many kills may double; a few of them may be unlucky ones."""
    return kills * (ON_AVERAGE if kills >= full else WIDEST)


class Broadcast:
    """One broadcast on a bench, and how often each person was told."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.lives: list[int] = []
        """How many requests had come when each life ended."""
        self.in_flight: list[int] = []
        """How many letters were being sent when each life ended, as the records say."""

    def post(self) -> None:
        """Somebody has it sent to everybody."""
        self.bench.world.faults.slow(LATENCY, methods=["sendMessage"])
        self.bench.people[0].type(f"/thu {WORDS} {len(self.bench.people)}")

    def arrivals(self) -> Iterator[tuple[int, int]]:
        """Each letter that Telegram took, as the life that sent it and the person."""
        requests = list(self.bench.world.requests)
        for life, (begun, ended) in enumerate(pairwise([0, *self.lives, len(requests)])):
            for request in requests[begun:ended]:
                if request.method == "sendMessage" and request.status == OK:
                    yield life, int(request.params["chat_id"])

    def begun(self) -> int:
        """How many letters were asked for in this life."""
        recent = list(self.bench.world.requests)[self.lives[-1] if self.lives else 0 :]
        return sum(request.method == "sendMessage" for request in recent)

    async def live_and_die(self) -> None:
        """One life: it ends a while after its first letter."""
        self.bench.start()
        await self.bench.until(lambda: self.begun() > 0)
        await asyncio.sleep(self.bench.dice.uniform(SOONEST, LATEST))
        await self.bench.kill()
        self.lives.append(len(self.bench.world.requests))
        self.in_flight.append(await ask(self.bench, claimed))

    def doubled_by_life(self) -> Counter[int]:
        """How many letters each life sent that were said again, because it was killed before it wrote them down."""
        doubled, last = Counter[int](), dict[int, int]()
        for life, person in self.arrivals():
            if person in last:
                doubled[last[person]] += 1
            last[person] = life
        return doubled

    async def outcome(self) -> Outcome:
        """Compare what was heard with what the records say."""
        told = {person for _, person in self.arrivals()}
        known, waiting = await ask(self.bench, fates), await ask(self.bench, unsent)
        sent = {int(key.removeprefix(f"{WORDS}:")) for key, fate in known.items() if fate == "sent"}
        doubled = self.doubled_by_life()
        wrong = list(self._too_many(doubled))
        return Outcome(
            self.bench.kills,
            lost=sum(not {person.id} <= told & sent for person in self.bench.people) + waiting,
            doubled=doubled.total(),
            bound=bound_of(self.bench.kills, KILLS),
            corrupt=corrupt(self.bench) + len(wrong),
            note=wrong[0] if wrong else "",
            worst=max(doubled.values(), default=0),
        )

    def _too_many(self, doubled: Counter[int]) -> Iterator[str]:
        for life, in_flight in enumerate(self.in_flight):
            if not doubled[life] <= in_flight <= WIDEST:
                yield f"kill {life}: {doubled[life]} said again, {in_flight} in flight, {WIDEST} allowed"


async def kill(shard: Shard, engine: Engine, build: Build) -> Outcome:
    """Kill, let the rest be sent, and count."""
    people = max(1, RECIPIENTS * shard.count // KILLS)
    with shard.records(engine) as url:
        async with bench_on(url, shard.folder, shard.dice(), people=people, build=build) as bench:
            broadcast = Broadcast(bench)
            broadcast.post()
            for _ in range(shard.count):
                await broadcast.live_and_die()
            bench.world.faults.clear()
            bench.start(Build(hasty_sender=build.hasty_sender))
            heard = bench.world.heard
            await bench.comes(lambda: len(heard) >= people, SHORT_PATIENCE if build.hasty_sender else PATIENCE)
            await bench.stop()
            return await broadcast.outcome()


async def measure(shard: Shard) -> Outcome:
    """Send without kills, at another latency in each shard; the window must not lower the pace.

    What is measured is letters a second over the last three quarters: in the first the window learns the latency.
    """
    latency = (LATENCY, 0.3, 0.8)[shard.index % 3]
    with shard.records("sqlite") as url:
        async with bench_on(url, shard.folder, shard.dice(), people=shard.count, build=Build(PER_SECOND)) as bench:
            broadcast = Broadcast(bench)
            broadcast.post()
            bench.world.faults.clear()
            bench.world.faults.slow(latency, methods=["sendMessage"])
            bench.start()
            learned = shard.count // 4
            await bench.until(lambda: bench.said() >= learned, 60)
            began, already = time.monotonic(), bench.said()
            await bench.until(lambda: bench.said() >= shard.count, 60)
            pace = (bench.said() - already) / (time.monotonic() - began)
            await bench.stop()
            found, slow = await broadcast.outcome(), pace < LEAST_PACE * PER_SECOND
            note = f"{pace:.1f} of {PER_SECOND:.0f} a second at {latency} s after the first {learned} letters"
            return replace(found, count=shard.count, bound=None, corrupt=found.corrupt + slow, note=note)


PACED, HASTY = Build(PER_SECOND), Build(PER_SECOND, hasty_sender=True)
CAMPAIGNS = (
    *(
        Campaign(f"sending_{engine}", "kills", full, 4, KILLS, partial(kill, engine=engine, build=PACED))
        for engine, full in zip(ENGINES, (750, 250), strict=True)
    ),
    Campaign("sending_pace", "letters", 1800, 0, 600, measure),  # a measure of speed is no test
    Campaign("sending_control", "kills", 20, 3, 10, partial(kill, engine="sqlite", build=HASTY), control=True),
)
