"""Photos and recordings of tickets: dropped when they have been kept long enough, or whose they are wants it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, select

from storage import files as kept
from storage.schema import files, ticket_files, tickets


def drop_closed(tx: Connection, closed_by: str, at: datetime, most: int) -> int:
    """Forget some files of tickets closed till a day; jobs remove their bytes. Call again until it returns 0."""
    return _drop(tx, tickets.c.closed_on <= closed_by, at, most)


def drop_of_person(tx: Connection, person: int, at: datetime, *, only_photos: bool = False) -> None:
    """Forget what somebody sent along."""
    mine = tickets.c.person_id == person
    _drop(tx, mine & (files.c.kind == "photo") if only_photos else mine, at)


def _drop(tx: Connection, which: ColumnElement[bool], at: datetime, most: int | None = None) -> int:
    query = select(ticket_files.c.file_id).join(tickets, tickets.c.id == ticket_files.c.ticket_id)
    query = query.join(files, files.c.id == ticket_files.c.file_id).where(which).order_by(ticket_files.c.file_id)
    numbers = list(tx.scalars(query.limit(most)))
    for number in numbers:
        kept.erase(tx, number, at)
    tx.execute(delete(ticket_files).where(ticket_files.c.file_id.in_(numbers)))
    return len(numbers)
