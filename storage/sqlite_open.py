"""Opening an SQLite file with care: never a new database over an old one, never a touch of what is not ours."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from storage import migrate
from storage.backup import back_up, onto_disk, remove
from storage.sqlite_file import BUSY_MS, LOGS, arriving, connect, connect_for_reading, discard, engine_of, half_written
from storage.sqlite_watch import refuse_replaced
from storage.unavailable import DatabaseUnavailable, file_faults_named

MAGIC = b"SQLite format 3\x00"


def prepare(file: Path, data_dir: Path, now: datetime, may_migrate: bool) -> None:
    """Make the file ready to write, with today's schema; call it under the lock."""
    with file_faults_named(str(file)):
        refuse_replaced(file)
        if not file.exists():
            _create(file)
            return
        recognise(file)
        revision = _inspect(file)
        if revision != migrate.head() and not may_migrate:
            raise DatabaseUnavailable("older", str(file))
        if revision == migrate.head():
            _upgrade(file)  # it only sets how the file is written
        else:
            _back_up_and_upgrade(file, revision, data_dir, now)


def examine(file: Path) -> str:
    """Return the revision of a file's schema, without changing the file; refuse what is foreign, newer or broken."""
    with file_faults_named(str(file)):
        recognise(file)
        return _inspect(file)


def recognise(file: Path) -> None:
    """Refuse what is not ours, at a glance; of what is, a write that was cut off is undone, as SQLite must."""
    with file_faults_named(str(file)):
        refuse_replaced(file)
        _refuse_at_sight(file)
        if not half_written(file):  # opening a file properly may already lay others beside it
            with closing(connect_for_reading(file, immutable="1")) as connection:
                _refuse_foreign(connection, file)
        _recover(file)
        with closing(connect_for_reading(file)) as connection:
            _refuse_foreign(connection, file)


def require_file(file: Path) -> None:
    """Refuse where there are no records, in the words that fit what lies there instead."""
    if not file.exists():
        refuse_replaced(file)
        _refuse_remains(file)
        raise DatabaseUnavailable("absent", str(file))


def _refuse_remains(file: Path) -> None:
    if arriving(file).exists():  # a crash between moving the old records away and the restored ones in
        raise DatabaseUnavailable("half_restored", str(file))
    if any(Path(f"{file}{ending}").exists() for ending in LOGS):  # it would be replayed into a new file of that name
        raise DatabaseUnavailable("missing", str(file))


def _create(file: Path) -> None:
    """Create the file under another name, so that a crash on the way leaves none rather than half a one."""
    _refuse_remains(file)
    new = Path(f"{file}.new")
    discard(new)
    try:
        os.close(os.open(new, os.O_CREAT | os.O_EXCL, 0o600))
        _upgrade(new)
        new.replace(file)
    except BaseException:
        discard(new)
        raise
    onto_disk(file.parent)


def _refuse_at_sight(file: Path) -> None:
    with file.open("rb") as stream:
        beginning = stream.read(len(MAGIC))
    if not beginning:
        raise DatabaseUnavailable("corrupt", str(file))  # ours never is empty
    if beginning != MAGIC:
        raise DatabaseUnavailable("foreign", str(file))


def _refuse_foreign(connection: sqlite3.Connection, file: Path) -> None:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if tables and not tables >= migrate.CORE:
        raise DatabaseUnavailable("foreign", str(file))


def _recover(file: Path) -> None:
    """Let SQLite undo what was half written: a connection that only reads may not."""
    if Path(f"{file}-journal").exists():
        with closing(connect(file, f"busy_timeout = {BUSY_MS}")) as connection:
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()


def _inspect(file: Path) -> str:
    """Read through the whole file, and return the revision of its schema."""
    engine = create_engine("sqlite://", creator=lambda: connect_for_reading(file), poolclass=StaticPool)
    try:
        with engine.connect() as tx:
            if tx.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
                raise DatabaseUnavailable("corrupt", str(file))
            return migrate.check(tx, str(file))
    finally:
        engine.dispose()


def _back_up_and_upgrade(file: Path, revision: str, data_dir: Path, now: datetime) -> None:
    backup = back_up(file, data_dir, now)
    try:
        _upgrade(file)
    except BaseException:
        # a process that is started again and again would fill the disk; but who knows what a failing disk has kept
        with suppress(DatabaseUnavailable):
            if examine(file) == revision:
                remove(backup)
        raise


def _upgrade(file: Path) -> None:
    """Run what is missing in one transaction; closing the only connection then empties the write-ahead log."""
    settings = ("journal_mode = WAL", "synchronous = FULL", f"busy_timeout = {BUSY_MS}", "foreign_keys = OFF")
    engine = engine_of(file, *settings)  # without foreign keys, because altering a table drops and renames it
    try:
        with engine.begin() as tx:
            if migrate.revision_of(tx) != migrate.head():
                migrate.upgrade(tx)
                _check_references(tx, file)
    finally:
        engine.dispose()


def _check_references(tx: Connection, file: Path) -> None:
    if tx.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise DatabaseUnavailable("corrupt", str(file))
