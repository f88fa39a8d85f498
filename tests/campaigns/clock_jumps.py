"""The wall clock is set while the program runs: reminders come once, and everything that waits goes on.

libfaketime sets the clock of the real process, not its monotonic one. Where it is not installed there is no such
campaign; CI has it. The control leaves rows dated ahead as they are, so some of its letters wait for their date.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

from sandbox.people import Person
from storage.database import sqlite_file
from storage.times import to_ms
from tests.campaigns.campaign import Campaign, Outcome, Shard
from tests.campaigns.trial import FAKETIME, Trial, trial_of
from tests.crash.reckoning import noted

JUMPS = ("-3h", "+3h", "-1d", "+1d", "+4200d", "+0", "-10m", "+90d")
"""Where the clock is set, from the true time; the sixth is the way back from 2038."""
RING_SECONDS = 12.0
CLEANED_SECONDS, BLIND_SECONDS = 15.0, 5.0
BEGINS = "+0"


Wanted = tuple[Person, str]


async def jump(shard: Shard, *, blind: bool = False) -> Outcome:
    """Set the clock so many times; each time somebody writes, and wants to be reminded soon and in a day."""
    dice = shard.dice()
    wanted: list[Wanted] = []
    flags = ("--blind",) if blind else ()
    async with trial_of(shard, faked_clock=True, flags=flags) as trial:
        for number, setting in enumerate(_settings(dice, shard.count, in_order=not shard.index)):
            trial.set_clock(setting)
            wanted += (soon := _write(dice.choice(trial.people), number))
            heard = await trial.comes(lambda soon=soon: _all_heard(trial, soon[:2]), RING_SECONDS)  # type: ignore[misc]
            assert heard or blind, trial.last_words()
        trial.set_clock("+0")
        await trial.comes(lambda: not _dated_ahead(trial), BLIND_SECONDS if blind else CLEANED_SECONDS)
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


def _settings(dice: Random, count: int, *, in_order: bool) -> Iterator[str]:
    """Where the clock is set, each time elsewhere than it was; the first ones in order."""
    now = BEGINS
    for number in range(count):
        now = JUMPS[number] if in_order and number < len(JUMPS) else dice.choice([to for to in JUMPS if to != now])
        yield now


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


BLIND = partial(jump, blind=True)
CAMPAIGNS = (
    (
        Campaign("clock_jumps", "jumps", full=200, short=3, piece=50, run=jump),
        Campaign("clock_jumps_control", "jumps", full=10, short=2, piece=5, run=BLIND, control=True),
    )
    if FAKETIME or os.environ.get("CI")
    else ()
)
