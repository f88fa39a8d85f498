"""A PostgreSQL database that a ward moves to: prepared, filled table by table, compared, and only then released."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, String, Table, collate, delete, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from storage import copy_mark, migrate
from storage.copy_mark import Totals
from storage.copy_source import CHUNK, Key, Rows, tables, total_of
from storage.postgres import MIGRATION_LOCK
from storage.schema import file_contents
from storage.unavailable import DatabaseUnavailable, storage_fault

COPY_LOCK = 0x43614E70
FILES_AT_ONCE = 8

_migration_lock = text("SELECT pg_advisory_xact_lock(:lock)")
_take_lock = text("SELECT pg_try_advisory_lock(:lock)")


def lock(tx: Connection, place: str) -> None:
    """Keep other copies out for as long as the connection lives."""
    if not tx.scalar(_take_lock, {"lock": COPY_LOCK}):
        raise DatabaseUnavailable("being_copied", place)


def prepare(tx: Connection, place: str, source: str, totals: Totals) -> None:
    """Make tables that are ready to be filled, or find those that a copy of the same source was filling."""
    tx.execute(_migration_lock, {"lock": MIGRATION_LOCK})
    if not copy_mark.is_set(tx):
        revision = migrate.check(tx, place)
        if revision not in ("", migrate.head()):
            raise DatabaseUnavailable("older", place)
        if revision and not _empty(tx):
            raise DatabaseUnavailable("taken", place)
        migrate.upgrade(tx)
        copy_mark.put(tx, source, totals)
        return
    begun, before = copy_mark.read(tx)
    if begun != source:
        raise DatabaseUnavailable("taken", place)
    if before != totals or migrate.revision_of(tx) != migrate.head():
        migrate.upgrade(tx)
        for table in reversed(tables()):
            tx.execute(delete(table))
        copy_mark.note(tx, totals)


def last_key(tx: Connection, table: Table) -> Key | None:
    """The key of the last row that was copied, in the order in which SQLite sorts; None when there is none."""
    key = [collate(column, "C") if isinstance(column.type, String) else column for column in table.primary_key.columns]
    row = tx.execute(
        select(*table.primary_key.columns).order_by(*(column.desc() for column in key)).limit(1)
    ).one_or_none()
    return None if row is None else tuple(row)


def fill(tx: Connection, table: Table, rows: Rows) -> None:
    """Add rows; what the server cannot take is refused by the name of its table."""
    try:
        tx.execute(insert(table), rows)
    except DBAPIError as failure:
        if storage_fault(failure):
            raise
        raise DatabaseUnavailable("not_taken", table.name) from failure


def give_ids_after(tx: Connection, table: Table, last: int) -> None:
    """Let the database give greater ids than any that was given before."""
    column = table.autoincrement_column
    if column is None:
        return
    last = max(last, tx.scalar(select(func.max(column))) or 0)
    sequence = func.pg_get_serial_sequence(table.name, column.name)
    tx.execute(select(func.setval(sequence, max(last, 1), last > 0)))


def total(tx: Connection, table: Table) -> list[Any]:
    """How many rows a table has, and their checksum."""
    at_once = FILES_AT_ONCE if table is file_contents else CHUNK
    return total_of(tx.execute(select(table), execution_options={"yield_per": at_once}))


def _empty(tx: Connection) -> bool:
    return all(tx.execute(select(table).limit(1)).first() is None for table in tables())
