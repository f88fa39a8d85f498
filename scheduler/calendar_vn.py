"""Working time in Vietnam: public holidays, and the hours when offices are open.

`holidays` is imported only when a day is asked about: it takes long to load.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache

from scheduler.civil_zone import VIETNAM

OFFICE_HOURS = ((time(7, 30), time(11, 30)), (time(13), time(17)))
CLOSING = OFFICE_HOURS[-1][1]
SATURDAY = 5
DAY = timedelta(days=1)


@cache
def holidays_of(year: int) -> frozenset[date]:
    """The public holidays of a year, days off in lieu included."""
    import holidays  # noqa: PLC0415 - see above

    return frozenset(holidays.country_holidays("VN", years=year))


def is_holiday(day: date) -> bool:
    """Whether a day that is not a weekend is off."""
    return day.weekday() < SATURDAY and day in holidays_of(day.year)


def is_working_day(day: date) -> bool:
    """Whether offices are open on a day."""
    return day.weekday() < SATURDAY and day not in holidays_of(day.year)


def closing_of(day: date) -> datetime:
    """When offices close on a day, be it a working day or not."""
    return datetime.combine(day, CLOSING, VIETNAM)


def _open_spans(start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of office hours after a moment, without end; the first may be cut."""
    start = start.astimezone(VIETNAM)
    day = start.date()
    while True:
        for opens, closes in OFFICE_HOURS if is_working_day(day) else ():
            begin, end = datetime.combine(day, opens, VIETNAM), datetime.combine(day, closes, VIETNAM)
            if start < end:
                yield max(start, begin), end
        day += DAY


def add_working_time(start: datetime, worked: timedelta) -> datetime:
    """The moment at which so much office time has passed."""
    if worked <= timedelta():
        return start.astimezone(VIETNAM)
    spans = _open_spans(start)
    begin, end = next(spans)
    while end - begin < worked:
        worked -= end - begin
        begin, end = next(spans)
    return begin + worked


def add_working_hours(start: datetime, hours: float) -> datetime:
    """The moment at which so many office hours have passed."""
    return add_working_time(start, timedelta(hours=hours))


def add_working_days(start: datetime, days: int) -> datetime:
    """Closing time of the n-th working day after the day of `start`."""
    day = start.astimezone(VIETNAM).date()
    for _ in range(days):
        day += DAY
        while not is_working_day(day):
            day += DAY
    return closing_of(day)


def working_time_between(start: datetime, end: datetime) -> timedelta:
    """How much office time lies between two moments; nothing when they are the wrong way round."""
    worked = timedelta()
    for begin, close in _open_spans(start):
        if begin >= end:
            return worked
        worked += min(close, end) - begin
    raise AssertionError("office hours never end")


def holidays_between(start: datetime, end: datetime) -> list[date]:
    """The holidays on weekdays after the day of `start`, up to the day of `end`."""
    first, last = start.astimezone(VIETNAM).date(), end.astimezone(VIETNAM).date()
    days = (first + DAY * count for count in range(1, (last - first).days + 1))
    return [day for day in days if is_holiday(day)]
