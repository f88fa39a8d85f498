"""Units that become one, and a unit that becomes several: everything that is theirs goes along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, and_, delete, or_, select, update

from conversation.answers import fold
from conversation.messages import N_, Rejected
from storage.branches import LONGEST
from storage.memberships import follow_homes
from storage.schema import branches, clusters, eligible_populations, invites, memberships, people, roles, tickets, units
from storage.times import day_of, to_ms
from storage.unit_changes import put_under_free_name, retire
from storage.unit_history import MERGED, SPLIT, note_succession
from storage.unit_names import add_name, changing, inherit_names
from storage.units import Unit, add_unit, children, require_unit

FOLLOWING = (people, tickets, invites, branches, roles)
"""Tables whose `unit_code` is where something is now, so that it goes along."""

OFFICE = ("person_id", "role", "organisation_code", "branch_id", "helps_id")
_SHARED = (("children", units, "code"), ("branches", branches, "id"), ("people", people, "id"))


@dataclass(frozen=True, slots=True)
class Part:
    """A unit that takes over a part of another: which smaller units, branches and people of it.

    A branch brings along its groups, and those of its members who live in the unit; unless they are named elsewhere.
    """

    name: str
    children: tuple[str, ...] = ()
    branches: tuple[int, ...] = ()
    people: tuple[int, ...] = ()


def merge(tx: Connection, codes: Sequence[str], into: str, at: datetime) -> Unit:
    """Let units become part of one that is in use."""
    changing(tx)
    target = require_unit(tx, into, lock=True)
    sources = [require_unit(tx, code, lock=True) for code in sorted({*codes} - {into})]
    if not sources or any(each.depth != target.depth for each in sources):
        raise Rejected(N_("Chỉ gộp được từ hai đơn vị cùng cấp trở lên ạ."))
    for source in sources:
        retire(tx, source, at)
    _take_in(tx, sources, target, at)
    return target


def merge_as(tx: Connection, codes: Sequence[str], name: str, at: datetime) -> Unit:
    """Let units of one place become a new one, which may bear the name of one of them."""
    changing(tx)
    sources = [require_unit(tx, code, lock=True) for code in sorted({*codes})]
    parents = {each.parent_code for each in sources}
    parent = parents.pop() if len(parents) == 1 else None
    if parent is None or len(sources) == 1:
        raise Rejected(N_("Chỉ gộp thành đơn vị mới được từ hai đơn vị trở lên, cùng nằm trong một nơi ạ."))
    for source in sources:
        retire(tx, source, at)
    target = add_unit(tx, parent, name)
    _take_in(tx, sources, target, at)
    return target


def _take_in(tx: Connection, sources: Sequence[Unit], target: Unit, at: datetime) -> None:
    # What officers typed in about the people of the one is not true of all of them.
    tx.execute(delete(eligible_populations).where(eligible_populations.c.unit_code == target.code))
    for source in sources:
        _hand_over(tx, source, target, at)
        inherit_names(tx, source.code, [target.code])
        _succeed(tx, source, target, MERGED, at)
        follow_homes(tx, path=source.path)


def _hand_over(tx: Connection, source: Unit, target: Unit, at: datetime) -> None:
    """Everything that is in the unit, or at the unit itself, goes to another one."""
    for child in children(tx, source.code):
        put_under_free_name(tx, child, target, at)
    _end_double_offices(tx, source, target, at)
    _tell_branches_apart(tx, source, target)
    for table in FOLLOWING:
        tx.execute(update(table).where(table.c.unit_code == source.code).values(unit_code=target.code))
    tx.execute(update(clusters).where(clusters.c.parent_code == source.code).values(parent_code=target.code))


def _succeed(tx: Connection, old: Unit, new: Unit, kind: str, at: datetime) -> None:
    add_name(tx, new.code, old.full_name, partial=kind == SPLIT)
    note_succession(tx, old.code, new.code, kind, day_of(at))


def _end_double_offices(tx: Connection, source: Unit, target: Unit, at: datetime) -> None:
    """Who holds one office over both units will hold it once."""
    held = roles.alias()
    same = [held.c[name] == roles.c[name] for name in OFFICE]
    twice = select(held.c.id).where(held.c.unit_code == target.code, held.c.revoked_at.is_(None), *same).exists()
    double = and_(roles.c.unit_code == source.code, roles.c.revoked_at.is_(None), twice)
    tx.execute(update(roles).where(double).values(revoked_at=to_ms(at)))


def _tell_branches_apart(tx: Connection, source: Unit, target: Unit) -> None:
    """A branch whose name is taken in the other unit also tells where it came from."""
    taken = branches.alias()
    same = (taken.c.organisation_code == branches.c.organisation_code, taken.c.fold == branches.c.fold)
    clash = select(taken.c.id).where(taken.c.unit_code == target.code, taken.c.active, *same).exists()
    query = select(branches.c.id, branches.c.name).where(branches.c.unit_code == source.code, branches.c.active, clash)
    for number, name in tx.execute(query).all():
        longer = f"{name} ({source.full_name})"[:LONGEST]
        tx.execute(update(branches).where(branches.c.id == number).values(name=longer, fold=fold(longer)))


# a unit that is divided -----------------------------------------------------------------------------------------------


def split(tx: Connection, code: str, parts: Sequence[Part], at: datetime) -> list[Unit]:
    """Let a unit become several new ones; the first takes what is given to no other."""
    changing(tx)
    gone = require_unit(tx, code, lock=True)
    if len(parts) == 1 or not parts or gone.parent_code is None:
        raise Rejected(N_("Chỉ chia được một đơn vị thành từ hai đơn vị trở lên ạ."))
    _check_shares(tx, gone, parts)
    retire(tx, gone, at)
    made = [add_unit(tx, gone.parent_code, part.name) for part in parts]
    shares = list(zip(_with_groups(tx, gone, parts), made, strict=True))
    for part, new in shares:
        _give(tx, gone, part, new, at)
    for part, new in shares:
        _let_members_follow(tx, gone, part, new)
        _let_offices_follow(tx, gone, part, new)
    _hand_over_rest(tx, gone, made, at)
    return made


def _check_shares(tx: Connection, gone: Unit, parts: Sequence[Part]) -> None:
    for kind, table, key in _SHARED:
        given = [each for part in parts for each in getattr(part, kind)]
        at_home = select(table.c[key]).where(table.c["parent_code" if table is units else "unit_code"] == gone.code)
        strangers = [each for each in given if given.count(each) > 1] or sorted({*given} - {*tx.scalars(at_home)})
        if strangers:
            raise Rejected(
                N_("«{what}» không thuộc {unit}, hoặc được chia hai lần."), what=strangers[0], unit=gone.full_name
            )


def _with_groups(tx: Connection, gone: Unit, parts: Sequence[Part]) -> list[Part]:
    given = {number for part in parts for number in part.branches}
    groups = select(branches.c.id).where(branches.c.unit_code == gone.code, branches.c.id.not_in(given))
    return [
        replace(part, branches=(*part.branches, *tx.scalars(groups.where(branches.c.parent_id.in_(part.branches)))))
        for part in parts
    ]


def _give(tx: Connection, gone: Unit, part: Part, new: Unit, at: datetime) -> None:
    for code in part.children:
        put_under_free_name(tx, require_unit(tx, code), new, at)
    for table, numbers in ((branches, part.branches), (people, part.people)):
        for number in numbers:
            tx.execute(update(table).where(table.c.id == number).values(unit_code=new.code))


def _let_members_follow(tx: Connection, gone: Unit, part: Part, new: Unit) -> None:
    in_branches = memberships.c.branch_id.in_(part.branches) & memberships.c.ended_on.is_(None)
    members = people.c.id.in_(select(memberships.c.person_id).where(in_branches))
    tx.execute(update(people).where(people.c.unit_code == gone.code, members).values(unit_code=new.code))


def _let_offices_follow(tx: Connection, gone: Unit, part: Part, new: Unit) -> None:
    """An office over a branch, or for somebody who is helped, lies where they do."""
    at_home = select(people.c.id).where(people.c.unit_code == new.code)
    for table in (roles, invites):
        theirs = or_(table.c.branch_id.in_(part.branches), table.c.helps_id.in_(at_home))
        tx.execute(update(table).where(table.c.unit_code == gone.code, theirs).values(unit_code=new.code))


def _hand_over_rest(tx: Connection, gone: Unit, made: Sequence[Unit], at: datetime) -> None:
    for new in made:
        theirs = tickets.c.person_id.in_(select(people.c.id).where(people.c.unit_code == new.code))
        tx.execute(update(tickets).where(tickets.c.unit_code == gone.code, theirs).values(unit_code=new.code))
    _hand_over(tx, gone, made[0], at)
    inherit_names(tx, gone.code, [new.code for new in made])
    for new in made:
        _succeed(tx, gone, new, SPLIT, at)
    follow_homes(tx, path=gone.path)
