"""Roll-ups: how many belong to what, how many people that is, and how many of them are here, level by level.

Everybody counts once and in one place, where they live; so a unit is always the sum of what lies below it and of the
people whose hamlet nobody knows. Nothing is kept beside the memberships that could disagree with them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce

from sqlalchemy import Connection, Select, String, bindparam, case, delete, distinct, func, select

from conversation.messages import N_, Rejected
from storage.memberships import PRESENT
from storage.organisations import in_use
from storage.schema import eligible_populations, memberships, units
from storage.times import to_ms
from storage.units import Unit, children, require_unit, under
from storage.upsert import insert_into

ANY = ""
"""Instead of an organisation's code: any of them."""


@dataclass(frozen=True, slots=True)
class Count:
    """People of one organisation, or of any."""

    members: int = 0
    present: int = 0
    eligible: int | None = None
    """How many there could be, where it was typed in."""

    @property
    def away(self) -> int:
        """Those who belong and are elsewhere for a while."""
        return self.members - self.present

    @property
    def share(self) -> float | None:
        """The part of those who could belong that does."""
        return self.members / self.eligible if self.eligible else None


@dataclass(frozen=True, slots=True)
class Tally:
    """One unit's numbers: of each organisation, and of people whatever they belong to."""

    unit: Unit
    counts: Mapping[str, Count]

    @property
    def people(self) -> Count:
        """Distinct people, however many organisations they are in."""
        return self.counts.get(ANY, Count())


@dataclass(frozen=True, slots=True)
class Rollup:
    """A unit, what lies directly below it, and who counts at the unit itself because no hamlet is known."""

    whole: Tally
    below: tuple[Tally, ...]
    itself: Tally


@dataclass(slots=True)
class _Sum:
    members: Counter[str] = field(default_factory=Counter)
    present: Counter[str] = field(default_factory=Counter)


_PATH = memberships.c.unit_path


def roll_up(tx: Connection, code: str) -> Rollup:
    """The numbers of a unit and of each unit directly below it."""
    top = require_unit(tx, code)
    below = children(tx, code)
    sums = _sums(tx, top, {each.code for each in below})
    eligible = _eligible(tx, top)
    whole = reduce(_plus, sums.values(), _Sum())
    return Rollup(
        _tally(top, whole, eligible),
        tuple(_tally(each, sums.get(each.code, _Sum()), eligible) for each in below),
        _tally(top, sums.get(top.code, _Sum()), {}),
    )


def _sums(tx: Connection, top: Unit, codes: set[str]) -> dict[str, _Sum]:
    """By the child that people live in or below; what lies below no child that is in use counts at the unit itself."""
    sums: dict[str, _Sum] = {}
    for path, organisation, members, present in _counted(tx, top.path):
        child = path[len(top.path) :].partition("/")[0]
        here = sums.setdefault(child if child in codes else top.code, _Sum())
        here.members[organisation] += members
        here.present[organisation] += present
    return sums


def _counted(tx: Connection, path: str) -> Iterator[tuple[str, str, int, int]]:
    """Path, organisation, members and those of them who are here; then the same for people of any organisation."""
    span = {"from_path": path, "to_path": path.removesuffix("/") + "0"}
    for where, organisation, members, present in tx.execute(_MEMBERS, span):
        yield where, organisation, members, int(present)
    for where, count in tx.execute(_PEOPLE, span):
        yield where, ANY, count, 0
    for where, count in tx.execute(_PEOPLE_HERE, span):
        yield where, ANY, 0, count


_HERE = case((memberships.c.status == PRESENT, 1), else_=0)
_SPAN = (
    memberships.c.ended_on.is_(None),
    bindparam("from_path", type_=String()) <= _PATH,
    bindparam("to_path", type_=String()) > _PATH,
)
# Grouped by whole paths, in the order of an index, a million rows need no sorting and no look at the table.
_MEMBERS = (
    select(_PATH, memberships.c.organisation_code, func.count(), func.sum(_HERE))
    .where(*_SPAN)
    .group_by(_PATH, memberships.c.organisation_code)
)
_PEOPLE = select(_PATH, func.count(distinct(memberships.c.person_id))).where(*_SPAN).group_by(_PATH)
_PEOPLE_HERE = _PEOPLE.where(memberships.c.status == PRESENT)


def _plus(one: _Sum, other: _Sum) -> _Sum:
    return _Sum(one.members + other.members, one.present + other.present)


def _tally(unit: Unit, found: _Sum, eligible: Mapping[str, Mapping[str, int]]) -> Tally:
    known = eligible.get(unit.code, {})
    counts = {
        code: Count(found.members[code], found.present[code], known.get(code))
        for code in sorted(found.members.keys() | known.keys())
    }
    return Tally(unit, counts)


# who could belong -----------------------------------------------------------------------------------------------------


def set_eligible(tx: Connection, unit_code: str, organisation_code: str, count: int | None, at: datetime) -> None:
    """Keep how many people of a unit an organisation (an empty code: any) could have; None forgets it."""
    require_unit(tx, unit_code)
    if organisation_code != ANY:
        in_use(tx, organisation_code)
    if count is not None and count < 0:
        raise Rejected(N_("Số người không thể nhỏ hơn 0 ạ."))
    table, key = eligible_populations, {"unit_code": unit_code, "organisation_code": organisation_code}
    if count is None:
        tx.execute(delete(table).where(*(table.c[name] == value for name, value in key.items())))
        return
    words = {"people": count, "entered_at": to_ms(at)}
    row = insert_into(tx.dialect.name, table).values(**key, **words)
    tx.execute(row.on_conflict_do_update(index_elements=list(key), set_=words))


def _eligible(tx: Connection, top: Unit) -> dict[str, dict[str, int]]:
    """By unit and organisation: what was typed in there, else the sum over what is below, if all of it is known."""
    typed = _typed(tx, top)
    if not typed:
        return {}
    tree: dict[str, list[str]] = {}
    for code, parent in tx.execute(select(units.c.code, units.c.parent_code).where(under(top.path), units.c.active)):
        tree.setdefault(parent, []).append(code)
    organisations = {organisation for _, organisation in typed}
    known: dict[str, dict[str, int]] = {}

    def reckon(code: str, organisation: str) -> int | None:
        own = typed.get((code, organisation))
        parts = [reckon(child, organisation) for child in tree.get(code, ())] if own is None else []
        total = own if own is not None else sum(filter(None, parts)) if parts and None not in parts else None
        if total is not None:
            known.setdefault(code, {})[organisation] = total
        return total

    for organisation in organisations:
        for code in (top.code, *tree.get(top.code, ())):
            reckon(code, organisation)
    return known


def _typed(tx: Connection, top: Unit) -> dict[tuple[str, str], int]:
    table = eligible_populations
    query: Select[*tuple[str, str, int]] = select(table.c.unit_code, table.c.organisation_code, table.c.people)
    rows = tx.execute(query.join(units, units.c.code == table.c.unit_code).where(under(top.path), units.c.active))
    return {(unit_code, organisation): count for unit_code, organisation, count in rows}
