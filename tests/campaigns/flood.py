"""One person writes a thousand messages a second: fifty others are answered as ever, and nothing of theirs is lost."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from statistics import quantiles

from sandbox.people import Person
from tests.campaigns.campaign import Campaign, Outcome, Shard
from tests.campaigns.trial import Trial, trial_of
from tests.crash.reckoning import noted

PER_SECOND = 1000
OTHERS = 50
P95_SECONDS = 2.0
LAST_SECONDS = 20.0
TOO_FAST = "nhắn nhanh quá"


@dataclass
class Watch:
    """How long each message of the others waits for its answer."""

    trial: Trial
    waiting: dict[tuple[int, str], float] = field(default_factory=dict)
    waited: list[float] = field(default_factory=list)

    def type(self, person: Person, words: str) -> None:
        """Somebody writes."""
        person.type(f"/ghi {words}")
        self.waiting[person.id, words] = time.monotonic()

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(0.01)
            for each in [each for each in self.waiting if self.trial.world.heard[each]]:
                self.waited.append(time.monotonic() - self.waiting.pop(each))


async def flood(shard: Shard) -> Outcome:
    """So many seconds of it."""
    async with trial_of(shard, people=OTHERS + 1, gated=True) as trial:
        flooder, *others = trial.people
        watch = Watch(trial)
        watching = asyncio.create_task(watch.run())
        for second in range(shard.count):
            await _one_second(shard, second, watch, flooder, others)
        await trial.comes(lambda: not watch.waiting, LAST_SECONDS)
        watching.cancel()
        told = sum(TOO_FAST in str(message.get("text")) for message in flooder.chat.spoken)
        await trial.stop()
        effects = await trial.ask(noted)
    p95 = quantiles(watch.waited, n=20)[-1]
    return Outcome(
        shard.count,
        lost=len(watch.waiting),
        twice=sum(times > 1 for times in effects.values()),
        corrupt=(told != 1) + (p95 >= P95_SECONDS),
        note=f"p95 {p95:.1f} s" + (f", the flooder was told {told} times" if told != 1 else ""),
    )


async def _one_second(shard: Shard, second: int, watch: Watch, flooder: Person, others: list[Person]) -> None:
    """A thousand messages of one, and one of each of the others, spread over a second."""
    dice, end = shard.dice(), time.monotonic() + 1
    turns = dice.sample(range(PER_SECOND), len(others))
    of_turn = dict(zip(turns, others, strict=True))
    for number in range(PER_SECOND):
        flooder.type(f"/ghi lũ-{second}-{number}")
        if number in of_turn:
            watch.type(of_turn[number], f"tin-{second}-{number}")
        if (early := end - 1 + number / PER_SECOND - time.monotonic()) > 0:
            await asyncio.sleep(early)
        elif number % 20 == 0:
            await asyncio.sleep(0)


CAMPAIGNS = (Campaign("flood", "seconds", full=300, short=4, piece=60, run=flood),)
