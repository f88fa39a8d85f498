"""People who may be one: proposed by phone or by name, year and place; decided by somebody, never by the program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, FromClause, and_, exists, func, or_, select, update

from storage.schema import channel_accounts, duplicate_pairs, people, units
from storage.times import to_ms
from storage.upsert import insert_into

MOST_FOR_ONE = 3
"""A phone that a whole hamlet shares would pair everybody with everybody."""

_one, _other = people.alias("one"), people.alias("other")
_one_unit, _other_unit = units.alias("one_unit"), units.alias("other_unit")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people who may be one, the older record first."""

    older: Suspect
    younger: Suspect
    reason: str


@dataclass(frozen=True, slots=True)
class Suspect:
    """One of the two, as far as whoever decides needs to know."""

    id: int
    name: str
    birth_year: int | None
    phone: str | None
    unit: str
    path: str
    has_chat: bool


def propose(tx: Connection, numbers: Iterable[int], at: datetime) -> int:
    """Pair each of these people with the oldest who are like them; how many pairs are new."""
    found = list(_found(tx, sorted(set(numbers))))
    if not found:
        return 0
    rows = [
        {"first_id": first, "second_id": second, "reason": reason, "proposed_at": to_ms(at)}
        for (first, second), reason in found
    ]
    new = insert_into(tx.dialect.name, duplicate_pairs).on_conflict_do_nothing()
    return sum(tx.execute(new, row).rowcount for row in rows)


def _found(tx: Connection, numbers: list[int]) -> Iterator[tuple[tuple[int, int], str]]:
    for reason, alike in (("phone", _same_phone()), ("name", _same_name())):
        query = (
            select(_one.c.id, _other.c.id, _one_unit.c.path, _other_unit.c.path)
            .join(_other, and_(alike, _other.c.id != _one.c.id))
            .join(_one_unit, _one_unit.c.code == _one.c.unit_code, isouter=True)
            .join(_other_unit, _other_unit.c.code == _other.c.unit_code, isouter=True)
            .where(_one.c.id.in_(numbers))
            .order_by(_one.c.id, _other.c.registered_at, _other.c.id)
        )
        count: dict[int, int] = {}
        for number, other, here, there in tx.execute(query):
            if reason == "name" and not _one_place(here, there):
                continue
            count[number] = count.get(number, 0) + 1
            if count[number] <= MOST_FOR_ONE:
                yield ordered(number, other), reason


def _same_phone() -> ColumnElement[bool]:
    return and_(_one.c.phone.is_not(None), _one.c.phone == _other.c.phone)


def _same_name() -> ColumnElement[bool]:
    known = (_one.c.name_fold != "", _one.c.birth_year.is_not(None))
    return and_(*known, _one.c.name_fold == _other.c.name_fold, _one.c.birth_year == _other.c.birth_year)


def _one_place(one: str | None, other: str | None) -> bool:
    """In one unit, or one in a unit above the other's, as those are who only told their commune."""
    return one is not None and other is not None and (one.startswith(other) or other.startswith(one))


# deciding -----------------------------------------------------------------------------------------------------

_CHAT = exists().where(channel_accounts.c.person_id == people.c.id)
_SUSPECT = select(
    people.c.id, people.c.name, people.c.birth_year, people.c.phone, func.coalesce(units.c.full_name, ""),
    func.coalesce(units.c.path, ""), _CHAT,
).join(units, units.c.code == people.c.unit_code, isouter=True)  # fmt: skip


def ordered(one: int, other: int) -> tuple[int, int]:
    """As the table has them."""
    return min(one, other), max(one, other)


def undecided(tx: Connection, path: str, most: int) -> list[Pair]:
    """Pairs of which one lives in a unit or below it, oldest proposals first."""
    query = (
        select(duplicate_pairs.c.first_id, duplicate_pairs.c.second_id)
        .join(_one, _one.c.id == duplicate_pairs.c.first_id)
        .join(_other, _other.c.id == duplicate_pairs.c.second_id)
        .join(_one_unit, _one_unit.c.code == _one.c.unit_code, isouter=True)
        .join(_other_unit, _other_unit.c.code == _other.c.unit_code, isouter=True)
        .where(duplicate_pairs.c.decided_at.is_(None), or_(_below(_one_unit, path), _below(_other_unit, path)))
        .order_by(duplicate_pairs.c.proposed_at, duplicate_pairs.c.first_id, duplicate_pairs.c.second_id)
        .limit(most)
    )
    return [found for row in tx.execute(query).all() if (found := pair(tx, row[0], row[1])) is not None]


def _below(unit: FromClause, path: str) -> ColumnElement[bool]:
    return and_(unit.c.path >= path, unit.c.path < path.removesuffix("/") + "0")


def pair(tx: Connection, one: int, other: int) -> Pair | None:
    """A pair that nobody has decided on yet, whichever is named first."""
    first, second = ordered(one, other)
    here = (duplicate_pairs.c.first_id == first, duplicate_pairs.c.second_id == second)
    reason = tx.scalar(select(duplicate_pairs.c.reason).where(*here, duplicate_pairs.c.decided_at.is_(None)))
    by_age = _SUSPECT.where(people.c.id.in_((first, second))).order_by(people.c.registered_at, people.c.id)
    both = [Suspect(*row) for row in tx.execute(by_age)] if reason else []
    return Pair(both[0], both[1], str(reason)) if len(both) == len((one, other)) else None


def keep_apart(tx: Connection, one: int, other: int, at: datetime) -> None:
    """Note that they are two, so that nobody is asked again."""
    first, second = ordered(one, other)
    here = (duplicate_pairs.c.first_id == first, duplicate_pairs.c.second_id == second)
    tx.execute(update(duplicate_pairs).where(*here).values(decided_at=to_ms(at), decision="different"))
