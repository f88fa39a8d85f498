"""Who on a list is in the records already.

Each question brings rows of the list along and has at most one answer for a row: a crowd of namesakes is looked
through by the database, and never comes here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    exists,
    func,
    literal,
    select,
    union,
    union_all,
)

from storage.duplicates import one_place, starts_with
from storage.given_rows import ROWS, Columns, given_rows
from storage.member_lists import Place
from storage.schema import Big, branches, channel_accounts, memberships, people, units
from storage.units import COMMUNE

ANY_YEAR = (0, 9999)
_home = units.alias("home")


@dataclass(frozen=True, slots=True)
class Sought:
    """A row of a list: what tells its person apart, and where it would put them."""

    row: int
    name_fold: str
    birth_year: int | None
    phone: str
    place: Place


@dataclass(frozen=True, slots=True)
class Sight:
    """Whom somebody may know of: who lives below a path, and is in an organisation; empty is no bound."""

    path: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Same:
    """Somebody who is certainly meant, and whether they belong to the organisation now."""

    person: int
    member: bool


COLUMNS: Columns = {
    "row": Integer, "name": String, "year": Integer, "first": Integer, "last": Integer, "phone": String,
    "head": Big, "path": String, "commune": String,
}  # fmt: skip


def there(tx: Connection, organisation: str, sought: Sequence[Sought]) -> dict[int, str]:
    """Rows whose branch has, or once had, a namesake whom neither year nor phone tells apart; with their status."""
    given = _given(tx)
    years = (people.c.birth_year.between(given.c.first, given.c.last), people.c.birth_year.is_(None))
    phones = (people.c.phone == given.c.phone, people.c.phone.is_(None), given.c.phone == "")
    # One question for each way of being alike: together they would use no index, and look through all namesakes.
    alike = (and_(people.c.name_fold == given.c.name, *ways) for ways in product(years, phones))
    answers = union_all(*(_in_branch(given, organisation, each) for each in alike)).subquery()
    last = _first_of(answers, answers.c.ended_on.is_not(None), answers.c.ended_on.desc())
    return {row: status for row, status, _ in _answers(tx, select(answers.c.row, answers.c.status, last), sought)}


def _in_branch(given: FromClause, organisation: str, alike: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(given.c.row, memberships.c.status, memberships.c.ended_on)
        .join(people, alike)
        .join(memberships, memberships.c.person_id == people.c.id)
        .join(branches, branches.c.id == memberships.c.branch_id)
        .where(memberships.c.organisation_code == organisation)
        .where(func.coalesce(branches.c.parent_id, branches.c.id) == given.c.head)
    )


def same(tx: Connection, organisation: str, sought: Sequence[Sought], sight: Sight) -> dict[int, Same]:
    """Rows with name, year and phone of somebody of the branch's commune who has no chat to be asked in."""
    given, member = _given(tx), exists().where(_belongs(organisation))
    first = _first_of(given, member.desc(), people.c.registered_at, people.c.id)
    traits = (people.c.name_fold == given.c.name, people.c.birth_year == given.c.year, people.c.phone == given.c.phone)
    has_chat = exists().where(channel_accounts.c.person_id == people.c.id)
    query = (
        select(given.c.row, people.c.id, member, first)
        .join(people, and_(*traits))
        .join(units, units.c.code == people.c.unit_code)
        .where(given.c.commune != "", starts_with(units.c.path, given.c.commune), ~has_chat, *_in(sight))
    )
    return {row: Same(person, is_member) for row, person, is_member, _ in _answers(tx, query, sought)}


def suspected(tx: Connection, sought: Sequence[Sought], sight: Sight) -> set[int]:
    """Rows with the phone of somebody, or with name and year of somebody in one place with the branch."""
    given = _given(tx)
    phone = exists().where(people.c.phone == given.c.phone, *_in(sight))
    name = exists().where(
        people.c.name_fold == given.c.name,
        people.c.birth_year == given.c.year,
        units.c.code == people.c.unit_code,
        one_place(units.c.path, given.c.path),
        *_in(sight),
    )
    query = union(*(select(given.c.row).where(like) for like in (phone, name)))
    return set(tx.execute(query, {ROWS: [_as_row(each) for each in sought]}).scalars())


def _given(tx: Connection) -> FromClause:
    return given_rows(tx.dialect.name, COLUMNS)


def _first_of(answers: FromClause, *order: ColumnElement[Any]) -> ColumnElement[int]:
    """The place of an answer among those for its row."""
    return func.row_number().over(partition_by=answers.c.row, order_by=order).label("place")


def _answers(tx: Connection, query: Select[*tuple[Any, ...]], sought: Sequence[Sought]) -> Iterator[Sequence[Any]]:
    """The first for each row."""
    answers = query.subquery()
    firsts = select(answers).where(answers.c.place == 1)
    yield from tx.execute(firsts, {ROWS: [_as_row(each) for each in sought]})


def _as_row(each: Sought) -> dict[str, object]:
    first, last = (each.birth_year, each.birth_year) if each.birth_year else ANY_YEAR
    return {
        "row": each.row,
        "name": each.name_fold,
        "year": each.birth_year,
        "first": first,
        "last": last,
        "phone": each.phone,
        "head": each.place.parent or each.place.branch,
        "path": each.place.path,
        "commune": _commune(each.place.path),
    }


def _commune(path: str) -> str:
    """The path of the commune that a unit is or lies in; empty for a province."""
    line = path.split("/")[: COMMUNE + 1]
    return "/".join(line) + "/" if all(line) and len(line) > COMMUNE else ""


def _belongs(organisation: str) -> ColumnElement[bool]:
    here = (memberships.c.person_id == people.c.id, memberships.c.organisation_code == organisation)
    return and_(*here, memberships.c.ended_on.is_(None))


def _in(sight: Sight) -> Iterator[ColumnElement[bool]]:
    if sight.path:
        yield exists().where(_home.c.code == people.c.unit_code, starts_with(_home.c.path, literal(sight.path)))
    if sight.organisation:
        yield exists().where(_belongs(sight.organisation))
