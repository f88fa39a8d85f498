"""Lists of members in bulk: the branches they name, and adding many people at once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, insert, select

from conversation.answers import fold
from storage.ids import random_id
from storage.memberships import Joining, join_all
from storage.schema import branches, consents, organisations, people, units
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
    path: str
    """The unit's."""


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


def places(tx: Connection, organisation: str, path: str) -> list[Place]:
    """The branches of an organisation in a unit and everything below it."""
    query = (
        select(branches.c.id, branches.c.parent_id, branches.c.name, units.c.code, units.c.full_name, units.c.path)
        .join(units, units.c.code == branches.c.unit_code)
        .where(branches.c.organisation_code == organisation, branches.c.active, under(path))
        .order_by(units.c.path, branches.c.id)
    )
    return [Place(*row) for row in tx.execute(query)]


def one_at_a_time(tx: Connection) -> None:
    """Until this ends nobody else enters a list, which may have the same people on it."""
    tx.execute(select(organisations.c.code).order_by(organisations.c.code).with_for_update(key_share=True))


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
