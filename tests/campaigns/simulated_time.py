"""An event loop whose time is its own: nobody waits, the clock is put to the next moment at which something is due."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")
BEGAN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


class _Leaping(selectors.DefaultSelector):
    """Does not wait for a timer, but does wait for a thread that is at work for the loop."""

    loop: SimulatedLoop

    def select(self, timeout: float | None = None) -> Any:
        if self.loop.at_work and timeout != 0:
            return super().select(None)
        if timeout is None:
            return super().select(None)
        ready = super().select(0)
        if not ready and timeout > 0:
            self.loop.seconds += timeout
        return ready


class SimulatedLoop(asyncio.SelectorEventLoop):
    """A loop that leaps from timer to timer; it is also the clock of whatever runs in it."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.at_work = 0
        """Pieces of work that threads do now: meanwhile time stands still."""
        selector = _Leaping()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        """Seconds since it began."""
        return self.seconds

    def now(self) -> datetime:
        """The wall clock."""
        return BEGAN + timedelta(seconds=self.seconds)

    def standing_still(self, work: Callable[..., Coroutine[Any, Any, T]]) -> Callable[..., Coroutine[Any, Any, T]]:
        """The work, during which no time passes."""

        async def done(*given: Any, **named: Any) -> T:
            self.at_work += 1
            try:
                return await work(*given, **named)
            finally:
                self.at_work -= 1

        return done


async def simulated(work: Callable[[SimulatedLoop], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine in a simulated loop, beside the real one."""

    def run() -> T:
        loop = SimulatedLoop()
        try:
            return loop.run_until_complete(work(loop))
        finally:
            loop.close()

    return await asyncio.to_thread(run)
