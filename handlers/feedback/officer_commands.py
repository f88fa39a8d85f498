"""What officers do to tickets: look, receive, answer, ask back, pass on, guide elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from conversation.messages import Command, Rejected, Words, phrase
from handlers import policy
from handlers.feature import Actor
from handlers.feedback import letters, officer_texts, texts
from handlers.feedback.rules import Act
from handlers.feedback.standing import as_object, in_charge, move
from handlers.policy import Action, Reach
from storage import audit, tickets
from storage.tickets import Ticket
from storage.times import to_ms

UP = "up"
PLACES = {"power": officer_texts.TO_POWER, "police": officer_texts.TO_POLICE, UP: texts.HIGHER}
"""Where tickets are often passed on to; other places are named in words."""


@dataclass(frozen=True, slots=True)
class ViewTicket(Command[Ticket]):
    """Open a ticket with its sender's name, which is written down."""

    ticket: int


@dataclass(frozen=True, slots=True)
class ReceiveTicket(Command[Ticket]):
    """Take it on."""

    ticket: int


@dataclass(frozen=True, slots=True)
class AnswerTicket(Command[Ticket]):
    """Answer it."""

    ticket: int
    text: str


@dataclass(frozen=True, slots=True)
class AskResident(Command[Ticket]):
    """Ask its sender something; the clock stands still until they reply."""

    ticket: int
    text: str


@dataclass(frozen=True, slots=True)
class ForwardTicket(Command[Ticket]):
    """Pass it to others, with words to its sender; `to` is a key of `PLACES` or a name."""

    ticket: int
    to: str
    words: str


@dataclass(frozen=True, slots=True)
class GuideTicket(Command[Ticket]):
    """It belongs elsewhere by law: say where."""

    ticket: int
    text: str


def place_words(to: str) -> Words:
    """How a place is called."""
    return PLACES.get(to, to)


def view_ticket(tx: Connection, actor: Actor, command: ViewTicket) -> Ticket:
    """The sender can see who looked."""
    ticket = in_charge(tx, actor, command.ticket, Action.TICKETS_READ)
    if actor.person is not None:
        works = policy.may(tx, actor, Action.TICKETS_WORK, as_object(tx, ticket))
        reason = "xử lý" if works else "kiểm tra"
        audit.note(tx, actor.person, actor.at, "view", "ticket", ticket.code, subject=ticket.person_id, reason=reason)
    return ticket


def receive_ticket(tx: Connection, actor: Actor, command: ReceiveTicket) -> Ticket:
    """From here on somebody has it in hand."""
    ticket = in_charge(tx, actor, command.ticket)
    return move(tx, actor, ticket, Act.RECEIVE, received_at=to_ms(actor.at))


def answer_ticket(tx: Connection, actor: Actor, command: AnswerTicket) -> Ticket:
    """The answer reaches the sender at once, or waits for their claim code."""
    ticket = in_charge(tx, actor, command.ticket)
    received = {} if ticket.received_at else {"received_at": to_ms(actor.at)}
    ticket = move(tx, actor, ticket, Act.ANSWER, command.text, **received)
    letters.answered(tx, ticket, command.text, actor.at)
    return ticket


def ask_resident(tx: Connection, actor: Actor, command: AskResident) -> Ticket:
    """A question back."""
    ticket = move(tx, actor, in_charge(tx, actor, command.ticket), Act.ASK, command.text)
    letters.asked(tx, ticket, command.text, actor.at)
    return ticket


def forward_ticket(tx: Connection, actor: Actor, command: ForwardTicket) -> Ticket:
    """Upwards, to those above the unit; anywhere else, the officer stays the one who answers."""
    ticket = in_charge(tx, actor, command.ticket)
    up = command.to == UP
    ticket = move(tx, actor, ticket, Act.ESCALATE if up else Act.FORWARD, "" if up else command.to)
    if up and not letters.to_officers(tx, ticket, "escalated", actor.at, Reach.ESCALATED):
        raise Rejected(officer_texts.NO_SUPERIOR)
    if up:
        tickets.happened(tx, ticket, "told", actor.at)
    words = phrase(texts.FORWARD_WORDS, words=command.words) if command.words else ""
    told = phrase(texts.FORWARDED, code=ticket.code, target=place_words(command.to), words=words)
    letters.to_resident(tx, ticket, told, actor.at)
    return ticket


def guide_ticket(tx: Connection, actor: Actor, command: GuideTicket) -> Ticket:
    """Closed here, because it begins elsewhere."""
    ticket = move(tx, actor, in_charge(tx, actor, command.ticket), Act.GUIDE, command.text)
    letters.to_resident(tx, ticket, phrase(texts.GUIDED, code=ticket.code, words=command.text), actor.at)
    return ticket
