"""Rows that a question brings along in one JSON text, so that it is one statement however many there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import JSON, FromClause, bindparam, cast, column, func, select
from sqlalchemy.types import TypeEngine

Columns = Mapping[str, type[TypeEngine[Any]] | TypeEngine[Any]]
ROWS = "rows"
"""The parameter: a list of dictionaries."""


def given_rows(dialect: str, columns: Columns) -> FromClause:
    """What to select from."""
    rows = bindparam(ROWS, type_=JSON)
    if dialect == "postgresql":
        typed = (column(name, kind) for name, kind in columns.items())
        return func.json_to_recordset(rows).table_valued(*typed, name="given").render_derived(with_types=True)
    each = func.json_each(rows).table_valued("value")
    values = (cast(func.json_extract(each.c.value, f"$.{name}"), kind).label(name) for name, kind in columns.items())
    return select(*values).subquery("given")
