"""The mark on records that are being copied into: until all is there and compared, nobody works with them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column, Connection, MetaData, String, Table, delete, insert, inspect, select, update

unfinished_copy = Table(
    "unfinished_copy",
    MetaData(),
    Column("source", String, primary_key=True),
    Column("totals", JSON(none_as_null=True)),
)
"""Not of the schema: it is there only while a copy is under way."""

Totals = dict[str, list[Any]]
"""How many rows a table has, and their checksum."""


def is_set(tx: Connection) -> bool:
    """Whether a copy into these records was begun and not finished."""
    return inspect(tx).has_table(unfinished_copy.name)


def put(tx: Connection, source: str, totals: Totals) -> None:
    """Mark records that are empty."""
    unfinished_copy.create(tx)
    tx.execute(insert(unfinished_copy).values(source=source, totals=totals))


def read(tx: Connection) -> tuple[str, Totals | None]:
    """What is being copied, and what it was when the copy was begun; None when that is to be copied anew."""
    row = tx.execute(select(unfinished_copy)).one()
    return row.source, row.totals


def note(tx: Connection, totals: Totals | None) -> None:
    """Keep what the source is now, or that everything must be copied anew."""
    tx.execute(update(unfinished_copy).values(totals=totals))


def remove(tx: Connection) -> None:
    """All is there."""
    tx.execute(delete(unfinished_copy))
    unfinished_copy.drop(tx)
