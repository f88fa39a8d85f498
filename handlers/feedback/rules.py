"""The rules of a ticket: what may follow on what, and by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from conversation.messages import Rejected
from handlers.feedback import texts
from scheduler.calendar_vn import (
    add_working_days,
    add_working_hours,
    add_working_time,
    closing_of,
    working_time_between,
)
from scheduler.civil_zone import VIETNAM

HOURS_TO_RECEIVE, HOURS_IF_URGENT, DAYS_TO_RESOLVE = 8, 4, 5
MOST_REOPENED = 2
MOST_A_DAY = 10
SILENT_AFTER = timedelta(days=7)
SOON = 0.8
"""The part of the time after which those in charge are reminded."""


class Status(StrEnum):
    """Where a ticket stands."""

    NEW = "new"
    RECEIVED = "received"
    WAITING = "waiting"
    ANSWERED = "answered"
    FORWARDED = "forwarded"
    SOLVED = "closed_solved"
    SILENT = "closed_silent"
    UNSOLVED = "closed_unsolved"
    GUIDED = "guided"
    WITHDRAWN = "withdrawn"


CLOSED = frozenset({Status.SOLVED, Status.SILENT, Status.UNSOLVED, Status.GUIDED, Status.WITHDRAWN})
IN_WORK = frozenset({Status.NEW, Status.RECEIVED, Status.FORWARDED})
"""States in which an officer's answer is awaited."""


class Act(StrEnum):
    """What somebody does to a ticket; also the kind of the event that tells of it."""

    RECEIVE = "received"
    ANSWER = "answered"
    ASK = "asked"
    ADD = "added"
    FORWARD = "forwarded"
    ESCALATE = "escalated"
    GUIDE = "guided"
    SOLVE = "solved"
    REOPEN = "reopened"
    GIVE_UP = "gave_up"
    FALL_SILENT = "fell_silent"
    WITHDRAW = "withdrawn"


S = Status
FOLLOWS: dict[Act, dict[Status, Status]] = {
    Act.RECEIVE: {S.NEW: S.RECEIVED},
    Act.ANSWER: dict.fromkeys((*IN_WORK, S.WAITING), S.ANSWERED),
    Act.ASK: dict.fromkeys(IN_WORK, S.WAITING),
    Act.ADD: {
        S.NEW: S.NEW,
        S.RECEIVED: S.RECEIVED,
        S.FORWARDED: S.FORWARDED,
        S.WAITING: S.RECEIVED,
        S.ANSWERED: S.RECEIVED,
    },
    Act.FORWARD: dict.fromkeys((*IN_WORK, S.WAITING), S.FORWARDED),
    Act.ESCALATE: dict.fromkeys((*IN_WORK, S.WAITING, S.ANSWERED, S.SILENT), S.FORWARDED),
    Act.GUIDE: dict.fromkeys((*IN_WORK, S.WAITING), S.GUIDED),
    Act.SOLVE: dict.fromkeys((S.ANSWERED, S.SILENT), S.SOLVED),
    Act.REOPEN: dict.fromkeys((S.ANSWERED, S.SILENT), S.RECEIVED),
    Act.GIVE_UP: dict.fromkeys((S.ANSWERED, S.SILENT), S.UNSOLVED),
    Act.FALL_SILENT: {S.ANSWERED: S.SILENT},
    Act.WITHDRAW: dict.fromkeys((*IN_WORK, S.WAITING, S.ANSWERED), S.WITHDRAWN),
}
"""What each act turns a state into; what is not here is not done. Drawn in docs/ticket_states.md."""


def after(act: Act, status: str) -> Status:
    """The state that follows; `Rejected`, kindly, when the act makes no sense now."""
    follows = FOLLOWS[act].get(Status(status))
    if follows is None:
        raise Rejected(texts.CLOSED_ALREADY if status in CLOSED else texts.NOT_NOW)
    return follows


@dataclass(frozen=True, slots=True)
class Deadlines:
    """By when a ticket is received and resolved."""

    receive_by: datetime
    resolve_by: datetime


QUARTER = 15


def starts(at: datetime, anonymous: bool) -> datetime:
    """When a clock starts: at the last quarter of an hour, so that its end is easily said.

    For a ticket without a name it is the day's closing, because an hour would tell who sent it.
    """
    here = at.astimezone(VIETNAM)
    if anonymous:
        return closing_of(here.date())
    return here.replace(minute=here.minute // QUARTER * QUARTER, second=0, microsecond=0)


def deadlines(start: datetime, urgent: bool) -> Deadlines:
    """The time there is for a new ticket."""
    if urgent:
        by = add_working_hours(start, HOURS_IF_URGENT)
        return Deadlines(by, by)
    return Deadlines(add_working_hours(start, HOURS_TO_RECEIVE), add_working_days(start, DAYS_TO_RESOLVE))


def again_by(start: datetime) -> datetime:
    """The new deadline of a ticket that was taken up again."""
    return add_working_days(start, DAYS_TO_RESOLVE)


def waited(resolve_by: datetime, asked: datetime, replied: datetime) -> datetime:
    """The deadline without the office time during which an answer of the resident's was awaited."""
    return add_working_time(resolve_by, working_time_between(asked, replied))


def soon_from(start: datetime, resolve_by: datetime) -> datetime:
    """When most of the time is gone."""
    return add_working_time(start, working_time_between(start, resolve_by) * SOON)
