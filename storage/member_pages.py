"""Members read out a page at a time, with where they belong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, or_, select

from conversation.answers import fold
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
    organisation_code: str
    organisation: str
    branch_id: int
    branch: str
    unit_code: str
    unit: str
    status: str
    since: str
    confirmed_on: str | None
    entered_by: int | None
    """Who entered somebody that does not write to us."""


_MEMBER: Select[*tuple[Any, ...]] = (
    select(
        memberships.c.id, people.c.id, people.c.name, people.c.honorific, people.c.birth_year, people.c.phone,
        organisations.c.code, organisations.c.short_name, branches.c.id, branches.c.name, units.c.code,
        units.c.full_name, memberships.c.status, memberships.c.since, memberships.c.confirmed_on, people.c.entered_by,
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


def in_branch(tx: Connection, branch: int) -> list[Member]:
    """Those of a branch and of the groups in it, as Vietnamese lists are ordered: by the last word of the name."""
    here = select(branches.c.id).where(or_(branches.c.id == branch, branches.c.parent_id == branch))
    rows = tx.execute(_MEMBER.where(memberships.c.branch_id.in_(here)))
    return sorted((Member(*row) for row in rows), key=by_name)


def of_person(tx: Connection, person: int) -> list[Member]:
    """What somebody belongs to."""
    query = _MEMBER.where(memberships.c.person_id == person).order_by(memberships.c.since, memberships.c.id)
    return [Member(*row) for row in tx.execute(query)]


def member(tx: Connection, membership: int) -> Member | None:
    """Somebody by their membership, while it lasts."""
    row = tx.execute(_MEMBER.where(memberships.c.id == membership)).one_or_none()
    return Member(*row) if row else None


def by_name(member: Member) -> tuple[str, str, int]:
    """Sorts by the last word of the name, then by all of it; source: domain.md 5.1."""
    name = fold(member.name)
    return name.split()[-1] if name else "", name, member.membership
