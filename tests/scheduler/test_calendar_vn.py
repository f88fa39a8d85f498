"""Working time, against the worked example of the domain and an oracle that counts every minute."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.calendar_vn import (
    add_working_days,
    add_working_hours,
    add_working_time,
    holidays_between,
    is_working_day,
    working_time_between,
)
from scheduler.civil_zone import VIETNAM

MINUTE = timedelta(minutes=1)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)).map(  # noqa: DTZ001 - hypothesis adds none
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=VIETNAM)
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-23 08:00", 8, "2026-11-25 08:00"),  # 24/11 is a holiday
        ("2026-11-23 08:00", 4, "2026-11-23 13:30"),
        ("2026-11-23 07:30", 4, "2026-11-23 11:30"),
        ("2026-11-23 17:00", 4, "2026-11-25 11:30"),
        ("2026-11-23 23:50", 1, "2026-11-25 08:30"),
        ("2026-11-28 09:00", 8, "2026-11-30 17:00"),  # Saturday
        ("2027-02-03 16:00", 2, "2027-02-11 08:30"),  # Tết 4–10/2/2027
    ],
)
def test_office_hours_are_counted(start: str, hours: int, end: str) -> None:
    assert add_working_hours(at(start), hours) == at(end)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-23 08:00", 5, "2026-12-01 17:00"),
        ("2026-11-26 09:00", 5, "2026-12-03 17:00"),
        ("2026-11-28 09:00", 1, "2026-11-30 17:00"),
        ("2027-02-03 23:59", 1, "2027-02-11 17:00"),
    ],
)
def test_working_days_end_at_closing_time(start: str, days: int, end: str) -> None:
    assert add_working_days(at(start), days) == at(end)


def test_the_new_holiday_and_tet_are_off() -> None:
    off = [date(2026, 11, 24), date(2027, 2, 8), date(2027, 11, 24), date(2026, 11, 28)]
    assert not any(map(is_working_day, off))
    assert is_working_day(date(2026, 11, 23))
    assert holidays_between(at("2026-11-23 08:00"), at("2026-11-25 08:00")) == [date(2026, 11, 24)]


def open_minute(moment: datetime) -> bool:
    """Written differently on purpose: whether the minute that begins now is office time."""
    clock = moment.hour * 60 + moment.minute
    return is_working_day(moment.date()) and (450 <= clock < 690 or 780 <= clock < 1020)


@settings(max_examples=60, deadline=None)
@given(moments, st.integers(0, 20 * 60))
def test_every_minute_counted_one_by_one_agrees(start: datetime, minutes: int) -> None:
    moment, left = start, minutes
    while left:
        left -= open_minute(moment)
        moment += MINUTE
    assert add_working_time(start, minutes * MINUTE) == moment


@settings(max_examples=60, deadline=None)
@given(moments, st.integers(0, 12 * 24 * 60))
def test_time_between_is_the_minutes_that_were_open(start: datetime, length: int) -> None:
    opened = sum(open_minute(start + count * MINUTE) for count in range(length))
    assert working_time_between(start, start + length * MINUTE) == opened * MINUTE


@given(moments, st.timedeltas(timedelta(minutes=1), timedelta(hours=60)))
def test_adding_and_measuring_are_inverse(start: datetime, worked: timedelta) -> None:
    assert working_time_between(start, add_working_time(start, worked)) == worked


@given(moments, st.integers(1, 30))
def test_days_are_working_days_and_count(start: datetime, days: int) -> None:
    end = add_working_days(start, days)
    between = (start.date() + timedelta(days=n) for n in range(1, (end.date() - start.date()).days + 1))
    assert is_working_day(end.date())
    assert sum(map(is_working_day, between)) == days
