"""ON CONFLICT, written once for both databases."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_into(dialect: str, table: Table) -> sqlite.Insert:
    """An INSERT with `on_conflict_do_nothing` and `on_conflict_do_update`, which both dialects spell alike."""
    if dialect == "sqlite":
        return sqlite.insert(table)
    return cast(sqlite.Insert, postgresql.insert(table))


def insert_or_ignore(tx: Connection, table: Table, **values: Any) -> bool:
    """Insert a row unless a unique key of it is taken; tell whether it was inserted."""
    return tx.execute(_ignoring(tx.dialect.name, table), values).rowcount > 0


@cache  # building a statement costs more than running it
def _ignoring(dialect: str, table: Table) -> sqlite.Insert:
    return insert_into(dialect, table).on_conflict_do_nothing()
