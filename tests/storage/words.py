"""The smallest units of work: words put into the table of counters, and read back."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select, text

from storage.schema import counters


def put(tx: Connection, name: str, value: int = 0) -> str:
    """Keep a word; a word that is there already is an IntegrityError."""
    tx.execute(insert(counters), {"name": name, "value": value})
    return name


def words(tx: Connection) -> set[str]:
    """All words kept."""
    return set(tx.scalars(select(counters.c.name)))


def forget(tx: Connection) -> None:
    """Delete all words."""
    tx.execute(delete(counters))


def execute(tx: Connection, statement: str) -> None:
    """Execute a statement."""
    tx.execute(text(statement))
