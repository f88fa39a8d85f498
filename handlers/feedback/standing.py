"""Who may do what to a ticket, and the one way its state changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from conversation.messages import FileRef
from handlers import policy
from handlers.enrolling import known
from handlers.feature import Actor
from handlers.feedback import texts
from handlers.feedback.rules import CLOSED, Act, after, starts, waited
from handlers.policy import Action, Object
from scheduler.calendar_vn import closing_of
from storage import files, tickets
from storage.tickets import Event, Ticket
from storage.times import VIETNAM, day_of, from_ms, to_ms


def own(tx: Connection, actor: Actor, number: int) -> Ticket:
    """The actor's own ticket; anybody else's is as good as none."""
    known(tx, actor, Action.TICKETS_OWN)
    return _allowed(tx, actor, Action.TICKETS_OWN, number)


def in_charge(tx: Connection, actor: Actor, number: int, action: Action = Action.TICKETS_WORK) -> Ticket:
    """A ticket the actor is in charge of, or may read; any other is as good as none."""
    return _allowed(tx, actor, action, number)


def _allowed(tx: Connection, actor: Actor, action: Action, number: int) -> Ticket:
    ticket = tickets.by_id(tx, number)
    policy.require(tx, actor, action, as_object(tx, ticket) if ticket else None, texts.NOT_FOUND)
    return tickets.found(tx, number)


def as_object(tx: Connection, ticket: Ticket) -> Object:
    """A ticket as the policy sees it."""
    passed_up = any(event.kind == Act.ESCALATE for event in tickets.events(tx, ticket.id))
    return Object(ticket.unit_code, person=ticket.person_id, escalated=passed_up, kind="ticket", number=ticket.code)


def move(tx: Connection, actor: Actor, ticket: Ticket, act: Act, text: str = "", **values: Any) -> Ticket:
    """Do an act, if it may follow: the new state, the event, and what else changes with it."""
    status = after(act, ticket.status)
    if status in CLOSED:
        values["closed_on"] = day_of(actor.at)
    elif ticket.closed_on is not None:
        values["closed_on"] = None
    tickets.change(tx, ticket.id, status=status.value, **values)
    tickets.happened(tx, ticket, act.value, actor.at, text, actor.person, actor.on_behalf_of)
    return tickets.found(tx, ticket.id)


def add_words(tx: Connection, actor: Actor, ticket: Ticket, text: str, refs: tuple[FileRef, ...] = ()) -> Ticket:
    """Words of the resident's: after an answer they are one more question, after a question the reply to it."""
    changes: dict[str, Any] = {}
    if ticket.status == "waiting":
        changes["resolve_by"] = to_ms(waited(from_ms(ticket.resolve_by), *_waiting(tx, ticket, actor.at)))
    moved = move(tx, actor, ticket, Act.ADD, text, **changes)
    tickets.attach(tx, ticket.id, keep_files(tx, actor, refs))
    return moved


def keep_files(tx: Connection, actor: Actor, refs: tuple[FileRef, ...]) -> list[int]:
    """Have files fetched; their ids tell nothing."""
    if actor.address is None:
        return []
    return [files.expect(tx, ref, actor.address.account, day_of(actor.at)) for ref in refs]


def _waiting(tx: Connection, ticket: Ticket, at: datetime) -> tuple[datetime, datetime]:
    asked = last(tx, ticket, Act.ASK)
    return (moment(asked), starts(at, ticket.anonymous)) if asked else (at, at)


def moment(event: Event) -> datetime:
    """When something happened, as far as it is kept."""
    if event.at is not None:
        return from_ms(event.at)
    return closing_of(datetime.fromisoformat(event.on_day).replace(tzinfo=VIETNAM).date())


def last(tx: Connection, ticket: Ticket, *acts: str) -> Event | None:
    """The latest event of one of the kinds."""
    return latest(tickets.events(tx, ticket.id), *acts)


def latest(history: Sequence[Event], *acts: str) -> Event | None:
    """The latest event of one of the kinds, in a history already read."""
    return next((event for event in reversed(history) if event.kind in acts), None)
