"""The alarm clock: APScheduler ticks, rows decide. What was missed while down is due at the next tick."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

TICK_SECONDS = 1
HOUSEKEEPING_SECONDS = 3600


class AlarmClock:
    """Calls `tick` each second and `clean` at start and each hour; a slow call never overlaps itself."""

    def __init__(self, tick: Callable[[], Awaitable[None]], clean: Callable[[], Awaitable[None]]) -> None:
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._scheduler.add_job(tick, IntervalTrigger(seconds=TICK_SECONDS, timezone=UTC))
        self._scheduler.add_job(clean, IntervalTrigger(seconds=HOUSEKEEPING_SECONDS, timezone=UTC))

    def start(self) -> None:
        """Begin ticking on the running loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop ticking."""
        self._scheduler.shutdown(wait=False)
