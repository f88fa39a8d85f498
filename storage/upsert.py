"""ON CONFLICT, written once for both databases."""
from __future__ import annotations

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
    statement = insert_into(tx.dialect.name, table).on_conflict_do_nothing()
    return tx.execute(statement, values).rowcount > 0
