"""What residents do: open a ticket, say more, say whether it is solved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from conversation.messages import Command, FileRef, Rejected, Words
from handlers import policy
from handlers.enrolling import ONLY_IN_A_CHAT, agree, enrol
from handlers.feature import Actor
from handlers.feedback import letters, texts
from handlers.feedback.photos import require_consent
from handlers.feedback.rules import (
    MOST_A_DAY,
    MOST_REOPENED,
    Act,
    Deadlines,
    after,
    again_by,
    deadlines,
    starts,
)
from handlers.feedback.standing import add_words, keep_files, last, move, own
from handlers.feedback.topics import NAMES
from handlers.policy import Action, Object, Reach
from handlers.purposes import REPLY
from scheduler.civil_zone import VIETNAM
from storage import jobs, people, tickets, units
from storage.tickets import Ticket
from storage.times import day_of, to_ms

DAYTIME = (7, 21)
"""The hours in which officers are told of what is not urgent; source: domain.md L11, quiet from 21:00."""
SWEEP = "feedback.sweep"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who signs a ticket, and the words they agreed to, if that was asked now."""

    honorific: str = ""
    name: str = ""
    language: str = ""
    agreed_to: Words | None = None
    photos: Words | None = None
    """The words agreed to about photos, if that was asked now."""


@dataclass(frozen=True, slots=True)
class OpenTicket(Command["Opened"]):
    """Report something; without a sender nobody is told by it."""

    unit: str
    topic: str
    text: str
    files: tuple[FileRef, ...]
    urgent: bool
    sender: Sender | None


@dataclass(frozen=True, slots=True)
class Opened:
    """What the receipt tells."""

    code: str
    claim: str
    times: Deadlines
    somebody: bool
    """Whether an officer was told or will be."""


@dataclass(frozen=True, slots=True)
class AddWords(Command[Ticket]):
    """Say more about one's ticket: in reply to an officer, or a further question."""

    ticket: int
    text: str
    files: tuple[FileRef, ...] = ()
    photos: Words | None = None
    """The words agreed to about photos, if that was asked now."""


@dataclass(frozen=True, slots=True)
class ConfirmSolved(Command[Ticket]):
    """It is done."""

    ticket: int


@dataclass(frozen=True, slots=True)
class Reopen(Command["Again"]):
    """It is not done."""

    ticket: int


@dataclass(frozen=True, slots=True)
class Again:
    """How it goes on."""

    how: Act
    by: datetime
    unit: str


@dataclass(frozen=True, slots=True)
class Withdraw(Command[Ticket]):
    """Take one's ticket back."""

    ticket: int


def open_ticket(tx: Connection, actor: Actor, command: OpenTicket) -> Opened:
    """Number it, file it and tell those in charge."""
    if command.topic not in NAMES or units.unit(tx, command.unit) is None:
        raise Rejected(texts.NOT_FOUND)
    policy.require(tx, actor, Action.TICKETS_OPEN, Object(command.unit), policy.NOT_FOR_ANOTHER)
    if command.sender is None and actor.on_behalf_of is not None:  # it would be written down for whom
        raise Rejected(policy.NOT_FOR_ANOTHER)
    plan_sweep(tx, actor.at)
    return _open_nameless(tx, actor, command) if command.sender is None else _open_named(tx, actor, command)


def _open_named(tx: Connection, actor: Actor, command: OpenTicket) -> Opened:
    person = _sender(tx, actor, command)
    if tickets.opened_by(tx, person, day_of(actor.at)) >= MOST_A_DAY and not command.urgent:
        raise Rejected(texts.TOO_MANY, most=MOST_A_DAY)
    require_consent(tx, actor, person, command.files, command.sender.photos if command.sender else None)
    times = deadlines(starts(actor.at, anonymous=False), command.urgent)
    ticket = tickets.add(
        tx,
        code=tickets.next_code(tx, actor.at),
        anonymous=False,
        person_id=person,
        helper=actor.person if actor.on_behalf_of is not None else None,
        opened_at=to_ms(actor.at),
        **_contents(tx, actor, command, times),
    )
    return Opened(ticket.code, "", times, _announce(tx, ticket, actor.at))


def _open_nameless(tx: Connection, actor: Actor, command: OpenTicket) -> Opened:
    claim, kept = tickets.new_claim(tx)
    times = deadlines(starts(actor.at, anonymous=True), command.urgent)
    ticket = tickets.add(
        tx, code=tickets.random_code(tx), anonymous=True, claim_hash=kept, **_contents(tx, actor, command, times)
    )
    tickets.mix_anonymous(tx, ticket.opened_on)
    return Opened(ticket.code, claim, times, _announce(tx, ticket, actor.at))


def _contents(tx: Connection, actor: Actor, command: OpenTicket, times: Deadlines) -> dict[str, Any]:
    return {
        "unit_code": command.unit,
        "topic": command.topic,
        "text": command.text,
        "urgent": command.urgent,
        "status": "new",
        "opened_on": day_of(actor.at),
        "receive_by": to_ms(times.receive_by),
        "resolve_by": to_ms(times.resolve_by),
        "file_ids": keep_files(tx, actor, command.files),
    }


def _sender(tx: Connection, actor: Actor, command: OpenTicket) -> int:
    """The person who signs: known already, or from now on, because they agreed to be."""
    sender = command.sender or Sender()
    person = actor.whose
    if person is None:
        if sender.agreed_to is None:
            raise Rejected(ONLY_IN_A_CHAT)
        person = enrol(tx, actor, sender.honorific, command.unit, sender.language)
        people.change(tx, person, name=sender.name or None)
    if sender.agreed_to is not None:
        agree(tx, actor, person, REPLY, sender.agreed_to)
    elif not people.agrees(tx, person, REPLY):
        raise Rejected(texts.NOT_NOW)
    return person


def _announce(tx: Connection, ticket: Ticket, at: datetime) -> bool:
    """Tell officers: of danger at once, by day of what has a name; the rest waits for the next sweep."""
    if ticket.urgent or (not ticket.anonymous and DAYTIME[0] <= at.astimezone(VIETNAM).hour < DAYTIME[1]):
        told = letters.to_officers(tx, ticket, "urgent" if ticket.urgent else "new", at)
        tickets.happened(tx, ticket, "told", at)
        return told
    return bool(letters.in_charge_of(tx, ticket))


def plan_sweep(tx: Connection, at: datetime) -> None:
    """Look at all open tickets at the next full hour of the day: one job for all, so that it tells of nobody."""
    here = at.astimezone(VIETNAM).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    while not DAYTIME[0] <= here.hour <= DAYTIME[1]:
        here += timedelta(hours=1)
    jobs.enqueue(tx, SWEEP, {}, here, f"{SWEEP}:{to_ms(here)}")


# afterwards ---------------------------------------------------------------------------------------------------------


def add_own_words(tx: Connection, actor: Actor, command: AddWords) -> Ticket:
    """Pass on what the resident says."""
    ticket = own(tx, actor, command.ticket)
    require_consent(tx, actor, ticket.person_id or 0, command.files, command.photos)
    follow_up = ticket.status == "answered"
    ticket = add_words(tx, actor, ticket, command.text, command.files)
    if follow_up:
        tickets.change(tx, ticket.id, resolve_by=to_ms(again_by(actor.at)))
        ticket = tickets.found(tx, ticket.id)
    letters.to_officers(tx, ticket, "added", actor.at)
    return ticket


def confirm_solved(tx: Connection, actor: Actor, command: ConfirmSolved) -> Ticket:
    """Only a resident can say so."""
    ticket = move(tx, actor, own(tx, actor, command.ticket), Act.SOLVE)
    letters.thank_officers(tx, ticket, actor.at)
    return ticket


def reopen(tx: Connection, actor: Actor, command: Reopen) -> Again:
    """Open it again, twice; then pass it upwards; then own up."""
    return take_up_again(tx, actor, own(tx, actor, command.ticket))


def take_up_again(tx: Connection, actor: Actor, ticket: Ticket, words: str = "") -> Again:
    """What "not yet" leads to, whoever says it."""
    by = again_by(starts(actor.at, ticket.anonymous))
    if ticket.reopened < MOST_REOPENED:
        ticket = move(tx, actor, ticket, Act.REOPEN, words, reopened=ticket.reopened + 1, resolve_by=to_ms(by))
        _tell(tx, ticket, "reopened", actor.at)
        return Again(Act.REOPEN, by, ticket.unit_code)
    if last(tx, ticket, Act.ESCALATE) is None:
        ticket = move(tx, actor, ticket, Act.ESCALATE, words, resolve_by=to_ms(by))
        _tell(tx, ticket, "escalated", actor.at)
        return Again(Act.ESCALATE, by, ticket.unit_code)
    move(tx, actor, ticket, Act.GIVE_UP, words)
    return Again(Act.GIVE_UP, by, ticket.unit_code)


def _tell(tx: Connection, ticket: Ticket, kind: str, at: datetime) -> None:
    """A letter about a ticket without a name waits for the sweep: its hour would tell who wrote."""
    if not ticket.anonymous:
        letters.to_officers(tx, ticket, kind, at)
        if kind == "escalated":
            letters.to_officers(tx, ticket, kind, at, Reach.ESCALATED)


def withdraw(tx: Connection, actor: Actor, command: Withdraw) -> Ticket:
    """The resident no longer asks."""
    ticket = own(tx, actor, command.ticket)
    after(Act.WITHDRAW, ticket.status)
    return move(tx, actor, ticket, Act.WITHDRAW)
