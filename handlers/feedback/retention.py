"""What tickets lose with time: who sent them."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from conversation.answers import fold
from handlers.feedback.personal_data import clean_events
from handlers.nameless import without_name
from storage import people, tickets
from storage.database import leave_no_trace
from storage.schema import ticket_events
from storage.schema import tickets as rows


def forget_senders(tx: Connection, closed_by: str, most: int) -> int:
    """Leave the matter of tickets closed till a day, and nobody's name."""
    old = (rows.c.closed_on <= closed_by, rows.c.person_id.is_not(None))
    numbers = list(tx.scalars(select(rows.c.id).where(*old).order_by(rows.c.id).limit(most)))
    for number in numbers:
        _forget_sender(tx, tickets.found(tx, number))
    if numbers:
        leave_no_trace(tx)
    return len(numbers)


def _forget_sender(tx: Connection, ticket: tickets.Ticket) -> None:
    sender = people.person(tx, ticket.person_id) if ticket.person_id is not None else None
    name = sender.name if sender else ""
    text = without_name(ticket.text, name)
    tickets.change(tx, ticket.id, person_id=None, text=text, fold=fold(text))
    clean_events(tx, ticket, name)
    nobody = {"author_id": None, "on_behalf_of": None}
    tx.execute(update(ticket_events).where(ticket_events.c.ticket_id == ticket.id).values(nobody))
