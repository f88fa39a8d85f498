"""One process at a time for what must not be done twice at once, on PostgreSQL.

The lock is an advisory one, which ends with the connection that holds it, so a dead leader is replaced at once. One
that sleeps keeps its connection: it is known by its heart, which beats in the lease's row, and is put out. Whatever
it does when it wakes is refused, because the row has another epoch by then.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage import leases
from storage.leases import Lease, LeaseLost
from storage.unavailable import storage_fault

log = structlog.get_logger(__name__)

Work = Callable[[Lease], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds."""

    try_again: float = 0.25
    beat: float = 1.0
    silent: float = 5.0
    """A server that says nothing for so long may have given the lock to another."""
    frozen: float = 15.0
    """A leader whose heart has not beaten for so long is replaced."""

    @property
    def trusted(self) -> float:
        """For how long after a heartbeat a leader may act on its own: by then nobody has replaced it."""
        return self.frozen - self.silent


@dataclass
class Candidate:
    """A process that wants to lead; it waits its turn as long as it must."""

    engine: AsyncEngine
    owner: str
    timing: Timing

    async def lead(self, name: str, work: Work) -> None:
        """Wait for the lease and do the work; when the lease is lost, stop, and wait for it again."""
        while not await self._led(name, work):  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(self.timing.try_again)

    async def _led(self, name: str, work: Work) -> bool:
        """Whether the work was done to its end."""
        try:
            async with self.engine.connect() as connection:
                await self._wait_for_lock(connection, name)
                began = time.monotonic()
                lease = await self._take(connection, name)
                return await Term(connection, lease, self.timing, began + self.timing.trusted).serve(work)
        except Exception as failure:
            if isinstance(failure, OSError) or storage_fault(failure):
                return False
            raise

    async def _wait_for_lock(self, connection: AsyncConnection, name: str) -> None:
        while not await self._locked(connection, name):  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(self.timing.try_again)

    async def _locked(self, connection: AsyncConnection, name: str) -> bool:
        async with asyncio.timeout(self.timing.silent):
            if await connection.run_sync(leases.lock, name):
                return True
            sleeper = await connection.run_sync(leases.frozen_holder, name, self.timing.frozen)
            if sleeper is not None:
                log.warning("lease.holder_frozen", lease=name, holder=sleeper)
                await connection.run_sync(leases.end_sessions, sleeper)
            return False

    async def _take(self, connection: AsyncConnection, name: str) -> Lease:
        async with asyncio.timeout(self.timing.silent):
            return await connection.run_sync(leases.take, name, self.owner)


@dataclass
class Term:
    """The time from winning a lease to losing it."""

    connection: AsyncConnection
    lease: Lease
    timing: Timing
    trusted_until: float
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, work: Work) -> bool:
        """Do the work while the heart beats; whether it was done to its end."""
        self.lease.holds = await self._watch()
        log.info("lease.won", lease=self.lease.name, epoch=self.lease.epoch)
        working, beating = asyncio.create_task(work(self.lease)), asyncio.create_task(self._beat_until_lost())
        try:
            await asyncio.wait({working, beating}, return_when=asyncio.FIRST_COMPLETED)
            return _ended_well(working)
        finally:
            lost = beating.done() or not self.lease.holds()
            if lost:
                self.trusted_until = 0.0
            working.cancel()
            self.over.set()  # a heartbeat cut short would break the connection, and the lease could not be left
            await asyncio.gather(working, beating, return_exceptions=True)
            log.info("lease.lost" if lost else "lease.left", lease=self.lease.name, epoch=self.lease.epoch)
            await self._leave()

    async def _watch(self) -> Callable[[], bool]:
        raw: Any = (await self.connection.get_raw_connection()).driver_connection
        return lambda: not raw.is_closed() and time.monotonic() < self.trusted_until

    async def _beat_until_lost(self) -> None:
        with suppress(Exception):
            while not await self._over_within(self.timing.beat):
                began = time.monotonic()
                async with asyncio.timeout(self.timing.silent):
                    if not await self.connection.run_sync(leases.beat, self.lease):
                        return
                self.trusted_until = began + self.timing.trusted

    async def _over_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                return await self.over.wait()
        return False

    async def _leave(self) -> None:
        """Say that nobody leads; harmless when somebody else does."""
        try:
            async with asyncio.timeout(self.timing.silent):
                await self.connection.run_sync(leases.leave, self.lease)
        except Exception as failure:  # the next holder writes itself down all the same
            log.warning("lease.not_left", lease=self.lease.name, reason=type(failure).__name__)


def _ended_well(working: asyncio.Task[None]) -> bool:
    if not working.done():
        return False
    with suppress(LeaseLost):
        working.result()
        return True
    return False
