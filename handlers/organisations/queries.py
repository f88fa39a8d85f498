"""Organisations, branches and roll-ups, as far as somebody may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sqlalchemy import Connection

from conversation.messages import Query
from handlers import policy
from handlers.feature import Actor
from handlers.policy import Action, Object
from storage import branches, rollups, units
from storage.branches import Branch
from storage.organisations import Organisation, all_in_use
from storage.rollups import ANY, Count, Tally
from storage.small_numbers import without_small
from storage.units import NO_SUCH_UNIT, Unit


@dataclass(frozen=True, slots=True)
class OrganisationList(Query[Sequence[Organisation]]):
    """The organisations in use."""


@dataclass(frozen=True, slots=True)
class BranchesUnder(Query[Sequence[Branch]]):
    """The branches in use of a unit and of all below it, perhaps of one organisation."""

    unit: str
    organisation: str = ANY


@dataclass(frozen=True, slots=True)
class Cell:
    """People of one organisation in one unit; None where few people are meant and names may not be seen."""

    members: int | None
    present: int | None
    away: int | None
    eligible: int | None
    share: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """A unit's numbers, by organisation; `ANY` stands for distinct people."""

    unit: Unit
    cells: dict[str, Cell]


@dataclass(frozen=True, slots=True)
class Numbers:
    """A roll-up as somebody may see it."""

    whole: Line
    below: Sequence[Line]
    itself: Line
    """Who counts at the unit itself because nobody knows their hamlet."""


@dataclass(frozen=True, slots=True)
class RollUp(Query[Numbers]):
    """How many belong to what, of all organisations or of one."""

    unit: str
    organisation: str = ANY


def organisation_list(tx: Connection, _actor: Actor, _query: OrganisationList) -> Sequence[Organisation]:
    """Public."""
    return all_in_use(tx)


def branches_under(tx: Connection, _actor: Actor, query: BranchesUnder) -> Sequence[Branch]:
    """Their names are no secret."""
    return branches.branches_under(tx, query.unit, query.organisation)


def roll_up(tx: Connection, actor: Actor, query: RollUp) -> Numbers:
    """Exact for who may see the names behind the numbers; for others without small numbers."""
    known = units.unit(tx, query.unit)
    on = Object(query.unit, query.organisation, kind="rollup", number=query.unit) if known else None
    policy.require(tx, actor, Action.ROLLUPS_READ, on, NO_SUCH_UNIT, unit=query.unit)
    found = rollups.roll_up(tx, query.unit)
    above = None if on is None or _sees_names(tx, actor, on) else _shown_above(tx, actor, found.whole.unit, on)
    rows = [*found.below, found.itself]
    codes = [query.organisation] if query.organisation else sorted({*found.whole.counts, ANY})
    below: list[dict[str, Cell]] = [{} for _ in rows]
    whole: dict[str, Cell] = {}
    for code in codes:
        limit = EXACT if above is None else above.get(code, ALL)
        [whole[code]] = _shown([found.whole], code, limit)
        for place, cell in enumerate(_shown(rows, code, limit)):
            below[place][code] = cell
    lines = [Line(row.unit, cells) for row, cells in zip(rows, below, strict=True)]
    return Numbers(Line(found.whole.unit, whole), lines[:-1], lines[-1])


def _sees_names(tx: Connection, actor: Actor, on: Object) -> bool:
    return any(policy.may(tx, actor, action, on) for action in (Action.MEMBERS_READ, Action.MEMBERS_EXPORT))


@dataclass(frozen=True, slots=True)
class _Limit:
    """What is shown of an organisation's numbers at the most."""

    members: bool = True
    parted: bool = True
    """Who of them is here, and who is away."""
    small: bool = False


ALL, EXACT = _Limit(), _Limit(small=True)


def _shown_above(tx: Connection, actor: Actor, unit: Unit, on: Object) -> dict[str, _Limit]:
    """By organisation; what is hidden of a unit where it stands among others is no more shown when asked for alone."""
    limits: dict[str, _Limit] = {}
    for parent, child in pairwise(unit.path.rstrip("/").split("/")):
        if policy.may(tx, actor, Action.ROLLUPS_READ, replace(on, unit=parent)):
            found = rollups.roll_up(tx, parent)
            rows = [*found.below, found.itself]
            place = [row.unit.code for row in rows].index(child)
            for code in found.whole.counts:
                cell = _shown(rows, code, limits.get(code, ALL))[place]
                limits[code] = _Limit(cell.members is not None, cell.present is not None)
    return limits


def _shown(rows: Sequence[Tally], code: str, limit: _Limit) -> list[Cell]:
    """One organisation's cells, whose sum stands above them."""
    counts = [row.counts.get(code, Count()) for row in rows]
    columns = ([getattr(each, name) for each in counts] for name in ("members", "present", "away"))
    members, here, away = ([limit.small or shown for shown in _large_enough(column)] for column in columns)
    return [
        _cell(each, limit.members and members[place], limit.parted and here[place] and away[place])
        for place, each in enumerate(counts)
    ]


def _large_enough(column: Sequence[int]) -> list[bool]:
    return [count is not None for count in without_small(dict(enumerate(column))).values()]


def _cell(count: Count, known: bool, parted: bool) -> Cell:
    return Cell(
        count.members if known else None,
        count.present if known and parted else None,
        count.away if known and parted else None,
        count.eligible,
        count.share if known else None,
    )
