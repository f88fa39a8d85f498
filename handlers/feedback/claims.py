"""Tickets without a name: looked up, and spoken to, by the code that only their author has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from conversation.messages import Command, Rejected
from handlers.feature import Actor
from handlers.feedback.commands import Again, take_up_again
from handlers.feedback.rules import Act, Status
from handlers.feedback.standing import add_words
from handlers.policy import NOT_FOR_ANOTHER
from storage import tickets
from storage.invites import note_miss, too_many_misses
from storage.tickets import Event, Ticket


@dataclass(frozen=True, slots=True)
class LookUpClaim(Command["Claimed | Miss"]):
    """See a ticket by its claim code, and perhaps say more."""

    digits: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A ticket without a name, as its author may see it."""

    ticket: Ticket
    events: tuple[Event, ...]
    again: Again | None = None


Miss = Literal["unknown", "too_often"]


def look_up_claim(tx: Connection, actor: Actor, command: LookUpClaim) -> Claimed | Miss:
    """The code alone gives the right; a miss is counted, and so is no `Rejected`, which would undo the count."""
    if actor.address is None or too_many_misses(tx, actor.address, actor.at):
        return "too_often"
    if actor.on_behalf_of is not None:  # it would be written down for whom
        raise Rejected(NOT_FOR_ANOTHER)
    ticket = tickets.by_claim(tx, command.digits)
    if ticket is None:
        note_miss(tx, actor.address, actor.at)
        return "unknown"
    nobody = Actor(actor.at)  # who holds the code is not written down, though the chat may be a known person's
    again = _say_more(tx, nobody, ticket, command.words) if command.words else None
    if again is not None:
        tickets.mix_anonymous(tx, ticket.opened_on)
    return Claimed(tickets.found(tx, ticket.id), tuple(tickets.events(tx, ticket.id)), again)


def _say_more(tx: Connection, actor: Actor, ticket: Ticket, words: str) -> Again:
    if ticket.status in (Status.ANSWERED, Status.SILENT):
        return take_up_again(tx, actor, ticket, words)
    add_words(tx, actor, ticket, words)
    return Again(Act.ADD, actor.at, ticket.unit_code)
