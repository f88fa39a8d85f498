"""`kill -9` while updates are taken: none is lost, none takes effect twice, and everybody gets their answers in
the order in which they wrote.

Half the lives of the program end some random milliseconds after it was handed updates, and half after a random number
of its answers, so that kills find it in the middle of a batch and in the middle of sending. The control acknowledges
updates before the commit. What the Zalo Bot Platform posted and got no 200 for is lost by its own contract, and
counted apart.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial

from bot.pace import MOST_IN_FLIGHT
from tests.campaigns.campaign import Campaign, Engine, Outcome, Shard
from tests.crash.bench import Bench, Mode
from tests.crash.benches import bench_on
from tests.crash.program import Build
from tests.crash.reckoning import ask, corrupt, lost_by_now, lost_for_good, noted

MESSAGES = 100
"""Updates for each kill."""
EARLY = 0.5
"""The share of lives that end while updates are being taken."""
BATCH_SECONDS, HASTE_SECONDS, LETTER_SECONDS = 0.2, 0.06, 0.03
LATE = 1.0
"""How old a kept update is that nobody takes, here."""
PATIENCE = 240.0


async def live_and_die(bench: Bench) -> None:
    """One life of the program: people type, and it dies in the midst of taking or answering it."""
    said = bench.said()
    await bench.begin(lambda: bench.type(MESSAGES))
    already = bench.handed_over()
    if bench.build.hasty_intake or bench.dice.random() < EARLY:
        await bench.until(lambda: bench.handed_over() > already)
        await asyncio.sleep(bench.dice.uniform(0, HASTE_SECONDS if bench.build.hasty_intake else BATCH_SECONDS))
    else:
        answers = said + bench.dice.randint(1, MESSAGES)
        await bench.until(lambda: bench.said() >= answers)
        await asyncio.sleep(bench.dice.uniform(0, LETTER_SECONDS))
    await bench.kill()
    await bench.mend()


async def settled(bench: Bench, *, good: bool) -> Outcome:
    """Compare the records with the world's own truth, once the program has had time to answer everything."""
    await (bench.comes(bench.all_is_answered, PATIENCE) if good else bench.falls_silent())
    await bench.stop()
    effects = await ask(bench, noted)
    return Outcome(
        bench.kills,
        lost=await (lost_for_good(bench) if good else lost_by_now(bench)),
        twice=sum(times > 1 for times in effects.values()),
        doubled=bench.answered_again(),
        bound=MOST_IN_FLIGHT * bench.kills,  # no platform takes a key that would tell a repeated answer apart
        corrupt=corrupt(bench) + (bench.out_of_order() if good else 0),
        consents=bench.consents,
        in_vain=bench.in_vain(),
    )


async def run(shard: Shard, mode: Mode, engine: Engine, build: Build) -> Outcome:
    """Kill, and count."""
    with shard.records(engine) as url:
        async with bench_on(url, shard.folder, shard.dice(), mode, build=build) as bench:
            for _ in range(shard.count):
                await live_and_die(bench)
            await bench.begin(lambda: bench.type(MESSAGES))
            return await settled(bench, good=not build.hasty_intake)


ENGINES: tuple[Engine, ...] = ("sqlite", "postgresql")
GOOD, HASTY = Build(late=LATE), Build(late=LATE, hasty_intake=True)
SHORT: Mapping[Mode, tuple[int, int, int]] = {
    "polling": (3, 3, 2),
    "webhook": (3, 3, 2),
    "zalo_bot_webhook": (2, 0, 2),
    "zalo_oa_webhook": (0, 2, 0),
}
"""How many kills `make test` has time for, on each database and of the control."""
CAMPAIGNS = (
    *(
        Campaign(f"intake_{mode}_{engine}", "kills", 300, few, 30, partial(run, mode=mode, engine=engine, build=GOOD))
        for mode, short in SHORT.items()
        for engine, few in zip(ENGINES, short[:2], strict=True)
    ),
    *(
        Campaign(f"intake_{mode}_control", "kills", 20, short[2], 10,
                 partial(run, mode=mode, engine="sqlite", build=HASTY), control=True)
        for mode, short in SHORT.items()
    ),
)  # fmt: skip
