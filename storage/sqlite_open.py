"""Opening an SQLite file with care: never a new database over an old one, never a touch of what is not ours."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from storage import migrate
from storage.backup import back_up, onto_disk
from storage.sqlite_file import BUSY_MS, arriving, connect_for_reading, engine_of
from storage.unavailable import DatabaseUnavailable, file_faults_named

MAGIC = b"SQLite format 3\x00"


def prepare(file: Path, data_dir: Path, now: datetime, may_migrate: bool) -> None:
    """Make the file ready to write, with today's schema; call it under the lock."""
    with file_faults_named(str(file)):
        if not file.exists():
            _create(file)
            return
        _refuse_foreign(file)
        revision = _inspect(file)
        if revision != migrate.head() and not may_migrate:
            raise DatabaseUnavailable("older", str(file))
        if revision and revision != migrate.head():
            back_up(file, data_dir, now)
        _upgrade(file)


def examine(file: Path) -> str:
    """Return the revision of a file's schema, without changing the file; refuse what is foreign, newer or broken."""
    with file_faults_named(str(file)):
        _refuse_foreign(file)
        return _inspect(file)


def _create(file: Path) -> None:
    """Create the file under another name, so that a crash on the way leaves none rather than half a one."""
    if arriving(file).exists():  # a crash between moving the old records away and the restored ones in
        raise DatabaseUnavailable("half_restored", str(file))
    if Path(f"{file}-wal").exists():  # it would be replayed into a new file of that name
        raise DatabaseUnavailable("missing", str(file))
    new = Path(f"{file}.new")
    for leftover in (new, Path(f"{new}-wal"), Path(f"{new}-shm")):
        leftover.unlink(missing_ok=True)
    os.close(os.open(new, os.O_CREAT | os.O_EXCL, 0o600))
    _upgrade(new)
    new.replace(file)
    onto_disk(file.parent)


def _refuse_foreign(file: Path) -> None:
    """Look at the bytes only: opening a file properly may already change it."""
    with file.open("rb") as stream:
        beginning = stream.read(len(MAGIC))
    if not beginning:
        raise DatabaseUnavailable("corrupt", str(file))  # ours never is empty
    if beginning != MAGIC:
        raise DatabaseUnavailable("foreign", str(file))
    log = Path(f"{file}-wal")
    if log.exists() and log.stat().st_size:
        return  # where the power went in mid-checkpoint, the file makes no sense without its log
    with closing(connect_for_reading(file, immutable="1")) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if tables and "alembic_version" not in tables:
        raise DatabaseUnavailable("foreign", str(file))


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
