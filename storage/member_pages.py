"""Members read out a page at a time, with where they belong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select

from storage.schema import branches, memberships, organisations, people, units
from storage.units import under


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a branch, as a list shows them."""

    membership: int
    person: int
    name: str
    honorific: str
    birth_year: int | None
    phone: str | None
    organisation: str
    branch: str
    unit: str
    status: str
    since: str
    confirmed_on: str | None
    by_hand: bool
    """Entered by somebody else, never met in a chat."""


_BY_HAND = people.c.entered_by.is_not(None)
_MEMBER: Select[*tuple[Any, ...]] = (
    select(
        memberships.c.id, people.c.id, people.c.name, people.c.honorific, people.c.birth_year, people.c.phone,
        organisations.c.short_name, branches.c.name, units.c.full_name, memberships.c.status, memberships.c.since,
        memberships.c.confirmed_on, _BY_HAND,
    )
    .join(people, people.c.id == memberships.c.person_id)
    .join(branches, branches.c.id == memberships.c.branch_id)
    .join(organisations, organisations.c.code == memberships.c.organisation_code)
    .join(units, units.c.code == branches.c.unit_code)
    .where(memberships.c.ended_on.is_(None))
)  # fmt: skip


def page(tx: Connection, path: str, organisation: str, after: int, most: int) -> list[Member]:
    """Members of the branches in a unit and below it, in no order that tells anything; `after` is the last one seen."""
    query = _MEMBER.where(under(path), memberships.c.id > after).order_by(memberships.c.id).limit(most)
    if organisation:
        query = query.where(memberships.c.organisation_code == organisation)
    return [Member(*row) for row in tx.execute(query)]
