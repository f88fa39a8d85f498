"""One process at a time for what must not be done twice at once: an advisory lock of PostgreSQL, watched while held."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.unavailable import storage_fault

NAMESPACE = 0x43614E6F
TRY_AGAIN_SECONDS = 0.5
WATCH_SECONDS = 1.0
SILENT_SECONDS = 5.0
"""A server that says nothing for so long may have given the lock to another."""

Work = Callable[[], Coroutine[Any, Any, None]]
_try_lock = text("SELECT pg_try_advisory_lock(:namespace, hashtext(:name))")


async def lead(engine: AsyncEngine, name: str, work: Work) -> None:
    """Wait for the lock and do the work; when the lock is lost, stop, and wait for it again."""
    while True:
        if await _led(engine, name, work):
            return
        await asyncio.sleep(TRY_AGAIN_SECONDS)


async def _led(engine: AsyncEngine, name: str, work: Work) -> bool:
    """Whether the work was done to its end."""
    try:
        async with engine.connect() as connection:
            if not await connection.scalar(_try_lock, {"namespace": NAMESPACE, "name": name}):
                return False
            return await _watched(connection, work)
    except Exception as failure:
        if isinstance(failure, OSError) or storage_fault(failure):
            return False
        raise


async def _watched(connection: AsyncConnection, work: Work) -> bool:
    working, watching = asyncio.create_task(work()), asyncio.create_task(_until_lost(connection))
    try:
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
        return working.done()
    finally:
        for task in (working, watching):
            task.cancel()
        await asyncio.gather(working, watching, return_exceptions=True)


async def _until_lost(connection: AsyncConnection) -> None:
    with suppress(Exception):
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            async with asyncio.timeout(SILENT_SECONDS):
                await connection.scalar(text("SELECT 1"))
