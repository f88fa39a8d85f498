"""The names that units have and had, by which people go on calling them, and whether they have changed of late."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from conversation.answers import fold
from storage.ids import random_id
from storage.names import tidy
from storage.schema import counters, unit_names
from storage.upsert import insert_into

EDITION = "unit_edition"
LONGEST = 80


def changing(tx: Connection) -> None:
    """Let nobody else change the tree until the end of the transaction, and let searches see that it has changed."""
    new = random_id()  # a count would come again after a change that was taken back
    row = insert_into(tx.dialect.name, counters).values(name=EDITION, value=new)
    tx.execute(row.on_conflict_do_update(index_elements=["name"], set_={"value": new}))


def edition(tx: Connection) -> int:
    """A number that is another one whenever the tree has changed."""
    return tx.scalar(select(counters.c.value).where(counters.c.name == EDITION)) or 0


def add_name(tx: Connection, code: str, name: str, district: str = "", *, partial: bool = False) -> None:
    """Let a unit be found by another name; one of a district that is no more is found with it."""
    name, district = tidy(name, longest=LONGEST), " ".join(district.split())
    row = {"code": code, "name": name, "district": district}
    known = select(unit_names.c.id).where(*(unit_names.c[column] == value for column, value in row.items()))
    if tx.execute(known).first() is None:
        tx.execute(insert(unit_names).values(**row, fold=fold(name), district_fold=fold(district), partial=partial))


def inherit_names(tx: Connection, old_code: str, new_codes: list[str]) -> None:
    """Let names of a unit that is gone find what took its place."""
    kept = select(unit_names.c.name, unit_names.c.district, unit_names.c.partial).where(unit_names.c.code == old_code)
    partly = len(new_codes) > 1
    for name, district, partial in tx.execute(kept).all():
        for code in new_codes:
            add_name(tx, code, name, district, partial=partial or partly)


def now_partial(tx: Connection, code: str) -> None:
    """A part of the unit has gone elsewhere."""
    tx.execute(update(unit_names).where(unit_names.c.code == code).values(partial=True))
