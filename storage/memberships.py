"""Who belongs to which organisation, through which branch, and whether they are here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from conversation.messages import N_, Rejected
from storage.branches import Branch, branches_by_id, require_branch
from storage.ids import random_id
from storage.schema import memberships, people, units
from storage.upsert import insert_into

PRESENT, AWAY, STUDYING = HERE_OR_BACK = ("present", "away", "studying")
MOVED, DIED, RESIGNED = ENDED = ("moved", "died", "resigned")
STATUSES = {
    PRESENT: N_("có mặt"),
    AWAY: N_("đi làm ăn xa"),
    STUDYING: N_("đi học, bộ đội"),
    MOVED: N_("chuyển đi"),
    DIED: N_("mất"),
    RESIGNED: N_("xin ra"),
}
ORIGINS = ("self", "leader", "import")
AT_ONCE = 5_000
"""Fewer than the 32,766 values that one statement may name."""


@dataclass(frozen=True, slots=True)
class Membership:
    """Somebody in a branch, now or once."""

    id: int
    person_id: int
    branch_id: int
    organisation_code: str
    status: str
    status_on: str
    since: str
    confirmed_on: str | None
    ended_on: str | None
    origin: str


@dataclass(frozen=True, slots=True)
class Joining:
    """Somebody who is to be entered in a branch."""

    person_id: int
    branch_id: int
    since: str
    status: str = PRESENT


_MEMBERSHIP = select(*(memberships.c[name] for name in Membership.__dataclass_fields__))
_IN_FORCE = memberships.c.ended_on.is_(None)


def membership(tx: Connection, number: int) -> Membership | None:
    """A membership by id, one that has ended too."""
    row = tx.execute(_MEMBERSHIP.where(memberships.c.id == number)).one_or_none()
    return None if row is None else Membership(*row)


def memberships_of(tx: Connection, person: int, *, ended: bool = False) -> list[Membership]:
    """What somebody belongs to, oldest first; with what has ended, if asked for."""
    query = _MEMBERSHIP.where(memberships.c.person_id == person).order_by(memberships.c.since, memberships.c.id)
    return [Membership(*row) for row in tx.execute(query if ended else query.where(_IN_FORCE))]


def members_of(tx: Connection, branch_id: int) -> list[Membership]:
    """Who is in a branch now."""
    query = _MEMBERSHIP.where(memberships.c.branch_id == branch_id, _IN_FORCE).order_by(memberships.c.id)
    return [Membership(*row) for row in tx.execute(query)]


def join(tx: Connection, joining: Joining, on: str, origin: str) -> int:
    """Enter one person in a branch; `Rejected` when they belong to the organisation already."""
    branch = require_branch(tx, joining.branch_id)
    for held in memberships_of(tx, joining.person_id):
        if held.organisation_code == branch.organisation_code:
            where = branches_by_id(tx, [held.branch_id]).get(held.branch_id, branch)
            raise Rejected(N_("Người này đã có tên ở {branch} rồi ạ."), branch=where.name)
    join_all(tx, [joining], on, origin)
    return _held(tx, joining.person_id, branch.id)


def join_all(tx: Connection, joinings: Sequence[Joining], on: str, origin: str) -> None:
    """Enter many at once; those who belong to the organisation already stay where they are."""
    for start in range(0, len(joinings), AT_ONCE):
        _join_some(tx, joinings[start : start + AT_ONCE], on, origin)


def _join_some(tx: Connection, joinings: Sequence[Joining], on: str, origin: str) -> None:
    known = branches_by_id(tx, (each.branch_id for each in joinings))
    _settle_homes(tx, joinings, known)
    homes = _paths_of(tx, (each.person_id for each in joinings))
    rows = [
        {
            "id": random_id(),
            "person_id": each.person_id,
            "branch_id": each.branch_id,
            "organisation_code": known[each.branch_id].organisation_code,
            "unit_path": homes[each.person_id],
            "status": each.status,
            "status_on": on,
            "since": each.since,
            "origin": origin,
        }
        for each in joinings
    ]
    if rows:
        tx.execute(insert_into(tx.dialect.name, memberships).on_conflict_do_nothing(), rows)


def _settle_homes(tx: Connection, joinings: Sequence[Joining], known: dict[int, Branch]) -> None:
    """Who has no home in the records lives where the branch is, as far as anybody knows."""
    homeless = people.c.id.in_({each.person_id for each in joinings}) & people.c.unit_code.is_(None)
    without = set(tx.scalars(select(people.c.id).where(homeless)))
    for each in joinings:
        if each.person_id in without:
            without.remove(each.person_id)
            home = known[each.branch_id].unit_code
            tx.execute(update(people).where(people.c.id == each.person_id).values(unit_code=home))


def _paths_of(tx: Connection, persons: Iterable[int]) -> dict[int, str]:
    homes = select(people.c.id, units.c.path).join(units, units.c.code == people.c.unit_code)
    return {number: path for number, path in tx.execute(homes.where(people.c.id.in_(set(persons))))}


def change_status(tx: Connection, number: int, status: str, on: str) -> None:
    """Say how somebody stands now; `moved`, `died` and `resigned` end it, and who died leaves everything."""
    held = _require(tx, number)
    if status not in STATUSES:
        raise Rejected(N_("Không có tình trạng «{status}». Có: {known}."), status=status, known=", ".join(STATUSES))
    which = memberships.c.person_id == held.person_id if status == DIED else memberships.c.id == number
    values = {"status": status, "status_on": on, "ended_on": on if status in ENDED else None}
    tx.execute(update(memberships).where(which, _IN_FORCE).values(**values))


def confirm(tx: Connection, number: int, on: str) -> None:
    """Somebody who knows has looked: it is still as it is written."""
    _require(tx, number)
    tx.execute(update(memberships).where(memberships.c.id == number).values(confirmed_on=on))


def transfer(tx: Connection, number: int, branch_id: int, on: str) -> int:
    """Let somebody go on in another branch of the organisation; where they were stays as history."""
    held, branch = _require(tx, number), require_branch(tx, branch_id)
    if branch.organisation_code != held.organisation_code or branch.id == held.branch_id:
        raise Rejected(N_("Chỉ chuyển được sang chi hội khác của cùng tổ chức ạ."))
    change_status(tx, number, MOVED, on)
    join_all(tx, [Joining(held.person_id, branch_id, held.since, held.status)], on, held.origin)
    return _held(tx, held.person_id, branch_id)


def _held(tx: Connection, person: int, branch_id: int) -> int:
    return next(held.id for held in memberships_of(tx, person) if held.branch_id == branch_id)


def _require(tx: Connection, number: int) -> Membership:
    held = membership(tx, number)
    if held is None or held.ended_on is not None:
        raise Rejected(N_("Không có tên người này trong danh sách hội viên đang sinh hoạt ạ."))
    return held


def follow_homes(tx: Connection, *, persons: Iterable[int] = (), path: str = "") -> None:
    """Let memberships lie where their people live: those of some people, or all that lay below a path."""
    home = select(units.c.path).join(people, people.c.unit_code == units.c.code)
    here = home.where(people.c.id == memberships.c.person_id).scalar_subquery()
    below = (memberships.c.unit_path >= path) & (memberships.c.unit_path < path.removesuffix("/") + "0")
    whose = below if path else memberships.c.person_id.in_(set(persons))
    tx.execute(update(memberships).where(whose).values(unit_path=here))
