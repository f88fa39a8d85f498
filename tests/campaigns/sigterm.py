"""SIGTERM in full flight: the program ends well within ten seconds, nothing is lost, and nothing is said twice."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from tests.campaigns.campaign import Campaign, Engine, Outcome, Shard
from tests.campaigns.intake import settled
from tests.crash.benches import bench_on

MESSAGES = 40
LATENCY = 0.05


async def run(shard: Shard, engine: Engine) -> Outcome:
    """Ask it to stop while it answers, again and again."""
    with shard.records(engine) as url:
        async with bench_on(url, shard.folder, shard.dice()) as bench:
            bench.world.faults.slow(LATENCY, methods=["sendMessage"])
            for _ in range(shard.count):
                bench.type(MESSAGES)
                bench.start()
                answers = bench.said() + bench.dice.randint(1, MESSAGES)
                await bench.until(lambda enough=answers: bench.said() >= enough)  # type: ignore[misc]
                await bench.stop()
            bench.start()
            found = await settled(bench, good=True)
            return replace(found, count=shard.count, bound=None)


CAMPAIGNS = (
    Campaign("sigterm_sqlite", "stops", 150, 2, 30, partial(run, engine="sqlite")),
    Campaign("sigterm_postgresql", "stops", 50, 1, 25, partial(run, engine="postgresql")),
)
