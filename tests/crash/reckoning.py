"""What the records say when the program has stopped."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import Connection, func, select

from storage.database import Database, open_database, sqlite_file
from storage.schema import counters, deliveries, files, outbox
from tests.crash.bench import Bench
from tests.crash.deeds import NOTE

T = TypeVar("T")


async def ask(bench: Bench, query: Callable[[Connection], T]) -> T:
    """Read the records, which nobody else has open."""
    async with _opened(bench) as database:
        return await database.read(query)


async def change(bench: Bench, work: Callable[[Connection], T]) -> T:
    """Write into the records, which nobody else has open."""
    async with _opened(bench) as database:
        return await database.write(work)


@asynccontextmanager
async def _opened(bench: Bench) -> AsyncIterator[Database]:
    settings = bench.settings
    database = await open_database(settings.database_url, settings.data_dir, now=datetime.now(UTC), migrate=False)
    try:
        yield database
    finally:
        await database.close()


def noted(tx: Connection) -> dict[str, int]:
    """Every note, and how often it was counted."""
    rows = tx.execute(select(counters).where(counters.c.name.startswith(NOTE)))
    return {row.name.removeprefix(NOTE): row.value for row in rows}


async def lost_by_now(bench: Bench) -> int:
    """How much was acknowledged, and is not noted, or neither answered nor about to be."""
    effects, waiting, coming = await ask(bench, noted), await ask(bench, unsent), bench.not_handed_over()
    taken = {words: who for words, who in bench.typed.items() if words not in coming}
    unheard = sum(words in effects and not bench.world.heard[who.id, words] for words, who in taken.items())
    return sum(words not in effects for words in taken) + max(0, unheard - waiting)


async def lost_for_good(bench: Bench) -> int:
    """How much has no effect or no answer, once there was time for everything."""
    effects = await ask(bench, noted)
    return sum(words not in effects or not bench.world.heard[who.id, words] for words, who in bench.owed().items())


def unsent(tx: Connection) -> int:
    """How many letters wait to be sent."""
    return tx.scalar(select(func.count()).select_from(outbox)) or 0


def claimed(tx: Connection) -> int:
    """How many letters are being sent, as far as the records know."""
    return tx.scalar(select(func.count()).select_from(outbox).where(outbox.c.claimed)) or 0


def awaited(tx: Connection) -> int:
    """How many files are still to be fetched."""
    return tx.scalar(select(func.count()).select_from(files).where(files.c.state == "pending")) or 0


def fates(tx: Connection) -> dict[str, str]:
    """How each delivery ended, by its key."""
    return {row.key: row.status for row in tx.execute(select(deliveries.c.key, deliveries.c.status))}


def corrupt(bench: Bench) -> int:
    """1 when SQLite finds its file out of order; PostgreSQL answers for itself."""
    file = sqlite_file(bench.settings.database_url)
    if file is None:
        return 0
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute("PRAGMA integrity_check").fetchone() != ("ok",))
