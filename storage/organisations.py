"""The mass organisations, and clubs: the second tree beside that of units. Which there are is data, not code."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, exists, func, insert, select, update

from conversation.answers import fold
from conversation.messages import N_, Rejected
from storage.names import tidy
from storage.schema import branches, organisations

LIST = Path(__file__).parent / "data" / "organisations.csv"
CODE = re.compile(r"[a-z][a-z0-9]{1,11}")
LONGEST = 80
NO_SUCH_ORGANISATION = N_("Không có tổ chức nào mang mã «{code}».")
STILL_HAS_BRANCHES = N_("{name} còn {count} chi hội, chi đoàn. Xin đóng từng nơi trước.")


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation, with the words its people use: «đoàn viên» of a «Chi đoàn», «hội viên» of a «Chi hội»."""

    code: str
    name: str
    short_name: str
    member_word: str
    branch_word: str
    """How the name of a usual branch begins: «Chi hội Phụ nữ» of «Khu phố 4»."""
    leader_word: str
    """Who leads a branch, before the name of its place: «chi hội trưởng Phụ nữ», «bí thư chi đoàn»."""
    place: int
    active: bool = True


_ORGANISATION = select(*(organisations.c[name] for name in Organisation.__dataclass_fields__))


def load_organisations(tx: Connection) -> bool:
    """Fill an empty list with the six that every commune has; False when there is a list."""
    if tx.execute(select(exists(select(organisations.c.code)))).scalar_one():
        return False
    with LIST.open(encoding="utf-8", newline="") as file:
        rows = [{**row, "fold": fold(row["name"]), "place": place} for place, row in enumerate(csv.DictReader(file), 1)]
    tx.execute(insert(organisations), rows)
    return True


def organisation(tx: Connection, code: str) -> Organisation | None:
    """The organisation with this code, closed ones too."""
    row = tx.execute(_ORGANISATION.where(organisations.c.code == code)).one_or_none()
    return None if row is None else Organisation(*row)


def in_use(tx: Connection, code: str) -> Organisation:
    """An organisation that is in use; `Rejected` when there is none."""
    found = organisation(tx, code)
    if found is None or not found.active:
        raise Rejected(NO_SUCH_ORGANISATION, code=code)
    return found


def all_in_use(tx: Connection) -> list[Organisation]:
    """The organisations in use, in the order people know."""
    query = _ORGANISATION.where(organisations.c.active).order_by(organisations.c.place, organisations.c.code)
    return [Organisation(*row) for row in tx.execute(query)]


def named(tx: Connection, words: str) -> Organisation | None:
    """The organisation in use that words mean: its code, its whole or its short name, marks or not."""
    folded = fold(words)
    for each in all_in_use(tx):
        if folded in {each.code, fold(each.name), fold(each.short_name), fold(each.name).removesuffix(" viet nam")}:
            return each
    return None


def add_organisation(
    tx: Connection, code: str, name: str, short_name: str, member: str, branch: str, leader: str
) -> Organisation:
    """Add an organisation at the end of the list."""
    if not CODE.fullmatch(code) or organisation(tx, code):
        raise Rejected(N_("Mã «{code}» không dùng được: cần 2 đến 12 chữ thường hoặc số, và chưa ai dùng."), code=code)
    place = (tx.scalar(select(func.max(organisations.c.place))) or 0) + 1
    given = (name, short_name, member, branch, leader)
    name, short_name, member, branch, leader = (tidy(each, longest=LONGEST) for each in given)
    added = Organisation(code, name, short_name, member, branch, leader, place)
    row = {field: getattr(added, field) for field in Organisation.__dataclass_fields__}
    tx.execute(insert(organisations).values(**row, fold=fold(added.name)))
    return added


def edit_organisation(tx: Connection, code: str, **words: str) -> Organisation:
    """Give an organisation other words; an empty one changes nothing."""
    in_use(tx, code)
    changed = {field: tidy(given, longest=LONGEST) for field, given in words.items() if given}
    if "name" in changed:
        changed["fold"] = fold(changed["name"])
    if changed:
        tx.execute(update(organisations).where(organisations.c.code == code).values(**changed))
    return in_use(tx, code)


def close_organisation(tx: Connection, code: str) -> None:
    """Take an organisation out of use, once it has no branches."""
    found = in_use(tx, code)
    open_ones = select(func.count()).where(branches.c.organisation_code == code, branches.c.active)
    if count := tx.execute(open_ones).scalar_one():
        raise Rejected(
            N_("{name} còn {count} chi hội, chi đoàn. Xin đóng từng nơi trước."), name=found.name, count=count
        )
    tx.execute(update(organisations).where(organisations.c.code == code).values(active=False))
