"""When somebody was on which lists of names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, select

from storage.schema import branches, memberships, people
from storage.times import VIETNAM, to_ms

FOREVER = 2**62


@dataclass(frozen=True, slots=True)
class Stay:
    """When somebody was on the list of a branch, and on that of the branch around it; ms UTC."""

    branches: tuple[str, ...]
    since: int
    until: int


def stays_of(tx: Connection, person: int) -> list[Stay]:
    """Nobody is on a list before they are in the records, however long they have belonged."""
    query = (
        select(branches.c.id, branches.c.parent_id, people.c.registered_at, memberships.c.since, memberships.c.ended_on)
        .join(branches, branches.c.id == memberships.c.branch_id)
        .join(people, people.c.id == memberships.c.person_id)
        .where(memberships.c.person_id == person)
    )
    return [
        Stay((str(branch), str(around)), max(known, _begins(since)), _begins(ended_on, days=1) or FOREVER)
        for branch, around, known, since, ended_on in tx.execute(query)
    ]


def _begins(day: str | None, *, days: int = 0) -> int:
    """The beginning of an ISO day in Vietnam, or of a day after it; 0 for what is no whole date."""
    if not day or len(day) != len("2026-11-23"):
        return 0
    return to_ms(datetime.combine(date.fromisoformat(day) + timedelta(days=days), time.min, VIETNAM))
