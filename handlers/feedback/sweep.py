"""Once an hour by day: what has no name is told of, deadlines are watched, and silence closes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from conversation.messages import Json, phrase
from handlers.feature import Actor
from handlers.feedback import letters, texts
from handlers.feedback.commands import plan_sweep
from handlers.feedback.rules import IN_WORK, SILENT_AFTER, Act, Status, soon_from
from handlers.feedback.standing import latest, moment, move
from handlers.policy import Reach
from storage import tickets
from storage.tickets import Event, Ticket
from storage.times import day_of, from_ms

TIMER = "timer"
TOLD = "told"
TOLD_AS = {"opened": "new", Act.ADD: "added", Act.REOPEN: "reopened", Act.ESCALATE: "escalated"}
"""What a resident did, and the letter that tells of it."""
RESTARTS = ("opened", Act.REOPEN, Act.ESCALATE, Act.ADD)
"""After these a clock runs anew."""
LOOKAHEAD = timedelta(days=7)
"""Longer than the last fifth of any deadline, holidays included."""


def fire(tx: Connection, now: datetime, payload: Json) -> None:
    """The timer: sweep, and plan the next one."""
    sweep(tx, now, payload)
    plan_sweep(tx, now)


def sweep(tx: Connection, now: datetime, _payload: Json) -> None:
    """Look at every ticket with which something may have to be done."""
    silent_since = day_of(now - SILENT_AFTER)
    for ticket in tickets.to_watch(tx, now + LOOKAHEAD, silent_since, told=TOLD, answered=Act.ANSWER):
        history = tickets.events(tx, ticket.id)
        _tell(tx, ticket, history, now)
        if ticket.status in IN_WORK:
            _remind(tx, ticket, history, now)
        elif ticket.status == Status.ANSWERED:
            _close_silent(tx, ticket, history, now)
    tickets.mix_anonymous(tx, day_of(now))


def _tell(tx: Connection, ticket: Ticket, history: Sequence[Event], now: datetime) -> None:
    """What waited because its hour would have told who wrote, or because it was night."""
    done = latest(history, TOLD, *TOLD_AS)
    if done is None or done.kind == TOLD or (not ticket.anonymous and done.kind != "opened"):
        return
    letters.to_officers(tx, ticket, TOLD_AS[done.kind], now)
    if done.kind == Act.ESCALATE:
        letters.to_officers(tx, ticket, "escalated", now, Reach.ESCALATED)
    tickets.happened(tx, ticket, TOLD, now)


def _remind(tx: Connection, ticket: Ticket, history: Sequence[Event], now: datetime) -> None:
    """Once when most of the time is gone, once when all of it is: anew whenever a clock runs anew."""
    began, due = latest(history, *RESTARTS), from_ms(ticket.resolve_by)
    said = latest(history, "due_soon", "overdue", *RESTARTS)
    if began is None or said is None or said.kind == "overdue":
        return
    if now >= due:
        kind = "overdue"
    elif said.kind != "due_soon" and now >= soon_from(moment(began), due):
        kind = "due_soon"
    else:
        return
    letters.to_officers(tx, ticket, kind, now)
    tickets.happened(tx, ticket, kind, now)


def _close_silent(tx: Connection, ticket: Ticket, history: Sequence[Event], now: datetime) -> None:
    """Never counted as satisfied: silence is not a yes."""
    answered = latest(history, Act.ANSWER)
    if answered is None or now < moment(answered) + SILENT_AFTER:
        return
    ticket = move(tx, Actor(now, operator=TIMER), tickets.found(tx, ticket.id), Act.FALL_SILENT)
    words = phrase(texts.FELL_SILENT, code=ticket.code, short=f"PA {ticket.code[-4:]}")
    letters.to_resident(tx, ticket, words, now)
