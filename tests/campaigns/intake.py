"""`kill -9` while updates are taken: none is lost, none takes effect twice, and everybody gets their answers in
the order in which they wrote.

Half the lives of the program end some random milliseconds after it was handed updates, and half after a random number
of its answers, so that kills find it in the middle of a batch and in the middle of sending. The control acknowledges
updates before the commit.
"""

from __future__ import annotations

import asyncio
from functools import partial
from itertools import product

from bot.pace import MOST_IN_FLIGHT
from tests.campaigns.campaign import Campaign, Engine, Outcome, Shard
from tests.crash.bench import Bench, Mode, bench_on
from tests.crash.program import Build
from tests.crash.reckoning import ask, corrupt, lost_by_now, lost_for_good, noted

MESSAGES = 100
"""Updates for each kill."""
EARLY = 0.5
"""The share of lives that end while updates are being taken."""
BATCH_SECONDS, LETTER_SECONDS = 0.15, 0.03
PATIENCE = 60.0


async def live_and_die(bench: Bench) -> None:
    """One life of the program: people type, it starts, and it dies in the midst of it."""
    bench.type(MESSAGES)
    bench.start()
    if bench.build.hasty_intake or bench.dice.random() < EARLY:
        already = bench.handed_over()
        await bench.until(lambda: bench.handed_over() > already)
        await asyncio.sleep(bench.dice.uniform(0, BATCH_SECONDS))
    else:
        answers = bench.said() + bench.dice.randint(1, MESSAGES)
        await bench.until(lambda: bench.said() >= answers)
        await asyncio.sleep(bench.dice.uniform(0, LETTER_SECONDS))
    await bench.kill()


async def settled(bench: Bench, *, good: bool) -> Outcome:
    """Compare the records with the world's own truth, once the program has had time to answer everything."""
    await (bench.comes(lambda: not bench.unanswered(), PATIENCE) if good else bench.falls_silent())
    await bench.stop()
    effects = await ask(bench, noted)
    return Outcome(
        bench.kills,
        lost=await (lost_for_good(bench) if good else lost_by_now(bench)),
        twice=sum(times > 1 for times in effects.values()),
        doubled=bench.answered_again(),
        bound=MOST_IN_FLIGHT * bench.kills,  # Telegram takes no key that would tell a repeated answer apart
        corrupt=corrupt(bench) + (bench.out_of_order() if good else 0),
    )


async def run(shard: Shard, mode: Mode, engine: Engine, build: Build) -> Outcome:
    """Kill, and count."""
    with shard.records(engine) as url:
        async with bench_on(url, shard.folder, shard.dice(), mode, build=build) as bench:
            for _ in range(shard.count):
                await live_and_die(bench)
            bench.type(MESSAGES)
            bench.start()
            return await settled(bench, good=not build.hasty_intake)


MODES: tuple[Mode, ...] = ("polling", "webhook")
ENGINES: tuple[Engine, ...] = ("sqlite", "postgresql")
CAMPAIGNS = (
    *(
        Campaign(f"intake_{mode}_{engine}", "kills", 300, 3, 30, partial(run, mode=mode, engine=engine, build=Build()))
        for mode, engine in product(MODES, ENGINES)
    ),
    *(
        Campaign(
            f"intake_{mode}_control",
            "kills",
            20,
            2,
            10,
            partial(run, mode=mode, engine="sqlite", build=Build(hasty_intake=True)),
            control=True,
        )
        for mode in MODES
    ),
)
