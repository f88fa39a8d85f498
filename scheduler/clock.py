"""The alarm clock: APScheduler ticks, rows decide. What was missed while down is due at the next tick."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

TICK_SECONDS = 1
HOUSEKEEPING_SECONDS = 3600

Call = Callable[[], Awaitable[None]]


def stoppable(call: Call) -> Call:
    """The call, for which being cut short by `stop` is no failure to be logged."""

    async def run() -> None:
        with suppress(asyncio.CancelledError):
            await call()

    return run


class AlarmClock:
    """Calls `tick` each second, `clean` each hour, `back_up` at once and each hour; none ever overlaps itself."""

    def __init__(self, tick: Call, clean: Call, back_up: Call) -> None:
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        tick, clean, back_up = map(stoppable, (tick, clean, back_up))
        self._scheduler.add_job(tick, IntervalTrigger(seconds=TICK_SECONDS, timezone=UTC))
        self._scheduler.add_job(clean, IntervalTrigger(seconds=HOUSEKEEPING_SECONDS, timezone=UTC))
        self._scheduler.add_job(back_up)
        self._scheduler.add_job(back_up, IntervalTrigger(seconds=HOUSEKEEPING_SECONDS, timezone=UTC))

    def start(self) -> None:
        """Begin ticking on the running loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop ticking."""
        self._scheduler.shutdown(wait=False)
