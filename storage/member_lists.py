"""Lists of members in bulk: finding who is there already, adding many at once, and reading them out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, insert, select

from conversation.answers import fold
from storage.ids import random_id
from storage.schema import branches, channel_accounts, consents, memberships, people, units
from storage.times import day_of, to_ms


@dataclass(frozen=True, slots=True)
class Place:
    """A branch with the unit it belongs to."""

    branch: int
    parent: int | None
    name: str
    fold: str
    unit_code: str
    unit_path: str
    unit_name: str
    unit_fold: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Somebody in the records, as far as a list can tell people apart."""

    id: int
    name_fold: str
    birth_year: int | None
    phone: str
    has_chat: bool

    @property
    def identity(self) -> tuple[str, int | None, str]:
        """As an entry of a list has it."""
        return self.name_fold, self.birth_year, self.phone


@dataclass(frozen=True, slots=True)
class Held:
    """A membership in force."""

    person: int
    branch: int
    status: str


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person to be entered, or (with `person`) another membership of somebody who is there."""

    name: str
    birth_year: int | None
    phone: str
    place: Place
    status: str
    since: str
    consent: str
    person: int = 0


_CHAT = exists().where(channel_accounts.c.person_id == people.c.id)
_KEPT = select(people.c.id, people.c.name_fold, people.c.birth_year, people.c.phone, _CHAT)


def places(tx: Connection, organisation: str, path: str) -> list[Place]:
    """The branches of an organisation in a unit and everything below it."""
    # `0` follows `/` in the order of bytes
    below = (units.c.path >= path, units.c.path < path.removesuffix("/") + "0")
    query = (
        select(
            branches.c.id, branches.c.parent_id, branches.c.name, branches.c.fold,
            units.c.code, units.c.path, units.c.full_name, units.c.fold,
        )
        .join(units, units.c.code == branches.c.unit_code)
        .where(branches.c.organisation_code == organisation, branches.c.active, *below)
        .order_by(units.c.path, branches.c.id)
    )  # fmt: skip
    return [Place(*row) for row in tx.execute(query)]


def alike(tx: Connection, names: Iterable[str], phones: Iterable[str]) -> list[Kept]:
    """Everybody who has one of the names (folded) or one of the phones."""
    by_name = _KEPT.where(people.c.name_fold.in_(sorted(set(names))))
    by_phone = _KEPT.where(people.c.phone.in_(sorted(set(phones) - {""})))
    found = {row[0]: row for query in (by_name, by_phone) for row in tx.execute(query)}
    return [Kept(number, name, year, phone or "", chat) for number, name, year, phone, chat in found.values()]


def held(tx: Connection, organisation: str, persons: Iterable[int]) -> dict[int, Held]:
    """Memberships in force of an organisation, by person."""
    query = select(memberships.c.person_id, memberships.c.branch_id, memberships.c.status).where(
        memberships.c.person_id.in_(sorted(set(persons))),
        memberships.c.organisation_code == organisation,
        memberships.c.ended_on.is_(None),
    )
    return {row.person_id: Held(*row) for row in tx.execute(query)}


def add(
    tx: Connection,
    organisation: str,
    newcomers: Sequence[Newcomer],
    at: datetime,
    *,
    consented: Sequence[tuple[str, str]],
    source: str,
) -> list[int]:
    """Enter people, their memberships, and their consents (purposes, each with the words of the paper); their ids."""
    numbers = [each.person or random_id() for each in newcomers]
    pairs = list(zip(numbers, newcomers, strict=True))
    _insert(tx, people, [_person_row(number, each, at) for number, each in pairs if not each.person])
    _insert(tx, memberships, [_membership_row(organisation, number, each, at) for number, each in pairs])
    _insert(
        tx,
        consents,
        [
            _consent_row(number, each.consent, purpose, text, source, at)
            for number, each in pairs
            if each.consent and not each.person
            for purpose, text in consented
        ],
    )
    return numbers


def _insert(tx: Connection, table: object, rows: list[dict[str, object]]) -> None:
    if rows:
        tx.execute(insert(table), rows)  # type: ignore[call-overload]


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


def _membership_row(organisation: str, number: int, each: Newcomer, at: datetime) -> dict[str, object]:
    today = day_of(at)
    return {
        "id": random_id(),
        "person_id": number,
        "branch_id": each.place.branch,
        "organisation_code": organisation,
        "unit_path": each.place.unit_path,
        "status": each.status,
        "status_on": today,
        "since": each.since or today,
        "origin": "import",
    }


def _consent_row(number: int, kind: str, purpose: str, text: str, source: str, at: datetime) -> dict[str, object]:
    return {
        "person_id": number,
        "purpose": purpose,
        "text": text,
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "account": "import",
        "evidence": source,
        "kind": kind,
        "given_at": to_ms(at),
    }
