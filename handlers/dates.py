"""Dates and hours as people say them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from conversation.messages import N_, Phrase, Template, phrase
from scheduler.calendar_vn import CLOSING, holidays_between
from scheduler.civil_zone import VIETNAM

WEEKDAYS = (
    N_("thứ Hai"),
    N_("thứ Ba"),
    N_("thứ Tư"),
    N_("thứ Năm"),
    N_("thứ Sáu"),
    N_("thứ Bảy"),
    N_("Chủ nhật"),
)
DAY_MONTH, DAY_MONTH_YEAR = N_("{weekday} {day}/{month}"), N_("{weekday} {day}/{month}/{year}")
FULL_HOUR = (N_("{hour} giờ sáng"), N_("{hour} giờ trưa"), N_("{hour} giờ chiều"), N_("{hour} giờ tối"))
HOUR_MINUTE = (
    N_("{hour} giờ {minute} sáng"),
    N_("{hour} giờ {minute} trưa"),
    N_("{hour} giờ {minute} chiều"),
    N_("{hour} giờ {minute} tối"),
)
STARTS_OF_PARTS = (11, 13, 18)
"""When trưa, chiều and tối begin."""
NOON = 12

CLOCK, CLOCK_FULL = N_("{hour} giờ {minute}"), N_("{hour} giờ")
BEFORE_MOMENT, BEFORE_END_OF_DAY = N_("trước {clock} {day}"), N_("chậm nhất hết {day}")
BOLD_DEADLINE = N_("**{when}**")
WITH_HOLIDAY, WITH_HOLIDAYS = N_("**{when}** ({day} nghỉ lễ)"), N_("**{when}** (đã trừ các ngày nghỉ lễ)")
SHORT_DAY = N_("{day}/{month}")
ALWAYS_SAID_AFTER = timedelta(days=300)


def local(moment: datetime) -> datetime:
    """The moment on Vietnam's clocks."""
    return moment.astimezone(VIETNAM)


def weekday(day: date) -> Template:
    """«thứ Ba»."""
    return WEEKDAYS[day.weekday()]


def day_words(day: date, today: date | None = None) -> Phrase:
    """«thứ Ba 1/12», with the year when it could be mistaken."""
    far = today is not None and abs(day - today) > ALWAYS_SAID_AFTER
    template = DAY_MONTH_YEAR if far else DAY_MONTH
    return phrase(template, weekday=weekday(day), day=day.day, month=day.month, year=day.year)


def hour_words(moment: datetime) -> Phrase:
    """«8 giờ sáng», «1 giờ 30 chiều»."""
    at = local(moment)
    part = sum(at.hour >= start for start in STARTS_OF_PARTS)
    hour = at.hour if at.hour <= NOON else at.hour - NOON
    if at.minute == 0:
        return phrase(FULL_HOUR[part], hour=hour)
    return phrase(HOUR_MINUTE[part], hour=hour, minute=f"{at.minute:02}")


def clock_words(moment: datetime) -> Phrase:
    """«7 giờ 30», «19 giờ»."""
    at = local(moment)
    return phrase(CLOCK, hour=at.hour, minute=f"{at.minute:02}") if at.minute else phrase(CLOCK_FULL, hour=at.hour)


def deadline(due: datetime) -> Phrase:
    """«trước 8 giờ sáng thứ Tư 25/11»; «chậm nhất hết thứ Ba 1/12» for the end of an office day."""
    at = local(due)
    if at.timetz().replace(tzinfo=None) == CLOSING:
        return phrase(BEFORE_END_OF_DAY, day=day_words(at.date()))
    return phrase(BEFORE_MOMENT, clock=hour_words(at), day=day_words(at.date()))


def said_deadline(due: datetime, since: datetime | None = None) -> Phrase:
    """A deadline in bold; with `since`, also the holidays that pushed it back."""
    off = holidays_between(since, due) if since else []
    if not off:
        return phrase(BOLD_DEADLINE, when=deadline(due))
    if len(off) > 1:
        return phrase(WITH_HOLIDAYS, when=deadline(due))
    return phrase(WITH_HOLIDAY, when=deadline(due), day=weekday(off[0]))


def iso_day(day: str) -> Phrase:
    """«23/11» for a stored day."""
    there = date.fromisoformat(day)
    return phrase(SHORT_DAY, day=there.day, month=there.month)
