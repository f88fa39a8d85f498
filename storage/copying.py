"""A ward that has grown moves from SQLite to PostgreSQL: copied, compared, and the old data never written.

Rows go in the order of their keys, each chunk in a transaction of its own. Killed anywhere, the same command goes on
after the last row that arrived, or begins anew when the source was used in between.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from storage import copy_mark, copy_target
from storage.copy_mark import Totals
from storage.copy_source import Source, opened, tables
from storage.postgres import CONNECT_SECONDS, asyncpg_url, place_of, server_faults_named
from storage.sqlite_file import to_json
from storage.unavailable import DatabaseUnavailable

NAME = "caunoi db copy"

P = ParamSpec("P")
T = TypeVar("T")
Tell = Callable[[int, int], None]
"""Told how many rows have been copied or compared, of how many."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A table at both ends."""

    table: str
    rows: int
    checksum: str
    copied: int
    same: bool


async def copy(file: Path, data_dir: Path, target: str, tell: Tell, *, without_lost: bool = False) -> list[Compared]:
    """Copy the records; what was compared in the end. `DatabaseUnavailable` says why not, and then try again."""
    url = asyncpg_url(target)
    with opened(file, data_dir) as source:
        totals = {table.name: source.total(table) for table in tables()}
        if source.lost and not without_lost:
            raise DatabaseUnavailable("files_lost", f"{data_dir} ({len(source.lost)})")
        with server_faults_named(place_of(url)):
            async with _connected(url) as connection:
                return await Move(source, str(file), totals, connection, place_of(url), tell).run()


@asynccontextmanager
async def _connected(url: URL) -> AsyncIterator[AsyncConnection]:
    settings = {"application_name": NAME, "timezone": "UTC"}
    arguments = {"timeout": CONNECT_SECONDS, "server_settings": settings}
    engine = create_async_engine(url, poolclass=NullPool, json_serializer=to_json, connect_args=arguments)
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()


@dataclass
class Move:
    """One run of the command, under way."""

    source: Source
    name: str
    totals: Totals
    connection: AsyncConnection
    place: str
    tell: Tell
    _passed: int = 0

    async def run(self) -> list[Compared]:
        """Prepare, fill, compare, and release what is all there."""
        await self._do(copy_target.lock, self.place)
        await self._do(copy_target.prepare, self.place, self.name, self.totals)
        for table in tables():
            await self._fill(table)
        compared = [await self._compare(table) for table in tables()]
        if all(one.same for one in compared):
            await self._do(copy_mark.remove)
        else:
            await self._do(copy_mark.note, None)
        return compared

    async def _fill(self, table: Table) -> None:
        after, here = await self._do(copy_target.last_key, table), self._passed
        for rows in self.source.chunks(table, after):
            await self._do(copy_target.fill, table, rows)
            self._tell(len(rows))
        await self._do(copy_target.give_ids_after, table, self.source.last_id(table))
        self._passed = here
        self._tell(self.totals[table.name][0])

    async def _compare(self, table: Table) -> Compared:
        rows, checksum = self.totals[table.name]
        found = await self._do(copy_target.total, table)
        self._tell(rows)
        return Compared(table.name, rows, checksum, found[0], found == [rows, checksum])

    def _tell(self, rows: int) -> None:
        self._passed += rows
        self.tell(self._passed, 2 * sum(total[0] for total in self.totals.values()))

    async def _do(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        async with self.connection.begin():
            return await self.connection.run_sync(work, *args, **kwargs)
