"""Letters about tickets: to those in charge, and to the one who asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from conversation.messages import Opening, Words, phrase
from handlers import dates, policy
from handlers.feedback import officer_texts, texts, topics
from handlers.letters import write_to
from handlers.policy import Action, Object, Reach
from storage import deliveries, tickets, units
from storage.tickets import Ticket
from storage.times import from_ms

RESIDENT = "resident"
RESOLUTION = {"solved": texts.SOLVED, "not_yet": texts.NOT_YET, "more": texts.ASK_MORE}
OPEN_OR_LATER = {"see": officer_texts.SEE, "later": officer_texts.LATER}
REPLY_OR_LATER = {"now": texts.ANSWER_NOW, "later": texts.ANSWER_LATER}


def short_topic(ticket: Ticket) -> Words:
    """A topic in one or two words."""
    return topics.NAMES[ticket.topic][1]


def letter_words(tx: Connection, ticket: Ticket, kind: str) -> Words:
    """What a letter of this kind, or the question that opens the ticket, says to an officer."""
    unit = units.unit(tx, ticket.unit_code)
    return phrase(
        officer_texts.LETTERS[kind],
        code=ticket.code,
        topic=short_topic(ticket),
        text=ticket.text,
        unit=unit.full_name if unit else "",
        resolve=dates.deadline(from_ms(ticket.resolve_by)),
    )


def in_charge_of(tx: Connection, ticket: Ticket, by: Reach = Reach.SCOPE) -> list[int]:
    """Those who look after the tickets of the unit, or take over what was passed upwards."""
    return policy.holders(tx, Action.TICKETS_WORK, Object(ticket.unit_code, escalated=True), by)


def to_officers(tx: Connection, ticket: Ticket, kind: str, at: datetime, by: Reach = Reach.SCOPE) -> bool:
    """Tell those in charge of the ticket; False when there is nobody."""
    officers = [each for each in in_charge_of(tx, ticket, by) if each != ticket.person_id]
    if not officers:
        return False
    words, key = letter_words(tx, ticket, kind), _key(tx, ticket, kind)
    opens = Opening("desk_open", {"ticket": ticket.id, "kind": kind, "subject": ticket.code}, "open")
    for officer in officers:
        letter = f"{key}:{officer}"
        write_to(tx, officer, words, key=letter, at=at, options=OPEN_OR_LATER, opens=opens, about=ticket.person_id)
    return True


def thank_officers(tx: Connection, ticket: Ticket, at: datetime) -> None:
    """Tell whoever answered that it helped."""
    words, key = (
        phrase(officer_texts.SOLVED_LETTER, code=ticket.code, topic=short_topic(ticket)),
        _key(tx, ticket, "solved"),
    )
    answered = {event.author_id for event in tickets.events(tx, ticket.id) if event.kind == "answered"}
    for officer in answered - {None, ticket.person_id}:
        if officer is not None:
            write_to(tx, officer, words, key=f"{key}:{officer}", at=at)


def to_resident(
    tx: Connection,
    ticket: Ticket,
    words: Words,
    at: datetime,
    *,
    options: Mapping[str, Words] | None = None,
    opens: Opening | None = None,
) -> None:
    """Tell the one who asked, if they left a name."""
    if ticket.person_id is not None:
        key = f"{_key(tx, ticket, RESIDENT)}:{ticket.person_id}"
        write_to(tx, ticket.person_id, words, key=key, at=at, options=options, opens=opens)


def answered(tx: Connection, ticket: Ticket, answer: str, at: datetime) -> None:
    """The answer, and the question whether that settles it."""
    words = phrase(texts.ANSWERED, code=ticket.code, answer=answer)
    opens = Opening("resolution", {"ticket": ticket.id, "subject": ticket.code}, "done")
    to_resident(tx, ticket, words, at, options=RESOLUTION, opens=opens)


def asked(tx: Connection, ticket: Ticket, question: str, at: datetime) -> None:
    """An officer's question, which may be answered in one's own words at once."""
    words = phrase(texts.ASKED, code=ticket.code, question=question)
    opens = Opening("more_info", {"ticket": ticket.id, "subject": ticket.code, "free": True}, "reply")
    to_resident(tx, ticket, words, at, options=REPLY_OR_LATER, opens=opens)


def not_arrived(tx: Connection, ticket: Ticket) -> str | None:
    """Why the newest letter to the one who asked did not arrive, if it did not."""
    return deliveries.not_arrived(tx, ticket.person_id, _begins(ticket, RESIDENT)) if ticket.person_id else None


def _begins(ticket: Ticket, kind: str) -> str:
    return f"ticket:{ticket.id}:{kind}:"


def _key(tx: Connection, ticket: Ticket, kind: str) -> str:
    """One letter of a kind for each reader and each step in the ticket's history, however often it is posted."""
    return f"{_begins(ticket, kind)}{len(tickets.events(tx, ticket.id))}"
