"""A handler that computes for five seconds: updates that come meanwhile are acknowledged and answered, none is lost.

On PostgreSQL a turn runs in the event loop, so that the whole process stands still; on SQLite in the writer's thread.
"""

from __future__ import annotations

from tests.campaigns.campaign import Campaign, Engine, Outcome, Shard
from tests.campaigns.trial import trial_of
from tests.crash.reckoning import noted

STALL_SECONDS = 5
MEANWHILE = 20
ANSWERED_SECONDS = STALL_SECONDS + 10.0
ENGINES: tuple[Engine, ...] = ("postgresql", "sqlite")


async def stall(shard: Shard) -> Outcome:
    """Stall it so many times, and write to it meanwhile."""
    engine = ENGINES[shard.index % len(ENGINES)]
    async with trial_of(shard, mode="webhook", engine=engine) as trial:
        slow, *others = trial.people
        typed = []
        for number in range(shard.count):
            slow.type(f"/dung {STALL_SECONDS}")
            batch = [(others[n % len(others)], f"tin-{number}-{n}") for n in range(MEANWHILE)]
            for person, words in batch:
                person.type(f"/ghi {words}")
            typed += batch
            await trial.until(
                lambda batch=batch, number=number: (
                    all(trial.heard(*each) for each in batch)  # type: ignore[misc]
                    and trial.heard(slow, "xong") > number
                ),
                ANSWERED_SECONDS,
            )
        unacknowledged = len(trial.world.bot.updates.pending)
        await trial.stop()
        effects = await trial.ask(noted)
    return Outcome(
        shard.count,
        lost=sum(words not in effects for _, words in typed) + unacknowledged,
        twice=sum(times > 1 for times in effects.values()),
        doubled=sum(trial.heard(*each) > 1 for each in typed),
    )


CAMPAIGNS = (Campaign("stalls", "stalls", full=100, short=1, piece=10, run=stall),)
