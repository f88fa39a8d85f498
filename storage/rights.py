"""Who holds which office over what: the rows that the policy reads, and the few ways they change."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, exists, or_, select, update

from conversation.answers import fold
from storage.people import ROLE, Role
from storage.schema import branches, memberships, people, roles, unit_closure, units
from storage.times import to_ms


@dataclass(frozen=True, slots=True)
class Held:
    """An office that somebody holds now."""

    id: int
    person: int
    given_by: int | None
    """None for the operator's tools."""
    office: Role


_HELD = select(roles.c.id, roles.c.person_id, roles.c.granted_by, *ROLE).where(roles.c.revoked_at.is_(None))
_OF_PERSON = _HELD.where(roles.c.person_id == bindparam("number")).order_by(roles.c.id)
_OVER = and_(unit_closure.c.ancestor == roles.c.unit_code, unit_closure.c.descendant == bindparam("of_unit"))
_OF_PERSON_OVER = (
    _HELD.join(unit_closure, _OVER)
    .where(roles.c.person_id == bindparam("number"))
    .order_by(unit_closure.c.distance, roles.c.id)
)
_HOLDERS = (
    _HELD.join(unit_closure, _OVER)
    .where(roles.c.role.in_(bindparam("wanted", expanding=True)))
    .order_by(unit_closure.c.distance, roles.c.id)
)
_HELPING = _HELD.where(roles.c.helps_id == bindparam("number")).order_by(roles.c.id)
_BELOW = (
    _HELD.join(unit_closure, unit_closure.c.descendant == roles.c.unit_code)
    .where(unit_closure.c.ancestor == bindparam("of_unit"))
    .order_by(roles.c.unit_code, roles.c.id)
)


def _read(tx: Connection, query: Select[*tuple[Any, ...]], **given: object) -> list[Held]:
    return [Held(number, person, by, Role(*office)) for number, person, by, *office in tx.execute(query, given)]


def held_by(tx: Connection, person: int) -> list[Held]:
    """The offices that somebody holds."""
    return _read(tx, _OF_PERSON, number=person)


def held_over(tx: Connection, person: int, unit: str) -> list[Held]:
    """Those that somebody holds over a unit or above it, nearest first."""
    return _read(tx, _OF_PERSON_OVER, number=person, of_unit=unit)


def holders(tx: Connection, wanted: Iterable[str], unit: str) -> list[Held]:
    """All who hold one of the offices over a unit or above it, nearest first."""
    return _read(tx, _HOLDERS, wanted=list(wanted), of_unit=unit)


def helping(tx: Connection, person: int) -> list[Held]:
    """The offices of those who help somebody."""
    return _read(tx, _HELPING, number=person)


def below(tx: Connection, unit: str) -> list[Held]:
    """All offices held over a unit or below it."""
    return _read(tx, _BELOW, of_unit=unit)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Offices that somebody may have to do with: over or below the places of their own, or of those who help them.

    Words keep to those of a holder or a place called so, or to these kinds of office.
    """

    person: int
    places: Collection[str]
    words: str = ""
    kinds: Collection[str] = ()


def reached(tx: Connection, wanted: Wanted, after: int, most: int) -> list[Held]:
    """Some of them, in the order in which they were given."""
    over = exists().where(unit_closure.c.ancestor.in_(wanted.places), unit_closure.c.descendant == roles.c.unit_code)
    query = _HELD.where(or_(over, roles.c.helps_id == wanted.person), roles.c.person_id != wanted.person)
    if wanted.words:
        like = f"%{fold(wanted.words)}%"
        holder = exists().where(people.c.id == roles.c.person_id, people.c.name_fold.like(like))
        place = exists().where(units.c.code == roles.c.unit_code, units.c.fold.like(like))
        query = query.where(or_(holder, place, roles.c.role.in_(wanted.kinds)))
    return _read(tx, query.where(roles.c.id > after).order_by(roles.c.id).limit(most))


def everywhere(tx: Connection) -> list[Held]:
    """All offices there are."""
    return _read(tx, _HELD.order_by(roles.c.unit_code, roles.c.id))


def after(tx: Connection, wanted: Iterable[str], number: int, most: int) -> list[Held]:
    """Some of those who hold one of the offices, in the order in which they were given."""
    query = _HELD.where(roles.c.role.in_(list(wanted)), roles.c.id > number).order_by(roles.c.id).limit(most)
    return _read(tx, query)


def by_id(tx: Connection, number: int) -> Held | None:
    """An office that is still held."""
    return next(iter(_read(tx, _HELD.where(roles.c.id == number))), None)


def locked(tx: Connection, role: str) -> list[Held]:
    """All who hold an office, locked: whoever counts them too waits, and counts what is left."""
    return _read(tx, _HELD.where(roles.c.role == role).order_by(roles.c.id).with_for_update())


def ever_held(tx: Connection, person: int, *, but: str) -> bool:
    """Whether somebody holds an office, or once did, `but` one kind of them."""
    held = select(roles.c.id).where(roles.c.person_id == person, roles.c.role != but)
    return tx.execute(held.limit(1)).first() is not None


def lend_no_more(tx: Connection, person: int) -> None:
    """Whoever somebody chose as their helper until now has no part in offices that come later."""
    chosen = (roles.c.helps_id == person, roles.c.granted_by == person)
    tx.execute(update(roles).where(*chosen).values(granted_by=None))


def branch_line(tx: Connection, branch: int) -> set[int]:
    """A branch and those it belongs to."""
    line: set[int] = set()
    number: int | None = branch
    while number is not None and number not in line:
        line.add(number)
        number = tx.scalar(select(branches.c.parent_id).where(branches.c.id == number))
    return line


def is_member(tx: Connection, person: int, organisation: str, branch: int) -> bool:
    """Whether somebody belongs to an organisation (empty for any at all, or none), perhaps to this branch."""
    if not organisation:
        return True
    mine = select(memberships.c.branch_id).where(
        memberships.c.person_id == person,
        memberships.c.organisation_code == organisation,
        memberships.c.ended_on.is_(None),
    )
    return any(branch in (0, *branch_line(tx, each)) for each in tx.execute(mine).scalars())


def revoke(tx: Connection, numbers: Collection[int], at: datetime) -> None:
    """End offices."""
    in_force = (roles.c.id.in_(numbers), roles.c.revoked_at.is_(None))
    tx.execute(update(roles).where(*in_force).values(revoked_at=to_ms(at)))
