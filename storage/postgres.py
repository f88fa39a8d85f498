"""The records on PostgreSQL: a pool of connections, for any number of processes and machines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

from sqlalchemy import Connection, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.util import greenlet_spawn

from storage import migrate
from storage.leading import Candidate, Timing, Work
from storage.leases import name_of_process
from storage.sqlite_file import to_json
from storage.trouble import Trouble
from storage.unavailable import DatabaseUnavailable, faults_named, of_driver
from storage.unit_end import end_unit

P = ParamSpec("P")
T = TypeVar("T")

WRITERS, READERS = 8, 4
ATTEMPTS = 3
RETRY_SECONDS = 0.02
CONNECT_SECONDS = 10
AGAIN = {"40P01", "40001"}
"""Deadlock and serialization failure: the other one went first, and now it is our turn."""
MIGRATION_LOCK = 0x43614E6F
SETTINGS = {
    "lock_timeout": "2000",
    "idle_in_transaction_session_timeout": "10000",  # a process put to sleep in the midst of a turn keeps rows locked
    "timezone": "UTC",
}
LEASE_SETTINGS = SETTINGS | {
    "lock_timeout": "5000",  # as long as a leader waits for its own heartbeat
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
"""A machine that is gone is known by its silence after about 11 seconds."""


class PostgresDatabase:
    """Each unit of work is a transaction on a connection of its own; PostgreSQL groups the commits."""

    def __init__(self, url: URL) -> None:
        self.url = url.render_as_string(hide_password=False)
        self.dialect: Literal["sqlite", "postgresql"] = "postgresql"
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.process = name_of_process()
        self.timing = Timing()
        self.trouble = Trouble()
        self._place = place_of(url)
        self._writers = engine_of(url, WRITERS, self.process)
        # reports have their own connections, or eight of them would keep every turn waiting
        self._readers = engine_of(url, READERS, self.process).execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    async def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run the work in a transaction; return after its commit."""
        with self.trouble.watched(), server_faults_named(self._place):
            for attempt in range(1, ATTEMPTS):
                try:
                    return await self._once(work, *args, **kwargs)
                except DBAPIError as failure:
                    if getattr(failure.orig, "sqlstate", None) not in AGAIN:
                        raise
                    await asyncio.sleep(attempt * RETRY_SECONDS)
            return await self._once(work, *args, **kwargs)

    async def _once(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        def transaction() -> T:
            with self._writers.sync_engine.begin() as tx:
                result = contained(work)(tx, *args, **kwargs)
                end_unit(tx)
                return result

        # one greenlet for all, where AsyncConnection makes one for each of its steps
        return await greenlet_spawn(transaction)

    async def read(self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Answer from one point in time, beside the writers."""
        with server_faults_named(self._place):
            async with self._readers.connect() as tx:
                return await tx.run_sync(contained(query), *args, **kwargs)

    async def lead(self, name: str, work: Work) -> None:
        """Do the work while no other process does work of this name."""
        engine = create_async_engine(
            self.url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args=connecting(self.process, LEASE_SETTINGS),
        )
        await Candidate(engine, self.process, self.timing).lead(name, work)

    async def close(self) -> None:
        """Give the connections back."""
        await self._readers.dispose()
        await self._writers.dispose()
        self.failed.cancel()


async def open_postgres(url: URL, may_migrate: bool) -> PostgresDatabase:
    """Bring the schema up to date, then open the pools."""
    with server_faults_named(place_of(url)):
        await _prepare(url, may_migrate)
    return PostgresDatabase(url)


def asyncpg_url(url: str) -> URL:
    """The URL of a server, in the words of our driver."""
    parsed = make_url(url).set(drivername="postgresql+asyncpg")
    if mode := parsed.query.get("sslmode"):  # asyncpg has another name for it
        return parsed.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
    return parsed


async def _prepare(url: URL, may_migrate: bool) -> None:
    # no lock_timeout here: another process may be in the middle of a long migration
    engine = create_async_engine(url, poolclass=NullPool, connect_args={"timeout": CONNECT_SECONDS})
    try:
        async with engine.begin() as tx:
            await tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
            await tx.run_sync(_migrate, place_of(url), may_migrate)
    finally:
        await engine.dispose()


def _migrate(tx: Connection, place: str, may_migrate: bool) -> None:
    if migrate.check(tx, place) == migrate.head():
        return
    if not may_migrate:
        raise DatabaseUnavailable("older", place)
    migrate.upgrade(tx)


def engine_of(url: URL, connections: int, process: str) -> AsyncEngine:
    """A pool that waits rather than grows, and does not hand out a connection that the server has closed."""
    engine = create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        json_serializer=to_json,
        connect_args=connecting(process, SETTINGS),
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def connecting(process: str, settings: Mapping[str, str]) -> dict[str, Any]:
    """How to connect so that the server, and another process, can tell whose connection it is."""
    return {"server_settings": {**settings, "application_name": process}, "timeout": CONNECT_SECONDS}


@contextmanager
def server_faults_named(place: str) -> Iterator[None]:
    """The storage's own faults by name, also those met before there is a connection."""
    try:
        with faults_named(place):
            yield
    except OSError as failure:  # such as a host name nobody knows
        if not of_driver(failure):
            raise
        raise DatabaseUnavailable("unreachable", place) from failure
    except PoolTimeout as failure:
        raise DatabaseUnavailable("busy", place) from failure


def _refuse_closed(adapted: Any, _record: object, _proxy: object) -> None:
    if adapted.driver_connection.is_closed():  # known without asking the server; the pool then opens another
        raise DisconnectionError


def contained(work: Callable[Concatenate[Connection, P], T]) -> Callable[Concatenate[Connection, P], T]:
    """The work, unable to end the event loop it runs on."""

    def run(tx: Connection, /, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return work(tx, *args, **kwargs)
        except (SystemExit, KeyboardInterrupt, StopIteration) as failure:
            raise RuntimeError(f"the unit of work raised {failure!r}") from failure

    return run


def place_of(url: URL) -> str:
    """The URL without what must not be shown."""
    return url.set(query={}).render_as_string(hide_password=True)
