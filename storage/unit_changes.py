"""Renaming, moving and closing units. What they were stays known, and their people go with them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, String, bindparam, delete, func, insert, literal, select, update

from conversation.answers import fold
from conversation.messages import N_, Rejected
from storage.clusters import leave_cluster
from storage.memberships import follow_homes
from storage.names import LONGEST, natural
from storage.schema import branches, people, roles, tickets, unit_closure, units
from storage.times import day_of, to_ms
from storage.unit_history import keep_version, units_today
from storage.unit_names import add_name, changing
from storage.units import (
    COMMUNE,
    NO_SUCH_UNIT,
    Unit,
    check_name,
    children,
    is_within,
    require_unit,
    titled,
    under,
    unit,
)

_HERE = bindparam("of_unit", type_=String())
_HOLDS = (
    (
        N_("{unit} còn {count} nơi nhỏ hơn bên trong. Xin gộp, chuyển hoặc đóng từng nơi trước."),
        select(func.count()).where(units.c.parent_code == _HERE, units.c.active),
    ),
    (
        N_("{unit} còn {count} người. Xin gộp đơn vị này vào nơi khác, hoặc chia ra."),
        select(func.count()).where(people.c.unit_code == _HERE),
    ),
    (
        N_("{unit} còn {count} chi hội, chi đoàn. Xin đóng từng nơi trước."),
        select(func.count()).where(branches.c.unit_code == _HERE, branches.c.active),
    ),
    (
        N_("{unit} còn {count} phản ánh chưa xong. Xin xử lý xong, hoặc gộp đơn vị này vào nơi khác."),
        select(func.count()).where(tickets.c.unit_code == _HERE, tickets.c.closed_on.is_(None)),
    ),
)
"""What must be elsewhere before a unit is closed."""


def rename(tx: Connection, code: str, name: str, at: datetime) -> Unit:
    """Call a unit otherwise; it is still found by the old name."""
    changing(tx)
    before = require_unit(tx, code, lock=True)
    kind, name, full_name = titled(name, before.depth)
    if parent := _parent(tx, before):
        check_name(tx, parent, full_name, but=code)
    call(tx, before, kind, name, full_name, at)
    return require_unit(tx, code)


def add_old_name(tx: Connection, code: str, name: str, district: str = "") -> list[Unit]:
    """Let an older name, which no list tells, find a unit, or what took its place since."""
    if unit(tx, code) is None:
        raise Rejected(NO_SUCH_UNIT, unit=code)
    changing(tx)
    found = units_today(tx, code)
    for each in found:
        add_name(tx, each.code, name, district, partial=len(found) > 1)
    return found


def call(tx: Connection, before: Unit, kind: str, name: str, full_name: str, at: datetime) -> None:
    """Write down a new name beside the old one."""
    keep_version(tx, before, day_of(at))
    add_name(tx, before.code, before.full_name)
    if before.depth <= COMMUNE:
        add_name(tx, before.code, full_name)
    words = {"kind": kind, "name": name, "full_name": full_name, "full_name_en": "", "fold": fold(name)}
    tx.execute(update(units).where(units.c.code == before.code).values(**words))


def _parent(tx: Connection, below: Unit) -> Unit | None:
    return unit(tx, below.parent_code) if below.parent_code else None


def move(tx: Connection, code: str, parent_code: str, at: datetime) -> Unit:
    """Put a unit and all below it somewhere else in the tree."""
    changing(tx)
    moved, parent = require_unit(tx, code, lock=True), require_unit(tx, parent_code, lock=True)
    if is_within(tx, parent_code, code):
        raise Rejected(N_("{parent} nằm trong {unit}, nên {unit} không thể nằm trong đó ạ."), **_names(moved, parent))
    if moved.parent_code == parent_code:
        raise Rejected(N_("{unit} đang ở trong {parent} rồi ạ."), **_names(moved, parent))
    if (moved.depth == COMMUNE) != (parent.depth + 1 == COMMUNE) or moved.parent_code is None:
        raise Rejected(
            N_("{unit} không đặt vào {parent} được: xã, phường ở trong tỉnh, thành phố; thôn, tổ ở trong xã, phường."),
            **_names(moved, parent),
        )
    check_name(tx, parent, moved.full_name)
    put(tx, moved, parent, at)
    return require_unit(tx, code)


def _names(moved: Unit, parent: Unit) -> dict[str, str]:
    return {"unit": moved.full_name, "parent": parent.full_name}


def put(tx: Connection, moved: Unit, parent: Unit, at: datetime) -> None:
    """Hang a unit below another one, with paths, closure and memberships of all that is below it."""
    below = under(moved.path)
    # Locked first, so that what is being added to them is there when their paths are written.
    tx.execute(select(units.c.code).where(below).order_by(units.c.code).with_for_update()).all()
    keep_version(tx, moved, day_of(at))
    leave_cluster(tx, moved.code, at)
    path = f"{parent.path}{moved.code}/"
    tx.execute(update(units).where(units.c.code == moved.code).values(parent_code=parent.code))
    new_path = literal(path) + func.substr(units.c.path, len(moved.path) + 1)
    tx.execute(update(units).where(below).values(path=new_path, depth=units.c.depth + parent.depth + 1 - moved.depth))
    _hang_closure(tx, moved.code, parent.code)
    follow_homes(tx, path=moved.path)


def _hang_closure(tx: Connection, code: str, parent_code: str) -> None:
    up, down = unit_closure.alias("up"), unit_closure.alias("down")
    inside = select(unit_closure.c.descendant).where(unit_closure.c.ancestor == code)
    codes = list(tx.scalars(inside))
    old = unit_closure.c.descendant.in_(codes) & unit_closure.c.ancestor.not_in(codes)
    tx.execute(delete(unit_closure).where(old))
    pairs = select(up.c.ancestor, down.c.descendant, up.c.distance + down.c.distance + 1)
    pairs = pairs.select_from(up.join(down, down.c.ancestor == code)).where(up.c.descendant == parent_code)
    tx.execute(insert(unit_closure).from_select(["ancestor", "descendant", "distance"], pairs))


def put_under_free_name(tx: Connection, moved: Unit, parent: Unit, at: datetime) -> None:
    """Hang a unit below another one; if its name is taken there, it also tells where it came from."""
    if any(natural(each.full_name) == natural(moved.full_name) for each in children(tx, parent.code)):
        origin = _parent(tx, moved)
        longer = f"{moved.full_name} ({origin.name if origin else moved.code})"[:LONGEST]
        call(tx, moved, moved.kind, f"{moved.name}{longer.removeprefix(moved.full_name)}", longer, at)
    put(tx, moved, parent, at)


def close(tx: Connection, code: str, at: datetime) -> None:
    """Take a unit out of use that nobody lives in any more; offices over it end, but for helpers of those who moved."""
    changing(tx)
    closed = require_unit(tx, code, lock=True)
    for refusal, held in _HOLDS:
        if count := tx.execute(held, {"of_unit": code}).scalar_one():
            raise Rejected(refusal, unit=closed.full_name, count=count)
    held_over_it = (roles.c.unit_code == code, roles.c.helps_id == 0, roles.c.revoked_at.is_(None))
    tx.execute(update(roles).where(*held_over_it).values(revoked_at=to_ms(at)))
    retire(tx, closed, at)


def retire(tx: Connection, gone: Unit, at: datetime) -> None:
    """It is history from this day on."""
    keep_version(tx, gone, day_of(at))
    leave_cluster(tx, gone.code, at)
    tx.execute(update(units).where(units.c.code == gone.code).values(active=False))
