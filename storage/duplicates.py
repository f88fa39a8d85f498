"""People who may be one: proposed by phone or by name, year and place; decided by somebody, never by the program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, exists, func, or_, select, tuple_, update

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
    for reason, query in (("phone", _same_phone(numbers)), ("name", _same_name(numbers))):
        found = query.subquery()
        for number, other in tx.execute(select(found.c.one, found.c.other).where(found.c.place <= MOST_FOR_ONE)):
            yield ordered(number, other), reason


def _same_phone(numbers: list[int]) -> Select[tuple[int, int, int]]:
    """Only with the oldest who have the phone: a whole list with the phone of its secretary is not a crowd squared."""
    phones = select(people.c.phone).where(people.c.id.in_(numbers), people.c.phone.is_not(None))
    among = func.row_number().over(partition_by=people.c.phone, order_by=(people.c.registered_at, people.c.id))
    all_of_them = select(people, among.label("among")).where(people.c.phone.in_(phones)).subquery()
    alike = and_(all_of_them.c.phone == _one.c.phone, all_of_them.c.among <= MOST_FOR_ONE + 1)
    return _pairs(numbers, all_of_them, alike)


def _same_name(numbers: list[int]) -> Select[tuple[int, int, int]]:
    """Only with the oldest of each place: a list that has one name for everybody is not a crowd squared either."""
    traits = (people.c.name_fold, people.c.birth_year)
    known = (people.c.name_fold != "", people.c.birth_year.is_not(None))
    asked = select(*traits).where(people.c.id.in_(numbers), *known)
    of_age = (people.c.registered_at, people.c.id)
    among = func.row_number().over(partition_by=(*traits, people.c.unit_code), order_by=of_age).label("among")
    crowd = select(people, among).where(tuple_(*traits).in_(asked)).subquery()
    oldest = select(crowd).where(crowd.c.among <= MOST_FOR_ONE + 1).subquery()
    alike = and_(_one.c.name_fold == oldest.c.name_fold, _one.c.birth_year == oldest.c.birth_year)
    return (
        _pairs(numbers, oldest, alike)
        .join(_one_unit, _one_unit.c.code == _one.c.unit_code)
        .join(_other_unit, _other_unit.c.code == oldest.c.unit_code)
        .where(one_place(_one_unit.c.path, _other_unit.c.path))
    )


def _pairs(numbers: list[int], others: FromClause, alike: ColumnElement[bool]) -> Select[tuple[int, int, int]]:
    """Each with the others who are alike, the oldest first."""
    place = func.row_number().over(partition_by=_one.c.id, order_by=(others.c.registered_at, others.c.id))
    return (
        select(_one.c.id.label("one"), others.c.id.label("other"), place.label("place"))
        .join(others, and_(alike, others.c.id != _one.c.id))
        .where(_one.c.id.in_(numbers))
    )


def one_place(one: ColumnElement[str], other: ColumnElement[str]) -> ColumnElement[bool]:
    """Paths of one unit, or of one above the other's, as those are who only told their commune."""
    return or_(starts_with(one, other), starts_with(other, one))


def starts_with(path: ColumnElement[str], above: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a path is of a unit or of what lies below it."""
    return func.substr(path, 1, func.length(above)) == above


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


def hold(tx: Connection, one: int, other: int) -> None:
    """Until the transaction ends nobody else decides on this pair."""
    first, second = ordered(one, other)
    here = (duplicate_pairs.c.first_id == first, duplicate_pairs.c.second_id == second)
    tx.execute(select(duplicate_pairs.c.first_id).where(*here).with_for_update())


def keep_apart(tx: Connection, one: int, other: int, at: datetime) -> None:
    """Note that they are two, so that nobody is asked again."""
    first, second = ordered(one, other)
    here = (duplicate_pairs.c.first_id == first, duplicate_pairs.c.second_id == second)
    tx.execute(update(duplicate_pairs).where(*here).values(decided_at=to_ms(at), decision="different"))
