"""Time is stored as UTC milliseconds and thought of in Vietnam."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from scheduler.civil_zone import VIETNAM

__all__ = ["VIETNAM", "day_of", "from_ms", "to_ms"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970 UTC, rounded down; a naive datetime is a TypeError."""
    return (moment - EPOCH) // MILLISECOND  # whole numbers: a float would lose the last digit


def from_ms(milliseconds: int) -> datetime:
    """The aware UTC datetime that was stored."""
    return EPOCH + milliseconds * MILLISECOND


def day_of(moment: datetime) -> str:
    """The day in Vietnam, as ISO text."""
    if moment.tzinfo is None:
        raise TypeError("a naive datetime has no day in Vietnam")
    return moment.astimezone(VIETNAM).date().isoformat()
