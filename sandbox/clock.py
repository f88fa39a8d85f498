"""The clock the sandbox is given, and one that can be pushed forward."""

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
MORNING_HOUR = 8


class Clock(Protocol):
    """Tells the time and can be moved forward."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...

    def move(self, seconds: float) -> None:
        """Go forward by so many seconds."""
        ...


class MovableClock:
    """Real time plus an offset; frozen, it only moves when told to."""

    def __init__(self, start: datetime | None = None, *, frozen: bool = False) -> None:
        real = datetime.now(UTC)
        self._offset = (start - real) if start else timedelta()
        self._frozen_at = real if frozen else None

    def now(self) -> datetime:
        """Return the moved present moment."""
        return (self._frozen_at or datetime.now(UTC)) + self._offset

    def move(self, seconds: float) -> None:
        """Go forward by so many seconds."""
        if seconds < 0:
            raise ValueError("the clock only moves forward")
        self._offset += timedelta(seconds=seconds)


def seconds_until_morning(now: datetime) -> float:
    """Return how long it is until the next eight in the morning in Vietnam."""
    here = now.astimezone(VIETNAM)
    morning = here.replace(hour=MORNING_HOUR, minute=0, second=0, microsecond=0)
    return ((morning if morning > here else morning + timedelta(days=1)) - here).total_seconds()
