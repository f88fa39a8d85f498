"""What scripts may learn about tickets, each by its own right."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from conversation.messages import Query, Rejected, Words
from handlers import policy
from handlers.feature import Actor
from handlers.feedback import officer_texts, texts
from handlers.feedback.letters import letter_words, not_arrived
from handlers.feedback.rules import Act, Status
from handlers.feedback.standing import as_object, in_charge, own
from handlers.policy import Action, Reach
from handlers.purposes import PHOTOS, REPLY
from storage import people, tickets, units
from storage.tickets import Event, Ticket
from storage.times import to_ms
from storage.units import Unit

MOST_ON_DESK = 100


@dataclass(frozen=True, slots=True)
class Standing:
    """A ticket with its history."""

    ticket: Ticket
    events: tuple[Event, ...]

    def last_text(self, *kinds: str) -> str:
        """The words of the latest event of one of the kinds."""
        return next((event.text for event in reversed(self.events) if event.kind in kinds), "")


@dataclass(frozen=True, slots=True)
class Desk:
    """An officer's ticket with all that is needed to work on it."""

    standing: Standing
    unit: Unit
    sender: str
    files: tuple[int, ...]
    not_arrived: str | None
    """How the newest letter to the sender ended, if it did not arrive."""
    works: bool
    """Whether the reader may work on it, and so is told its sender's name."""


@dataclass(frozen=True, slots=True)
class MyTickets(Query[list[Ticket]]):
    """The asker's own, newest first; perhaps only those whose number ends so."""

    ending: str = ""


@dataclass(frozen=True, slots=True)
class MyTicket(Query[Standing]):
    """One of the asker's own."""

    ticket: int


@dataclass(frozen=True, slots=True)
class Signing(Query["Signature"]):
    """What is known about the asker as a sender."""


@dataclass(frozen=True, slots=True)
class MayKeepPhotos(Query[bool]):
    """Whether the asker agreed before that photos are kept."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Where they live, and whether they agreed to be answered."""

    unit: str
    agrees: bool
    helped: str | None = None
    """The name of the person this is done for, when it is done for another."""


@dataclass(frozen=True, slots=True)
class OnDesk(Query[list[Ticket]]):
    """Open tickets an officer is in charge of, the most pressing first."""


@dataclass(frozen=True, slots=True)
class DeskTicket(Query[Desk]):
    """One ticket an officer is in charge of."""

    ticket: int


@dataclass(frozen=True, slots=True)
class DeskCode(Query["int | None"]):
    """A ticket an officer is in charge of, by its number."""

    code: str


def my_tickets(tx: Connection, actor: Actor, query: MyTickets) -> list[Ticket]:
    """Strangers have none."""
    return [] if actor.whose is None else tickets.of_person(tx, actor.whose, query.ending)


def my_ticket(tx: Connection, actor: Actor, query: MyTicket) -> Standing:
    """Anybody else's is as good as none."""
    return _standing(tx, own(tx, actor, query.ticket))


def _standing(tx: Connection, ticket: Ticket) -> Standing:
    return Standing(ticket, tuple(tickets.events(tx, ticket.id)))


def signing(tx: Connection, actor: Actor, _query: Signing) -> Signature:
    """What need not be asked again."""
    if actor.whose is None:
        return Signature("", False)
    helped = people.person(tx, actor.on_behalf_of) if actor.on_behalf_of is not None else None
    return Signature(*people.signature(tx, actor.whose, REPLY), helped.name if helped else None)


def may_keep_photos(tx: Connection, actor: Actor, _query: MayKeepPhotos) -> bool:
    """What need not be asked again."""
    return actor.whose is not None and people.agrees(tx, actor.whose, PHOTOS)


def on_desk(tx: Connection, actor: Actor, _query: OnDesk) -> list[Ticket]:
    """Of one's own units, and what was passed up to one."""
    held = policy.offices(tx, actor, Action.TICKETS_READ)
    if not held:
        raise Rejected(officer_texts.NOT_AN_OFFICER)
    near, above = (policy.units_of(held, Action.TICKETS_READ, reach) for reach in (Reach.SCOPE, Reach.ESCALATED))
    listed = tickets.open_under(tx, near, MOST_ON_DESK, told="told")
    passed_up = tickets.open_under(tx, above, MOST_ON_DESK, told="told", having=Act.ESCALATE)
    seen = {ticket.id: ticket for ticket in (*listed, *passed_up)}
    return sorted(seen.values(), key=lambda ticket: (*_pressing(ticket, to_ms(actor.at)), ticket.code))


def _pressing(ticket: Ticket, now: int) -> tuple[int, int]:
    """Overdue first, then urgent, then new, then open; what waits for others last."""
    if ticket.resolve_by < now and ticket.status != Status.WAITING:
        return 0, ticket.resolve_by
    places = {Status.NEW: 2, Status.RECEIVED: 3, Status.ANSWERED: 6, Status.WAITING: 5, Status.FORWARDED: 4}
    return 1 if ticket.urgent else places[Status(ticket.status)], ticket.resolve_by


def desk_ticket(tx: Connection, actor: Actor, query: DeskTicket) -> Desk:
    """With the sender's name, which those in charge need."""
    ticket = in_charge(tx, actor, query.ticket, Action.TICKETS_READ)
    works = policy.may(tx, actor, Action.TICKETS_WORK, as_object(tx, ticket))
    sender = people.person(tx, ticket.person_id) if works and ticket.person_id is not None else None
    unit = units.unit(tx, ticket.unit_code)
    if unit is None:
        raise Rejected(texts.NOT_FOUND)
    files = tuple(tickets.files_of(tx, ticket.id))
    unreached = not_arrived(tx, ticket) if works else None
    return Desk(_standing(tx, ticket), unit, sender.name if sender else "", files, unreached, works)


def desk_code(tx: Connection, actor: Actor, query: DeskCode) -> int | None:
    """None for a number that is not theirs, as for one that does not exist."""
    ticket = tickets.by_code(tx, query.code)
    if ticket is None:
        return None
    on = as_object(tx, ticket)
    if policy.may(tx, actor, Action.TICKETS_READ, on):
        return ticket.id
    policy.note_refusal(tx, actor, (Action.TICKETS_READ, on.kind, on.number))
    return None


@dataclass(frozen=True, slots=True)
class LetterAbout(Query[Words]):
    """What a letter about a ticket said, asked once more."""

    ticket: int
    kind: str


def letter_about(tx: Connection, actor: Actor, query: LetterAbout) -> Words:
    """Only to those in charge."""
    return letter_words(tx, in_charge(tx, actor, query.ticket, Action.TICKETS_READ), query.kind)
