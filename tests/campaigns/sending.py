"""`kill -9` while a broadcast goes out at 30 letters a second: everybody gets it, few of them twice.

No platform takes a key that would tell a repeated letter apart, so what was in flight at a kill may be said again, and
nothing more: the records are read after each kill, and no more may be in flight than the pace needs. The last life of
each shard is in a hurry and sends what is left. The control writes down that a letter was sent before it is.

The tokens of an Official Account expire in each life, so that some kills find it renewing them. A kill between Zalo's
answer and our commit needs an administrator's consent (ADR 22), which is counted and given; it may be that moment only.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import pairwise

from bot.channels.channel import Rate
from bot.pace import Window
from tests.campaigns.campaign import Campaign, Engine, Outcome, Shard
from tests.crash.bench import OK, Bench, Mode
from tests.crash.benches import bench_on
from tests.crash.program import Build
from tests.crash.reckoning import ask, claimed, corrupt, fates, unsent

PER_SECOND, LATENCY = 30.0, 0.1
KILLS, RECIPIENTS = 25, 2000
"""Of one broadcast; a short run takes a part of both."""
SOONEST, LATEST = 0.05, 0.75
PATIENCE = 240.0
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


def bound_of(in_flight: list[int]) -> int:
    """The most that these kills may double: what was in flight, and over a whole shard few on average."""
    return min(sum(in_flight), ON_AVERAGE * len(in_flight)) if len(in_flight) >= KILLS else sum(in_flight)


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
        self.bench.faults.slow(LATENCY)
        self.bench.people[0].type(f"/thu {WORDS} {len(self.bench.people)}")

    def arrivals(self) -> Iterator[tuple[int, str]]:
        """Each letter that the platform took, as the life that sent it and the person."""
        requests = list(self.bench.requests)
        for life, (begun, ended) in enumerate(pairwise([0, *self.lives, len(requests)])):
            for request in requests[begun:ended]:
                if request.status == OK and (person := self.bench.told(request)):
                    yield life, person

    def has_begun(self) -> bool:
        """Whether a letter was asked for in this life."""
        recent = list(self.bench.requests)[self.lives[-1] if self.lives else 0 :]
        return any(map(self.bench.told, recent))

    async def live_and_die(self) -> None:
        """One life: it ends a while after its first letter."""
        await self.bench.begin(lambda: None if self.lives else self.post())
        await self.bench.until(self.has_begun, PATIENCE)
        lives = self.bench.dice.uniform(SOONEST, LATEST)
        before = self.bench.dice.uniform(0, lives)
        await asyncio.sleep(before)
        self.bench.world.zalo_oa.tokens.expire()
        await asyncio.sleep(lives - before)
        await self.bench.kill()
        self.in_flight.append(await ask(self.bench, claimed))
        await self.bench.mend()
        self.lives.append(len(self.bench.requests))

    def doubled_by_life(self) -> Counter[int]:
        """How many letters each life sent that were said again, because it was killed before it wrote them down."""
        doubled, last = Counter[int](), dict[str, int]()
        for life, person in self.arrivals():
            if person in last:
                doubled[last[person]] += 1
            last[person] = life
        return doubled

    async def outcome(self) -> Outcome:
        """Compare what was heard with what the records say."""
        told = {person for _, person in self.arrivals()}
        known, waiting = await ask(self.bench, fates), await ask(self.bench, unsent)
        sent = {key.removeprefix(f"{WORDS}:") for key, fate in known.items() if fate == "sent"}
        doubled = self.doubled_by_life()
        wrong = list(self._too_many(doubled))
        return Outcome(
            self.bench.kills,
            lost=sum(not {str(person.id)} <= told & sent for person in self.bench.people) + waiting,
            doubled=doubled.total(),
            bound=bound_of(self.in_flight),
            corrupt=corrupt(self.bench) + len(wrong) + self.bench.unsaved,
            note=wrong[0] if wrong else "",
            worst=max(doubled.values(), default=0),
            consents=self.bench.consents,
        )

    def _too_many(self, doubled: Counter[int]) -> Iterator[str]:
        for life, in_flight in enumerate(self.in_flight):
            if not doubled[life] <= in_flight <= WIDEST:
                yield f"kill {life}: {doubled[life]} said again, {in_flight} in flight, {WIDEST} allowed"


async def kill(shard: Shard, mode: Mode, engine: Engine, build: Build) -> Outcome:
    """Kill, let the rest be sent, and count."""
    people = max(1, RECIPIENTS * shard.count // KILLS)
    with shard.records(engine) as url:
        async with bench_on(url, shard.folder, shard.dice(), mode, people=people, build=build) as bench:
            broadcast = Broadcast(bench)
            for _ in range(shard.count):
                await broadcast.live_and_die()
            bench.faults.clear()
            await bench.begin(lambda: None, Build(hasty_sender=build.hasty_sender))
            heard, begun = bench.world.heard, len(bench.world.heard)
            await bench.comes(lambda: len(heard) >= (begun + 1 if build.hasty_sender else people), PATIENCE)
            if build.hasty_sender:
                await bench.falls_silent()
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
            bench.faults.clear()
            bench.faults.slow(latency)
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
FORMS: Mapping[tuple[str, Mode, Engine], tuple[int, int]] = {
    ("", "polling", "sqlite"): (750, 4),
    ("", "polling", "postgresql"): (250, 4),
    ("zalo_bot_", "zalo_bot_webhook", "sqlite"): (100, 2),
    ("zalo_bot_", "zalo_bot_webhook", "postgresql"): (100, 0),
    ("zalo_oa_", "zalo_oa_webhook", "sqlite"): (100, 0),
    ("zalo_oa_", "zalo_oa_webhook", "postgresql"): (100, 2),
}
"""How many kills of each, and how many in a short run."""
CONTROLS: Mapping[tuple[str, Mode], int] = {
    ("", "polling"): 3,
    ("zalo_bot_", "zalo_bot_webhook"): 0,
    ("zalo_oa_", "zalo_oa_webhook"): 0,
}
CAMPAIGNS = (
    *(
        Campaign(f"sending_{name}{engine}", "kills", full, short, KILLS,
                 partial(kill, mode=mode, engine=engine, build=PACED))
        for (name, mode, engine), (full, short) in FORMS.items()
    ),
    Campaign("sending_pace", "letters", 1800, 0, 600, measure),  # a measure of speed is no test
    *(
        Campaign(f"sending_{name}control", "kills", 20, short, 10,
                 partial(kill, mode=mode, engine="sqlite", build=HASTY), control=True)
        for (name, mode), short in CONTROLS.items()
    ),
)  # fmt: skip
