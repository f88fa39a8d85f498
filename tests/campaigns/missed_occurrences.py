"""The process is away over hundreds of hours of its timers: when it is back each runs at most once, not once an hour.

Each time a ward has open tickets, a sweep is planned, and then nothing runs for 1 to 500 hours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, select

from bot.features import registry
from bot.housekeeping import Housekeeping
from bot.jobs import Timers
from conversation.messages import Address, Json
from handlers.feature import Actor, Registry, perform
from handlers.feedback.commands import SWEEP, OpenTicket
from scheduler.civil_zone import VIETNAM
from storage import people
from storage.database import open_database
from storage.schema import deliveries, jobs, tickets
from storage.times import to_ms
from tests.campaigns.campaign import Campaign, Outcome, Shard

Timer = Callable[[Connection, datetime, Json], None]

WARD = "26878"
TICKETS = 5
MOST_LETTERS = 2
"""About one ticket in one sweep: that it is there, and that it is due."""
MOST_HOURS = 500
MORNING = datetime(2026, 11, 23, 8, tzinfo=VIETNAM)
OFFICER = Address("telegram:8123", "1")


@dataclass
class Watch:
    """A clock that is put forward by hand."""

    at: datetime = MORNING

    def now(self) -> datetime:
        """That moment."""
        return self.at.astimezone(UTC)


class Counting(Registry):
    """Counts how often each timer is fired."""

    def __init__(self) -> None:
        super().__init__(registry().features)
        self.fired: Counter[str] = Counter()
        self.timers = {kind: self._counted(kind) for kind in self.timers}

    def _counted(self, kind: str) -> Timer:
        fire = self.timers[kind]

        def counted(tx: Connection, now: datetime, payload: Json) -> None:
            self.fired[kind] += 1
            fire(tx, now, payload)

        return counted


async def be_away(shard: Shard) -> Outcome:
    """Be away so many times."""
    dice, watch, features = shard.dice(), Watch(), Counting()
    lost = doubled = wrong = 0
    with shard.records("sqlite") as url:
        database = await open_database(url, shard.folder, now=watch.now())
        house = Housekeeping(database, shard.folder, watch, features)
        timers = Timers(database, features, watch, lambda: None)
        await database.write(_hire, watch.now())
        for _ in range(shard.count):
            await database.write(_report, features, watch.now())
            watch.at += timedelta(hours=dice.randint(1, MOST_HOURS), minutes=dice.randint(0, 59))
            told, features.fired = await database.read(_told), Counter()
            made = len(list((shard.folder / "backups").glob("*.db")))
            due = await database.read(_overdue, to_ms(watch.now()))
            await house.clean()
            await timers.fire_due()
            await timers.fire_due()
            await house.back_up()
            await house.back_up()
            doubled += max(0, features.fired[SWEEP] - 1)
            lost += bool(due) and not features.fired[SWEEP]
            wrong += await database.read(_told) - told > MOST_LETTERS * await database.read(_reported)
            wrong += len(list((shard.folder / "backups").glob("*.db"))) > made + 1
            wrong += await database.read(_overdue, to_ms(watch.now())) > 0
        await database.close()
    return Outcome(shard.count, lost=lost, twice=doubled, corrupt=wrong)


def _hire(tx: Connection, now: datetime) -> None:
    officer = people.register(tx, OFFICER, "anh", WARD, now)
    people.grant(tx, officer, "commune_officer", WARD, now)


def _report(tx: Connection, features: Registry, now: datetime) -> None:
    for number in range(TICKETS):
        actor = Actor(now, None, Address(OFFICER.account, f"{1000 + number}"), "7")
        perform(features, tx, actor, OpenTicket(WARD, "dien_chieu_sang", f"Đèn số {number} hư", (), False, None))


def _told(tx: Connection) -> int:
    return tx.scalar(select(func.count()).select_from(deliveries)) or 0


def _reported(tx: Connection) -> int:
    return tx.scalar(select(func.count()).select_from(tickets)) or 0


def _overdue(tx: Connection, now: int) -> int:
    """Timers that ought to have fired by now."""
    return tx.scalar(select(func.count()).where(jobs.c.kind == SWEEP, jobs.c.due_at <= now)) or 0


CAMPAIGNS = (Campaign("missed_occurrences", "absences", full=200, short=4, piece=50, run=be_away),)
