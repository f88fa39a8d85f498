"""What tickets keep about people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select, update

from conversation.answers import fold
from conversation.messages import Json, Template, Words, phrase
from handlers.feedback import texts
from handlers.nameless import without_name
from storage import people, ticket_files, tickets
from storage.schema import ticket_events
from storage.tickets import Event, Ticket


class FeedbackData:
    """Named tickets; those without a name are nobody's, and cannot be found for anybody."""

    columns = frozenset({
        "tickets.person_id", "tickets.text", "tickets.fold", "ticket_events.author_id", "ticket_events.text",
        "ticket_events.on_behalf_of", "ticket_files.file_id",
    })  # fmt: skip
    erases: tuple[Template, ...] = (texts.DATA_ERASES,)
    keeps: tuple[Template, ...] = (texts.DATA_KEEPS,)

    def summary(self, tx: Connection, person: int) -> Iterable[Words]:
        """How many, and their numbers."""
        mine = tickets.of_person(tx, person)
        if mine:
            yield phrase(texts.DATA_SUMMARY, count=len(mine), codes=", ".join(ticket.code for ticket in mine[:5]))

    def export(self, tx: Connection, person: int) -> Json:
        """All tickets with their history."""
        return {"phan_anh": [_exported(tx, ticket) for ticket in tickets.of_person(tx, person)]}

    def erase(self, tx: Connection, person: int, at: datetime) -> None:
        """The matter stays, for the street light is still dark; whose it was is forgotten."""
        known = people.person(tx, person)
        ticket_files.drop_of_person(tx, person, at)
        for ticket in tickets.of_person(tx, person):
            text = without_name(ticket.text, known.name if known else "")
            tickets.change(tx, ticket.id, person_id=None, text=text, fold=fold(text))
            clean_events(tx, ticket, known.name if known else "")
        tx.execute(update(ticket_events).where(ticket_events.c.author_id == person).values(author_id=None))
        tx.execute(update(ticket_events).where(ticket_events.c.on_behalf_of == person).values(on_behalf_of=None))


def clean_events(tx: Connection, ticket: Ticket, name: str) -> None:
    """Take somebody's name and all phone numbers out of a ticket's history."""
    for row in tx.execute(select(ticket_events).where(ticket_events.c.ticket_id == ticket.id)).all():
        clean = without_name(row.text, name)
        if clean != row.text:
            tx.execute(update(ticket_events).where(ticket_events.c.id == row.id).values(text=clean))


def _exported(tx: Connection, ticket: Ticket) -> Json:
    return {
        "so": ticket.code,
        "ngay_gui": ticket.opened_on,
        "loai": ticket.topic,
        "noi_dung": ticket.text,
        "trang_thai": ticket.status,
        "dien_bien": [_told(event) for event in tickets.events(tx, ticket.id)],
    }


def _told(event: Event) -> Json:
    return {"ngay": event.on_day, "viec": event.kind, "noi_dung": event.text}
