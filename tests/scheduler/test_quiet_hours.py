"""When the night ends, for whatever is not to be said before."""

from __future__ import annotations

from datetime import datetime

import pytest

from scheduler.civil_zone import VIETNAM
from scheduler.quiet_hours import next_morning, tomorrow_morning


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("moment", "night_ends", "day_begins"),
    [
        ("2026-11-23 22:00", "2026-11-24 06:30", "2026-11-24 06:30"),
        ("2026-11-24 00:00", "2026-11-24 06:30", "2026-11-25 06:30"),
        ("2026-11-24 06:29", "2026-11-24 06:30", "2026-11-25 06:30"),
        ("2026-11-24 06:30", "2026-11-25 06:30", "2026-11-25 06:30"),
        ("2026-12-31 23:59", "2027-01-01 06:30", "2027-01-01 06:30"),
    ],
)
def test_the_night_ends_in_the_morning_and_the_day_is_counted_from_then(
    moment: str, night_ends: str, day_begins: str
) -> None:
    assert next_morning(at(moment)) == at(night_ends)
    assert tomorrow_morning(at(moment)) == at(day_begins)
