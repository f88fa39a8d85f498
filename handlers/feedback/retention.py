"""What tickets lose with time: their photos and recordings first, later who sent them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from conversation.answers import fold
from handlers.feedback.personal_data import clean_events, without_name
from storage import files, people, tickets
from storage.database import leave_no_trace
from storage.schema import ticket_events, ticket_files
from storage.schema import tickets as rows


def drop_files(tx: Connection, closed_by: str, at: datetime, most: int) -> int:
    """Forget files of tickets closed till a day; jobs remove their bytes."""
    query = select(ticket_files).join(rows, rows.c.id == ticket_files.c.ticket_id).where(rows.c.closed_on <= closed_by)
    links = tx.execute(query.order_by(ticket_files.c.file_id).limit(most)).all()
    for link in links:
        files.erase(tx, link.file_id, at)
    tx.execute(delete(ticket_files).where(ticket_files.c.file_id.in_([link.file_id for link in links])))
    return len(links)


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
    tx.execute(update(ticket_events).where(ticket_events.c.ticket_id == ticket.id).values(author_id=None))
