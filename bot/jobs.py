"""Work decided earlier: timers that features set, and jobs that need the network or the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from bot.channels.channel import Misconfigured, Throttled, Unreachable
from bot.clock import Clock
from conversation.messages import Json
from handlers.feature import Registry
from storage import jobs
from storage.database import Database, DatabaseUnavailable
from storage.jobs import Job
from storage.leases import Lease
from storage.unavailable import storage_fault

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 8
MOST_ATTEMPTS_IN_OUTAGES = 700
"""About a week."""
FIRST_RETRY_SECONDS = 5
LONGEST_RETRY_SECONDS = 900
OUTAGES = (Throttled, Unreachable, Misconfigured, OSError)
"""For a job these are faults of the platform, the settings or the disk: it is tried until they are over."""
IDLE_SECONDS = 0.2
AT_ONCE = 4


class TimerFailed(Exception):
    """A timer's own code failed; its transaction is undone."""

    def __init__(self, job: Job) -> None:
        super().__init__(job.kind)
        self.job = job


@dataclass
class Timers:
    """Fires what is due, each timer in one transaction with its effect."""

    database: Database
    registry: Registry
    clock: Clock
    committed: Callable[[], None]

    async def fire_due(self) -> None:
        """Fire until nothing is due; a timer that fails is tried again later and stops nobody else."""
        fired = True
        while fired:
            try:
                fired = await self.database.write(fire_next, self.registry, self.clock.now())
            except TimerFailed as failure:
                log.error("timer.failed", kind=failure.job.kind, exc_info=failure.__cause__)
                await self.database.write(try_later, failure.job, self.clock.now(), "timer failed", MOST_ATTEMPTS)
            if fired:
                self.committed()


def fire_next(tx: Connection, registry: Registry, now: datetime) -> bool:
    """Fire one due timer; False when there is none."""
    for job in jobs.claim(tx, registry.timers, now, 1):
        try:
            registry.timers[job.kind](tx, now, job.payload)
        except Exception as failure:
            if storage_fault(failure):
                raise
            raise TimerFailed(job) from failure
        jobs.done(tx, job.id)
        return True
    return False


def try_later(tx: Connection, job: Job, now: datetime, error: str, most: int) -> None:
    """Plan the next attempt of a failed job, twice as far away each time; after so many it is set aside."""
    if job.attempts >= most:
        return jobs.bury(tx, job, error)
    wait = min(FIRST_RETRY_SECONDS * 2 ** min(job.attempts, MOST_ATTEMPTS), LONGEST_RETRY_SECONDS)
    return jobs.retry(tx, job, now + timedelta(seconds=wait), error)


Doer = Callable[[Json], Awaitable[None]]


@dataclass
class Worker:
    """Does jobs outside any transaction: claimed first, finished or tried again after."""

    database: Database
    clock: Clock
    doers: Mapping[str, Doer]
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    _claims_forgotten: bool = True
    """Whether jobs may be claimed that nobody does: by a process that died, or when the records were away."""

    async def run(self, lease: Lease) -> None:
        """Work until cancelled, or until `LeaseLost`."""
        self._claims_forgotten = True
        while True:
            self.wake.clear()
            if not await self._work_once(lease):
                with suppress(TimeoutError):
                    async with asyncio.timeout(IDLE_SECONDS):  # wait_for may swallow a cancellation (Python < 3.12)
                        await self.wake.wait()

    async def _work_once(self, lease: Lease) -> bool:
        try:
            if self._claims_forgotten:
                await self.database.write(lease.guard(jobs.release_claimed))
            self._claims_forgotten = False
            claim = lease.guard(jobs.claim)
            claimed = await self.database.write(claim, tuple(self.doers), self.clock.now(), AT_ONCE)
            await self._do_all(claimed, lease)
        except DatabaseUnavailable:
            self._claims_forgotten = True
            return False
        return bool(claimed)

    async def _do_all(self, claimed: Sequence[Job], lease: Lease) -> None:
        """Do them beside each other; all have ended when the first failure is told."""
        ended = await asyncio.gather(*(self._do(job, lease) for job in claimed), return_exceptions=True)
        for failure in filter(None, ended):
            raise failure

    async def _do(self, job: Job, lease: Lease) -> None:
        lease.check()
        try:
            await self.doers[job.kind](job.payload)
        except DatabaseUnavailable:
            raise
        except Exception as failure:  # one bad job stops nobody else
            log.warning("job.failed", kind=job.kind, attempt=job.attempts, reason=type(failure).__name__)
            most = MOST_ATTEMPTS_IN_OUTAGES if isinstance(failure, OUTAGES) else MOST_ATTEMPTS
            await self.database.write(lease.guard(try_later), job, self.clock.now(), type(failure).__name__, most)
        else:
            await self.database.write(lease.guard(jobs.done), job.id)
