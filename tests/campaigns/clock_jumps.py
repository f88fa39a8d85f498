"""The wall clock is set while the program runs: reminders come once, and everything that waits goes on.

libfaketime sets the clock of the real process, not its monotonic one. Where it is not installed there is no such
campaign; CI has it.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

from sandbox.people import Person
from storage.database import sqlite_file
from storage.times import to_ms
from tests.campaigns.campaign import Campaign, Outcome, Shard
from tests.campaigns.trial import FAKETIME, Trial, trial_of
from tests.crash.reckoning import noted

JUMPS = ("-3h", "+3h", "-1d", "+1d", "+4200d", "+0", "-10m", "+90d")
"""Where the clock is set, from the true time; the sixth is the way back from 2038."""
RING_SECONDS = 12.0
CLEANED_SECONDS = 3.0


Wanted = tuple[Person, str]


async def jump(shard: Shard) -> Outcome:
    """Set the clock so many times; each time somebody writes, and wants to be reminded soon and in a day."""
    dice = shard.dice()
    wanted: list[Wanted] = []
    async with trial_of(shard, faked_clock=True) as trial:
        for number in range(shard.count):
            first = number < len(JUMPS) and not shard.index
            trial.set_clock(JUMPS[number] if first else dice.choice(JUMPS))
            wanted += (soon := _write(dice.choice(trial.people), number))
            await trial.until(lambda soon=soon: _all_heard(trial, soon[:2]), RING_SECONDS)  # type: ignore[misc]
        trial.set_clock("+0")
        await asyncio.sleep(CLEANED_SECONDS)
        ahead = _dated_ahead(trial)
        trial.set_clock("+5000d")
        await trial.comes(lambda: _all_heard(trial, wanted), RING_SECONDS)
        await trial.stop()
        effects = await trial.ask(noted)
    told = [trial.heard(*each) for each in wanted]
    return Outcome(
        shard.count,
        lost=sum(times == 0 for times in told),
        twice=sum(times > 1 for times in effects.values()),
        doubled=sum(times > 1 for times in told),
        corrupt=ahead,
    )


def _write(person: Person, number: int) -> list[Wanted]:
    """Somebody writes three times; return what they ought to hear, the last a day later."""
    person.type(f"/ghi tin-{number}")
    person.type(f"/nhac 0.5 nhắc-{number}")
    person.type(f"/nhac 86400 mai-{number}")
    return [(person, f"{words}-{number}") for words in ("tin", "nhắc", "mai")]


def _all_heard(trial: Trial, wanted: list[Wanted]) -> bool:
    return all(trial.heard(*each) for each in wanted)


def _dated_ahead(trial: Trial) -> int:
    """How many rows say that they were written in the future: sessions would live on, and letters wait until then."""
    file, soon = sqlite_file(trial.settings.database_url), to_ms(datetime.now(UTC) + timedelta(minutes=5))
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return sum(
            connection.execute(f"SELECT count(*) FROM {table} WHERE {column} > ?", (soon,)).fetchone()[0]
            for table, column in (("chat_sessions", "updated_at"), ("inbox_updates", "received_at"))
        )


CAMPAIGN = Campaign("clock_jumps", "jumps", full=200, short=5, piece=50, run=jump)
CAMPAIGNS = (CAMPAIGN,) if FAKETIME or os.environ.get("CI") else ()
