"""Lists of members in bulk: finding who is there already, adding many at once, and reading them out."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, and_, exists, insert, select

from conversation.answers import fold
from storage.ids import random_id
from storage.memberships import Joining, join_all
from storage.schema import branches, channel_accounts, consents, memberships, people, units
from storage.times import day_of, to_ms
from storage.units import under


@dataclass(frozen=True, slots=True)
class Place:
    """A branch with the unit it belongs to."""

    branch: int
    parent: int | None
    name: str
    unit_code: str
    unit_name: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Somebody in the records, as far as a list can tell people apart."""

    id: int
    name_fold: str
    birth_year: int | None
    phone: str
    has_chat: bool


@dataclass(frozen=True, slots=True)
class Held:
    """How somebody belongs, or once belonged, to an organisation."""

    branch: int
    status: str
    ended: bool


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person to be entered, or (with `person`) somebody who is there and joins another organisation."""

    name: str
    birth_year: int | None
    phone: str
    place: Place
    status: str
    since: str
    consent: str
    person: int = 0


@dataclass(frozen=True, slots=True)
class Given:
    """What those who were asked agreed to, and where it can be looked up."""

    purpose: str
    text: str
    evidence: str


Traits = tuple[str, int | None, str]
"""A folded name, a year of birth and a phone."""
_CHAT = exists().where(channel_accounts.c.person_id == people.c.id)
_KEPT = select(people.c.id, people.c.name_fold, people.c.birth_year, people.c.phone, _CHAT)


def places(tx: Connection, organisation: str, path: str) -> list[Place]:
    """The branches of an organisation in a unit and everything below it."""
    query = (
        select(branches.c.id, branches.c.parent_id, branches.c.name, units.c.code, units.c.full_name)
        .join(units, units.c.code == branches.c.unit_code)
        .where(branches.c.organisation_code == organisation, branches.c.active, under(path))
        .order_by(units.c.path, branches.c.id)
    )
    return [Place(*row) for row in tx.execute(query)]


def alike(tx: Connection, wanted: Collection[Traits]) -> list[Kept]:
    """At least everybody with one of the names (folded) and its year or an unknown one, or with one of the phones."""
    names = sorted({name for name, year, _ in wanted if year})
    conditions = (
        and_(people.c.name_fold.in_(names), people.c.birth_year.in_(sorted({year for _, year, _ in wanted if year}))),
        and_(people.c.name_fold.in_(names), people.c.birth_year.is_(None)),
        people.c.name_fold.in_(sorted({name for name, year, _ in wanted if not year})),
        people.c.phone.in_(sorted({phone for *_, phone in wanted if phone})),
    )  # one question each: all at once they would use no index
    found = {row[0]: row for condition in conditions for row in tx.execute(_KEPT.where(condition))}
    return [Kept(number, name, year, phone or "", chat) for number, name, year, phone, chat in found.values()]


def held(tx: Connection, organisation: str, persons: Iterable[int]) -> dict[int, Held]:
    """How each of these people belongs to an organisation; what has ended only where nothing else is."""
    query = (
        select(memberships.c.person_id, memberships.c.branch_id, memberships.c.status, memberships.c.ended_on)
        .where(memberships.c.person_id.in_(sorted(set(persons))), memberships.c.organisation_code == organisation)
        .order_by(memberships.c.ended_on.is_(None), memberships.c.ended_on)
    )
    return {row.person_id: Held(row.branch_id, row.status, row.ended_on is not None) for row in tx.execute(query)}


def add(tx: Connection, newcomers: Sequence[Newcomer], at: datetime, consents_to: Sequence[Given]) -> list[int]:
    """Enter people, their memberships, and what those who were asked agreed to; their ids."""
    numbers = [each.person or random_id() for each in newcomers]
    pairs = list(zip(numbers, newcomers, strict=True))
    _insert(tx, people, [_person_row(number, each, at) for number, each in pairs if not each.person])
    joinings = [Joining(number, each.place.branch, each.since or day_of(at), each.status) for number, each in pairs]
    join_all(tx, joinings, day_of(at), "import")
    asked = [(number, each) for number, each in pairs if each.consent and not each.person]
    _insert(
        tx, consents, [_consent_row(number, each.consent, given, at) for number, each in asked for given in consents_to]
    )
    return numbers


def _insert(tx: Connection, table: Table, rows: list[dict[str, object]]) -> None:
    if rows:
        tx.execute(insert(table), rows)


def _person_row(number: int, each: Newcomer, at: datetime) -> dict[str, object]:
    return {
        "id": number,
        "name": each.name,
        "name_fold": fold(each.name),
        "unit_code": each.place.unit_code,
        "registered_at": to_ms(at),
        "birth_year": each.birth_year,
        "phone": each.phone or None,
    }


def _consent_row(number: int, kind: str, given: Given, at: datetime) -> dict[str, object]:
    return {
        "person_id": number,
        "purpose": given.purpose,
        "text": given.text,
        "text_sha256": hashlib.sha256(given.text.encode()).hexdigest(),
        "account": "import",
        "evidence": given.evidence,
        "kind": kind,
        "given_at": to_ms(at),
    }
