"""Branches: where an organisation and a unit cross, as Chi hội Phụ nữ Khu phố 4."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from conversation.answers import clean, fold
from conversation.messages import N_, Rejected
from storage.ids import random_id
from storage.names import natural, tidy
from storage.organisations import in_use
from storage.schema import branches, memberships, roles, units
from storage.times import to_ms
from storage.units import is_within, require_unit, under

KINDS = {
    "chi hội": "chi_hoi",
    "chi đoàn": "chi_doan",
    "tổ hội": "to_hoi",
    "phân hội": "phan_hoi",
    "ban": "ban",
    "công đoàn": "cong_doan",
    "tổ công đoàn": "cong_doan",
    "nghiệp đoàn": "cong_doan",
    "câu lạc bộ": "clb",
    "clb": "clb",
}
"""First words of a branch's name, and the kind they mean."""
LONGEST = 100
NO_SUCH_BRANCH = N_("Không có chi hội, chi đoàn nào mang mã «{branch}».")


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch of an organisation at a unit."""

    id: int
    organisation_code: str
    unit_code: str
    parent_id: int | None
    kind: str
    name: str
    active: bool = True


_BRANCH = select(*(branches.c[name] for name in Branch.__dataclass_fields__))


def kind_of(name: str) -> str:
    """The kind that the first words of a branch's name tell; «chi hội» when they tell nothing."""
    lowered = clean(name).lower()
    return next((kind for words, kind in KINDS.items() if f"{lowered} ".startswith(f"{words} ")), "chi_hoi")


def branch(tx: Connection, number: int) -> Branch | None:
    """The branch with this id, closed ones too."""
    row = tx.execute(_BRANCH.where(branches.c.id == number)).one_or_none()
    return None if row is None else Branch(*row)


def require_branch(tx: Connection, number: int) -> Branch:
    """A branch that is in use; `Rejected` when there is none."""
    found = branch(tx, number)
    if found is None or not found.active:
        raise Rejected(NO_SUCH_BRANCH, branch=number)
    return found


def branches_by_id(tx: Connection, numbers: Iterable[int]) -> dict[int, Branch]:
    """Those of the branches that are in use."""
    rows = tx.execute(_BRANCH.where(branches.c.id.in_(set(numbers)), branches.c.active))
    return {row.id: Branch(*row) for row in rows}


def branches_under(tx: Connection, unit_code: str, organisation_code: str = "") -> list[Branch]:
    """The branches in use of a unit and of all below it, perhaps of one organisation, in natural order of names."""
    place = require_unit(tx, unit_code)
    query = _BRANCH.join(units, units.c.code == branches.c.unit_code).where(under(place.path), branches.c.active)
    if organisation_code:
        query = query.where(branches.c.organisation_code == organisation_code)
    return sorted((Branch(*row) for row in tx.execute(query)), key=lambda each: (natural(each.name), each.id))


def branches_named(tx: Connection, unit_code: str, words: str, organisation_code: str = "") -> list[Branch]:
    """The branches of a unit and of all below it that bear a name, marks or not."""
    name = natural(words)
    return [each for each in branches_under(tx, unit_code, organisation_code) if natural(each.name) == name]


def add_branch(
    tx: Connection, organisation_code: str, unit_code: str, name: str = "", *, parent_id: int | None = None
) -> Branch:
    """Found a branch; without a name it gets the usual one: Chi hội Phụ nữ Khu phố 4."""
    organisation = in_use(tx, organisation_code)
    # Locking the unit makes two people who found the same branch at once find only one.
    place = require_unit(tx, unit_code, lock=True)
    name = tidy(name or f"{organisation.branch_word} {place.full_name}", longest=LONGEST)
    parent = require_branch(tx, parent_id) if parent_id is not None else None
    if parent and (parent.organisation_code != organisation_code or not is_within(tx, unit_code, parent.unit_code)):
        # Who leads the branch sees the names of its groups.
        raise Rejected(N_("Tổ hội phải cùng tổ chức, cùng nơi với chi hội của nó ạ."))
    taken = select(branches.c.id).where(
        branches.c.organisation_code == organisation_code,
        branches.c.unit_code == unit_code,
        branches.c.fold == fold(name),
        branches.c.active,
    )
    if tx.execute(taken).first():
        raise Rejected(N_("{place} đã có {name} rồi ạ."), place=place.full_name, name=name)
    added = Branch(random_id(), organisation_code, unit_code, parent_id, kind_of(name), name)
    row = {field: getattr(added, field) for field in Branch.__dataclass_fields__}
    tx.execute(insert(branches).values(**row, fold=fold(name)))
    return added


def close_branch(tx: Connection, number: int, at: datetime) -> None:
    """Take a branch out of use, once nobody is in it and nothing hangs on it; offices over it end."""
    found = require_branch(tx, number)
    people = select(func.count()).where(memberships.c.branch_id == number, memberships.c.ended_on.is_(None))
    if count := tx.execute(people).scalar_one():
        raise Rejected(N_("{name} còn {count} người. Xin chuyển họ sang nơi khác trước."), name=found.name, count=count)
    if tx.execute(select(branches.c.id).where(branches.c.parent_id == number, branches.c.active)).first():
        raise Rejected(N_("{name} còn tổ hội bên dưới. Xin đóng tổ hội trước."), name=found.name)
    over_it = (roles.c.branch_id == number, roles.c.revoked_at.is_(None))
    tx.execute(update(roles).where(*over_it).values(revoked_at=to_ms(at)))
    tx.execute(update(branches).where(branches.c.id == number).values(active=False))
