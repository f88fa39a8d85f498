"""Connections to an SQLite file, and the settings they share."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import StaticPool

BUSY_MS = 5000
CACHED_STATEMENTS = 512
WRITER_SETTINGS = (
    "journal_mode = WAL",
    "synchronous = FULL",  # NORMAL loses acknowledged rows when the power goes
    f"busy_timeout = {BUSY_MS}",
    "foreign_keys = ON",
    "secure_delete = ON",  # what was erased is overwritten, not only unlinked
    "temp_store = MEMORY",  # sorting leaves no words of people in files
)
BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite lays beside a file."""
LOGS = ("-wal", "-journal")
"""Where a part of the records lies, or what undoes a write that was cut off."""


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def to_json(value: Any) -> str:
    """Vietnamese stays readable in the tables, and half as long; half a surrogate pair becomes `?`: none takes it."""
    return _encode(value).encode("utf-8", "replace").decode()


def sqlite_file(url: str) -> Path | None:
    """The data file that a URL names; None for a server."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return None
    return Path(str(parsed.database)).resolve()  # two names of one file must share one lock


def file_uri(file: Path, **options: str) -> str:
    """The name by which SQLite opens a file with options such as mode=ro."""
    return f"file:{quote(str(file))}?" + "&".join(f"{name}={value}" for name, value in options.items())


def arriving(file: Path) -> Path:
    """Where restored records wait until the old ones have been moved away."""
    return Path(f"{file}.restoring")


def half_written(file: Path) -> bool:
    """Whether a log lies beside the file, without which it may make no sense."""
    logs = [Path(f"{file}{ending}") for ending in LOGS]
    return any(log.exists() and log.stat().st_size for log in logs)


def discard(file: Path) -> None:
    """Remove a file that was not finished, and what lies beside it."""
    for ending in ("", *BESIDE):
        Path(f"{file}{ending}").unlink(missing_ok=True)


def connect(file: Path, *settings: str) -> sqlite3.Connection:
    """Open an existing file for writing; transactions begin when we say so, not when the driver guesses."""
    connection = sqlite3.connect(
        file_uri(file, mode="rw"), uri=True, isolation_level=None, cached_statements=CACHED_STATEMENTS
    )
    for setting in settings:
        connection.execute(f"PRAGMA {setting}")
    return connection


def connect_for_reading(file: Path, **options: str) -> sqlite3.Connection:
    """Open an existing file that will not be written."""
    options = options or {"mode": "ro"}
    return sqlite3.connect(file_uri(file, **options), uri=True, isolation_level=None)


class Immediate(SQLiteDialect_pysqlite):
    """SQLite whose transactions take the write lock at once."""

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: DBAPIConnection) -> None:
        """Begin here and not in a listener: an engine that has one looks for listeners at every statement."""
        dbapi_connection.cursor().execute("BEGIN IMMEDIATE")


registry.register("sqlite.immediate", __name__, Immediate.__name__)


def engine_of(file: Path, *settings: str) -> Engine:
    """An engine with a single connection, for one thread, whose transactions take the write lock at once."""
    return create_engine(
        "sqlite+immediate://",
        creator=lambda: connect(file, *settings),
        poolclass=StaticPool,
        pool_reset_on_return=None,  # each transaction has ended when its connection is given back
        json_serializer=to_json,
    )


def driver_of(tx: Connection) -> Any:
    """The driver's own connection below SQLAlchemy's."""
    return tx.connection.driver_connection
