"""What a PostgreSQL server says of itself, for whoever looks whether it will do."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from storage.postgres import CONNECT_SECONDS, READERS, WRITERS, asyncpg_url, place_of, server_faults_named

LEASES = 4
"""Connections that hold the lock of a lease."""
CONNECTIONS_EACH = WRITERS + READERS + LEASES
"""Of one process."""
PROBE = 0x43614E71

FACTS = text("""
SELECT current_setting('server_version_num')::int AS version,
    array(SELECT name FROM pg_settings
          WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes') AND setting = 'off') AS careless,
    has_schema_privilege(current_user, 'public', 'CREATE') AS may_create,
    array(SELECT relname::text FROM pg_class
          WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
            AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')
                     AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE'))) AS closed,
    (SELECT min(most) FROM (VALUES
        (current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int),
        ((SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user)),
        ((SELECT datconnlimit FROM pg_database WHERE datname = current_database()))) AS limits(most)
     WHERE most >= 0) AS connections,
    extract(epoch FROM clock_timestamp())::float AS clock
""")
_hold = text("SELECT pg_try_advisory_lock(:probe)")


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What matters to us of a server, as our role sees it."""

    version: int
    careless: list[str]
    """Settings by which it may forget what it has confirmed."""
    may_create: bool
    closed: list[str]
    """Tables that our role may not use."""
    connections: int
    clock: float
    """Its time, in seconds since 1970."""
    mixes_sessions: bool
    """Whether something in between hands one session to several clients, so that a lock locks nobody out."""


async def ask(url: str) -> ServerFacts:
    """Ask a server; `DatabaseUnavailable` says why not."""
    parsed = asyncpg_url(url)
    with server_faults_named(place_of(parsed)):
        async with asyncio.timeout(2 * CONNECT_SECONDS):
            return await _ask(parsed)


async def _ask(url: URL) -> ServerFacts:
    # the unnamed statement, so that there are answers from behind a PgBouncer too
    arguments = {"timeout": CONNECT_SECONDS, "statement_cache_size": 0, "prepared_statement_name_func": str}
    engine = create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=arguments)
    try:
        async with engine.connect() as one, engine.connect() as other:
            row = (await one.execute(FACTS)).mappings().one()
            return ServerFacts(**row, mixes_sessions=await _both_hold(one, other))
    finally:
        await engine.dispose()


async def _both_hold(one: AsyncConnection, other: AsyncConnection) -> bool:
    """Whether two connections have the same lock, which none can who are really two."""
    held = [await connection.scalar(_hold, {"probe": PROBE}) for connection in (one, other)]
    await one.execute(text("SELECT pg_advisory_unlock_all()"))
    return all(held)
