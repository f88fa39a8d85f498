"""The alarm clock: it counts seconds by the monotonic clock, and rows decide what is due by the wall clock.

So nothing stops when the wall clock is set back, and nothing is made up second by second when it is put forward.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

log = structlog.get_logger(__name__)

TICK_SECONDS = 1
HOUR = timedelta(hours=1)

Call = Callable[[], Awaitable[None]]


class AlarmClock:
    """Calls `tick` each second, `back_up` at once and each hour, `clean` each hour; none ever overlaps itself."""

    def __init__(self, now: Callable[[], datetime], tick: Call, clean: Call, back_up: Call) -> None:
        self._now, self._tick, self._clean, self._back_up = now, tick, clean, back_up
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin ticking on the running loop."""
        loops = (
            self._each_second(self._tick),
            self._each_hour(self._clean),
            self._now_and_each_hour(self._back_up),
        )
        self._tasks = [asyncio.create_task(loop) for loop in loops]

    def stop(self) -> None:
        """Stop ticking, in the middle of a call if need be."""
        for task in self._tasks:
            task.cancel()

    async def _each_second(self, call: Call) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            await _unfailing(call)

    async def _now_and_each_hour(self, call: Call) -> None:
        await _unfailing(call)
        await self._each_hour(call)

    async def _each_hour(self, call: Call) -> None:
        last = self._now()
        while True:
            await asyncio.sleep(TICK_SECONDS)
            if abs(self._now() - last) >= HOUR:  # an hour has passed, or the clock was set
                last = self._now()
                await _unfailing(call)


async def _unfailing(call: Call) -> None:
    """A call that fails is tried again when its time comes."""
    try:
        await call()
    except Exception as failure:
        log.error("alarm.failed", call=getattr(call, "__name__", ""), exc_info=failure)
