"""A ward on SQLite, at rest, as it is read to be copied: its tables, and the files in its data folder."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b, sha256
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, create_engine, select, tuple_
from sqlalchemy.pool import StaticPool

from storage import migrate
from storage.contents import place_of
from storage.lock import DataLock
from storage.schema import file_contents, files, leases, metadata
from storage.sqlite_file import connect_for_reading
from storage.sqlite_open import examine
from storage.unavailable import DatabaseUnavailable, file_faults_named

CHUNK = 2000
"""Rows of one transaction."""
MODULUS = 2**128

Key = tuple[Any, ...]
Rows = list[dict[str, Any]]


@contextmanager
def opened(file: Path, data_dir: Path) -> Iterator[Source]:
    """The ward under its lock, read and never written; `DatabaseUnavailable` says why not."""
    if not file.exists():
        raise DatabaseUnavailable("absent", str(file))
    lock = DataLock(file)
    try:
        if examine(file) != migrate.head():
            raise DatabaseUnavailable("older", str(file))
        engine = create_engine("sqlite://", creator=lambda: connect_for_reading(file), poolclass=StaticPool)
        with engine.connect() as tx:
            yield Source(tx, file, data_dir)
        engine.dispose()
    finally:
        lock.release()


class Source:
    """What is to be copied."""

    def __init__(self, tx: Connection, file: Path, data_dir: Path) -> None:
        self._tx, self._place, self._data_dir = tx, str(file), data_dir
        stored = select(files.c.sha256).where(files.c.state == "stored").distinct().order_by(files.c.sha256)
        self._hashes = list(tx.scalars(stored))
        self.lost: list[str] = []
        """Hashes of the files whose bytes are not in the folder, or are others."""

    def total(self, table: Table) -> list[Any]:
        """How many rows a table has, and their checksum."""
        with file_faults_named(self._place):
            return total_of(self._contents(()) if table is file_contents else self._tx.execute(select(table)))

    def chunks(self, table: Table, after: Key | None) -> Iterator[Rows]:
        """Rows in the order of their keys from a key on, as many as fit into one transaction."""
        with file_faults_named(self._place):
            yield from self._chunks(table, after)

    def _chunks(self, table: Table, after: Key | None) -> Iterator[Rows]:
        if table is file_contents:
            yield from ([{"sha256": digest, "content": content}] for digest, content in self._contents(after or ()))
            return
        key = table.primary_key.columns
        ordered = select(table).order_by(*key)
        rows = self._tx.execute(ordered if after is None else ordered.where(tuple_(*key) > tuple_(*after)))
        found: Iterator[Rows] = ([dict(row._mapping) for row in chunk] for chunk in rows.partitions(CHUNK))
        if parent := parent_column(table):  # all in one transaction, or a resumed copy would not know what is there
            found = iter([list(parents_first(chain.from_iterable(found), key.keys()[0], parent))])
        yield from filter(None, found)

    def last_id(self, table: Table) -> int:
        """The greatest id that was ever given out, also to rows that are gone; 0 when none was."""
        given = "SELECT seq FROM sqlite_sequence WHERE name = ?"
        autoincrement = table.dialect_options["sqlite"]["autoincrement"]
        return (self._tx.exec_driver_sql(given, (table.name,)).scalar() or 0) if autoincrement else 0

    def _contents(self, after: Key) -> Iterator[tuple[str, bytes]]:
        self.lost = []
        for digest in self._hashes:
            if (digest,) > after:
                content = b""
                with suppress(FileNotFoundError):
                    content = place_of(self._data_dir, digest).read_bytes()
                if sha256(content).hexdigest() == digest:
                    yield digest, content
                else:
                    self.lost.append(digest)


def tables() -> list[Table]:
    """All of the program's, each after those it refers to; but who held a lease of the old records holds none here."""
    return [table for table in metadata.sorted_tables if table is not leases]


def parent_column(table: Table) -> str | None:
    """The column by which rows of a table refer to others of the same."""
    return next((key.parent.name for key in table.foreign_keys if key.column.table is table), None)


def parents_first(rows: Iterable[dict[str, Any]], key: str, parent: str) -> Iterator[dict[str, Any]]:
    """Rows of a tree, each after the one it refers to."""
    children: dict[Any, list[dict[str, Any]]] = {}
    for row in rows:
        children.setdefault(row[parent], []).append(row)
    waiting = children.pop(None, [])
    while waiting:
        yield from waiting
        waiting = [child for row in waiting for child in children.pop(row[key], [])]


def total_of(rows: Iterable[Collection[Any]]) -> list[Any]:
    """How many rows, and a checksum that does not depend on their order, for two engines sort words differently."""
    count = summed = 0
    for row in rows:
        plain = [sha256(value).digest() if isinstance(value, bytes) else value for value in row]
        summed += int.from_bytes(blake2b(repr(plain).encode("utf-8", "surrogatepass"), digest_size=16).digest())
        count += 1
    return [count, f"{summed % MODULUS:032x}"]
