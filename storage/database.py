"""The records: `write` runs a unit of work in a transaction, `read` answers beside it, and nothing else commits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Concatenate, Literal, ParamSpec, Protocol, TypeVar, cast

from sqlalchemy import Connection, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage import leases
from storage.leading import Work
from storage.leases import Lease
from storage.lock import DataLock
from storage.postgres import asyncpg_url, contained, open_postgres
from storage.sqlite_file import file_uri, sqlite_file, to_json
from storage.sqlite_open import prepare
from storage.sqlite_writer import LEAVES_NO_TRACE, SqliteWriter
from storage.trouble import Trouble
from storage.unavailable import DatabaseUnavailable, faults_named

__all__ = ["Database", "DatabaseUnavailable", "leave_no_trace", "open_database", "sqlite_file"]

P = ParamSpec("P")
T = TypeVar("T")

READERS = 4
TAKE_AGAIN_SECONDS = 1.0


class Database(Protocol):
    """Where the records are kept, whichever engine keeps them."""

    url: str
    """With its password, so it is shown to nobody."""
    dialect: Literal["sqlite", "postgresql"]
    failed: asyncio.Future[None]
    """Fails when nothing can be written any more, and the process had better end."""
    trouble: Trouble

    async def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run the work in one transaction, alone or beside others; return after COMMIT."""

    async def read(self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Answer from one point in time; a slow answer keeps no writer waiting."""

    async def lead(self, name: str, work: Work) -> None:
        """Do the work while no other process does work of this name; wait for one that does."""

    async def close(self) -> None:
        """Finish what was begun, then let go of the records."""


async def open_database(url: str, data_dir: Path, *, now: datetime, migrate: bool = True) -> Database:
    """Open the records of a URL, with today's schema; `DatabaseUnavailable` says why not."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return await open_postgres(asyncpg_url(url), migrate)
    file = sqlite_file(url)
    if file is None:
        raise ValueError("the URL must begin with sqlite:/// and name a file, or with postgresql://")
    lock = await asyncio.to_thread(_lock, file)
    try:
        await asyncio.to_thread(prepare, file, data_dir, now, migrate)
    except BaseException:
        lock.release()
        raise
    database = SqliteDatabase(url, file, lock)
    try:
        await database.write(leases.leave_all)  # who held them is dead; also opens the log, so that readers find one
    except BaseException:
        await database.close()
        raise
    return database


def leave_no_trace(tx: Connection) -> None:
    """Ask that after this commit no old copy of what was erased stays in SQLite's write-ahead log."""
    if tx.dialect.name == "sqlite":
        tx.info[LEAVES_NO_TRACE] = True


class SqliteDatabase:
    """A file: one thread writes it, read-only connections answer beside it."""

    def __init__(self, url: str, file: Path, lock: DataLock) -> None:
        self.url = url
        self.dialect: Literal["sqlite", "postgresql"] = "sqlite"
        self._file = file
        self._lock = lock
        self._process = leases.name_of_process()
        self._writer = SqliteWriter(file)
        self.failed, self.trouble = self._writer.failed, self._writer.trouble
        self._readers = _readers_of(file)

    async def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Queue the work for the next transaction; return after its COMMIT."""
        return cast(T, await self._writer.submit(lambda tx: work(tx, *args, **kwargs)))

    async def read(self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Answer on a read-only connection."""
        with faults_named(str(self._file)):
            async with self._readers.connect() as tx:
                return await tx.run_sync(contained(query), *args, **kwargs)

    async def lead(self, name: str, work: Work) -> None:
        """Do the work: no other process has the file, whose lock is ours."""
        lease = await self._take(name)
        try:
            await work(lease)
        finally:
            with suppress(DatabaseUnavailable):
                await self.write(leases.leave, lease)

    async def _take(self, name: str) -> Lease:
        while True:
            with suppress(DatabaseUnavailable):
                return await self.write(leases.take, name, self._process)
            await asyncio.sleep(TAKE_AGAIN_SECONDS)

    async def close(self) -> None:
        """Write what is queued, close the file, and let another process have it."""
        await self._readers.dispose()
        await self._writer.close()
        self._lock.release()


def _lock(file: Path) -> DataLock:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as failure:
        raise DatabaseUnavailable("readonly", str(file)) from failure
    return DataLock(file)


def _readers_of(file: Path) -> AsyncEngine:
    uri = file_uri(file, mode="ro").partition("?")[0]
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=uri, query={"mode": "ro", "uri": "true"}),
        pool_size=READERS,
        max_overflow=0,
        json_serializer=to_json,
        connect_args={"isolation_level": None},
    )
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _begin(tx: Connection) -> None:
    tx.exec_driver_sql("BEGIN")  # several questions of one reader get answers from the same moment
