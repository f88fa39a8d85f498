"""The alarm clock: APScheduler ticks, rows decide what is due by the wall clock.

Nothing stops when the wall clock is set back, and nothing is made up second by second when it is put forward.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

TICK_SECONDS = 1.0
HOUR = timedelta(hours=1)

Call = Callable[[], Awaitable[None]]


class EachSecond(BaseTrigger):  # type: ignore[misc]
    """Plans from now on, never from the run before: what a clock put forward leaps over is not made up."""

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        """A second from now."""
        return now + timedelta(seconds=TICK_SECONDS)


class AlarmClock:
    """Calls `tick` each second, `back_up` at once and each hour, `clean` each hour; none ever overlaps itself."""

    def __init__(self, now: Callable[[], datetime], tick: Call, clean: Call, back_up: Call) -> None:
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        for call in (tick, _Hourly(now, clean, last=now()), _Hourly(now, back_up, last=None)):
            self._scheduler.add_job(_stoppable(call), EachSecond())
        self._watch: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin ticking on the running loop."""
        self._scheduler.start()
        self._watch = asyncio.create_task(self._watch_the_wall_clock())

    def stop(self) -> None:
        """Stop ticking, in the middle of a call if need be."""
        if self._watch is not None:
            self._watch.cancel()
        self._scheduler.shutdown(wait=False)

    async def _watch_the_wall_clock(self) -> None:
        while True:
            before = datetime.now(UTC)
            await asyncio.sleep(TICK_SECONDS)  # by the monotonic clock
            if (now := datetime.now(UTC)) < before:
                for job in self._scheduler.get_jobs():
                    job.modify(next_run_time=now)


class _Hourly:
    """A call made when the clock reads an hour more, or less, than at the last one."""

    def __init__(self, now: Callable[[], datetime], call: Call, last: datetime | None) -> None:
        self._now, self._call, self._last = now, call, last

    async def __call__(self) -> None:
        now = self._now()
        if self._last is None or abs(now - self._last) >= HOUR:
            self._last = now
            await self._call()


def _stoppable(call: Call) -> Call:
    """The call, for which being cut short by `stop` is no failure to be logged."""

    async def run() -> None:
        with suppress(asyncio.CancelledError):
            await call()

    return run
