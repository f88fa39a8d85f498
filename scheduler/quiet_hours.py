"""The night, when people are left in peace."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from scheduler.civil_zone import VIETNAM

MORNING = time(6, 30)
"""The end of the night; source: domain.md L11. Zalo's own night is over at 6."""


def next_morning(moment: datetime) -> datetime:
    """The first morning after a moment: today's, if the night is not over yet."""
    return _morning(moment) if moment < _morning(moment) else tomorrow_morning(moment)


def tomorrow_morning(moment: datetime) -> datetime:
    """The morning of the next day, when whatever is counted by the day is counted anew."""
    return _morning(moment.astimezone(VIETNAM) + timedelta(days=1))


def _morning(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(VIETNAM).date(), MORNING, VIETNAM)
