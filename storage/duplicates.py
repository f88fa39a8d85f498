"""People who may be one: proposed by phone or by name, year and place; decided by somebody, never by the program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, select

from storage.schema import duplicate_pairs, people, units
from storage.times import to_ms
from storage.upsert import insert_into

MOST_FOR_ONE = 3
"""A phone that a whole hamlet shares would pair everybody with everybody."""

_one, _other = people.alias("one"), people.alias("other")
_one_unit, _other_unit = units.alias("one_unit"), units.alias("other_unit")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people, the older record first."""

    older: int
    younger: int
    reason: str


def propose(tx: Connection, numbers: Iterable[int], at: datetime) -> int:
    """Pair each of these people with the oldest who are like them; how many pairs are new."""
    found = list(_found(tx, sorted(set(numbers))))
    if not found:
        return 0
    rows = [
        {"first_id": min(pair), "second_id": max(pair), "reason": reason, "proposed_at": to_ms(at)}
        for pair, reason in found
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
                yield (number, other), reason


def _same_phone() -> ColumnElement[bool]:
    return and_(_one.c.phone.is_not(None), _one.c.phone == _other.c.phone)


def _same_name() -> ColumnElement[bool]:
    known = (_one.c.name_fold != "", _one.c.birth_year.is_not(None))
    return and_(*known, _one.c.name_fold == _other.c.name_fold, _one.c.birth_year == _other.c.birth_year)


def _one_place(one: str | None, other: str | None) -> bool:
    """In one unit, or one in a unit above the other's, as those are who only told their commune."""
    return one is not None and other is not None and (one.startswith(other) or other.startswith(one))
