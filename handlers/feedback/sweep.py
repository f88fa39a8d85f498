"""Once an hour by day: what has no name is told of, deadlines are watched, and silence closes."""
from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from conversation.messages import Json, phrase
from handlers.feature import Actor
from handlers.feedback import letters, texts
from handlers.feedback.commands import plan_sweep
from handlers.feedback.rules import IN_WORK, SILENT_AFTER, SUPERIORS, Act, Status, soon_from
from handlers.feedback.standing import last, moment, move
from storage import tickets
from storage.tickets import Event, Ticket
from storage.times import day_of, from_ms

TIMER = "timer"
TOLD_AS = {"opened": "new", Act.ADD: "added", Act.REOPEN: "reopened", Act.ESCALATE: "escalated"}
"""What a resident did, and the letter that tells of it."""


def sweep(tx: Connection, now: datetime, _payload: Json) -> None:
    """Look at every open ticket, one after another in the order of their random ids."""
    for ticket in tickets.all_open(tx):
        _tell(tx, ticket, now)
        _remind(tx, ticket, now)
        if ticket.status == Status.ANSWERED:
            _close_silent(tx, ticket, now)
    tickets.mix_anonymous(tx, day_of(now))


def fire(tx: Connection, now: datetime, payload: Json) -> None:
    """The timer: sweep, and plan the next one."""
    sweep(tx, now, payload)
    plan_sweep(tx, now)


def _tell(tx: Connection, ticket: Ticket, now: datetime) -> None:
    """What waited because its hour would have told who wrote, or because it was night."""
    done = last(tx, ticket, "told", *TOLD_AS)
    if done is None or done.kind == "told" or (not ticket.anonymous and done.kind != "opened"):
        return
    letters.to_officers(tx, ticket, TOLD_AS[done.kind], now)
    if done.kind == Act.ESCALATE:
        letters.to_officers(tx, ticket, "escalated", now, SUPERIORS)
    tickets.happened(tx, ticket, "told", now)


def _remind(tx: Connection, ticket: Ticket, now: datetime) -> None:
    """Once when most of the time is gone, once when all of it is: anew after each new deadline."""
    if ticket.status not in IN_WORK:
        return
    began, due = _clock(tx, ticket), from_ms(ticket.resolve_by)
    for kind, by in (("overdue", due), ("due_soon", soon_from(began, due))):
        if now >= by:
            said = last(tx, ticket, "due_soon", "overdue", *RESTARTS)
            if said is None or said.kind not in (kind, "overdue"):
                letters.to_officers(tx, ticket, kind, now)
                tickets.happened(tx, ticket, kind, now)
            return


RESTARTS = (Act.REOPEN, Act.ESCALATE, Act.ADD)


def _clock(tx: Connection, ticket: Ticket) -> datetime:
    """When the present deadline began to run."""
    again: Event | None = last(tx, ticket, *RESTARTS)
    if again is not None:
        return moment(again)
    opened = last(tx, ticket, "opened")
    return moment(opened) if opened else from_ms(ticket.receive_by)


def _close_silent(tx: Connection, ticket: Ticket, now: datetime) -> None:
    """Never counted as satisfied: silence is not a yes."""
    answered = last(tx, ticket, Act.ANSWER)
    if answered is None or now < moment(answered) + SILENT_AFTER:
        return
    ticket = move(tx, Actor(now, operator=TIMER), tickets.found(tx, ticket.id), Act.FALL_SILENT)
    words = phrase(texts.FELL_SILENT, code=ticket.code, short=short_code(ticket.code))
    letters.to_resident(tx, ticket, words, now)


def short_code(code: str) -> str:
    """What to type to ask about a ticket again."""
    return f"PA {code[-4:]}"
