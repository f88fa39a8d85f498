"""Tickets: what people report, what was done about it, and how nobody is told from those without a name."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningInsert

from conversation.answers import fold
from storage import contents
from storage.ids import random_id
from storage.schema import counters, files, ticket_events, ticket_files, tickets, unit_closure
from storage.times import VIETNAM, day_of, to_ms
from storage.upsert import insert_into, insert_or_ignore

KEY_ROW = "claim_key"
AWAITED = ("new", "received", "waiting", "forwarded")
"""States in which an answer is still due."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticket, as stored."""

    id: int
    code: str
    unit_code: str
    topic: str
    text: str
    urgent: bool
    anonymous: bool
    person_id: int | None
    status: str
    opened_on: str
    opened_at: int | None
    receive_by: int
    resolve_by: int
    received_at: int | None
    reopened: int
    closed_on: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a ticket; of one without a name only the day is known."""

    kind: str
    text: str
    author_id: int | None
    on_day: str
    at: int | None


_TICKET = select(*(tickets.c[field.name] for field in fields(Ticket)))
_EVENT = select(*(ticket_events.c[field.name] for field in fields(Event)))
_FOUND = _TICKET.where(tickets.c.id == bindparam("number")).with_for_update()
_HISTORY = _EVENT.where(ticket_events.c.ticket_id == bindparam("number")).order_by(ticket_events.c.place)
_PLACE = select(func.count()).where(ticket_events.c.ticket_id == bindparam("of_ticket")).scalar_subquery()
_ADD = insert(tickets).returning(*_TICKET.selected_columns)
_NOTE = insert(ticket_events).values(place=_PLACE)
_OPENED = select(func.count()).where(
    tickets.c.person_id == bindparam("person"), tickets.c.opened_on == bindparam("day")
)


# numbers and codes --------------------------------------------------------------------------------------------------


def next_code(tx: Connection, at: datetime) -> str:
    """The month's next number, as in `PA 2611-0427`."""
    month = at.astimezone(VIETNAM).strftime("%y%m")
    counted = tx.execute(_count(tx.dialect.name), {"name": f"ticket:{month}", "value": 1})
    return f"PA {month}-{counted.scalar_one():04d}"


@cache
def _count(dialect: str) -> ReturningInsert[int]:
    row = insert_into(dialect, counters)
    counted = row.on_conflict_do_update(index_elements=["name"], set_={"value": counters.c.value + 1})
    return counted.returning(counters.c.value)


def random_code(tx: Connection) -> str:
    """A number that tells no order, as in `AD 4821-77`."""
    while True:
        digits = f"{secrets.randbelow(10**6):06d}"
        code = f"AD {digits[:4]}-{digits[4:]}"
        if tx.scalar(select(tickets.c.id).where(tickets.c.code == code)) is None:
            return code


def new_claim(tx: Connection) -> tuple[str, str]:
    """A claim code such as `4729-1836`, and the hash that is kept of it."""
    while True:
        digits = f"{secrets.randbelow(10**8):08d}"
        kept = claim_hash(tx, digits)
        if tx.scalar(select(tickets.c.id).where(tickets.c.claim_hash == kept)) is None:
            return f"{digits[:4]}-{digits[4:]}", kept


def claim_hash(tx: Connection, digits: str) -> str:
    """What is kept of a claim code.

    The key is a random row of this database: it needs no file of its own, and comes back with a backup. It makes the
    hashes of two installs differ. Who has the whole file can still try all codes, and would learn only what the file
    says anyway: the ticket, not its author.
    """
    insert_or_ignore(tx, counters, name=KEY_ROW, value=random_id())
    # Locked, so that on PostgreSQL tickets without a name are opened and mixed one after another.
    row = select(counters.c.value).where(counters.c.name == KEY_ROW).with_for_update()
    key: int = tx.execute(row).scalar_one()
    return hmac.new(key.to_bytes(8, "big"), digits.encode(), hashlib.sha256).hexdigest()


# writing ------------------------------------------------------------------------------------------------------------


def add(tx: Connection, *, text: str, file_ids: Sequence[int] = (), helper: int | None = None, **values: Any) -> Ticket:
    """A new ticket, with its first event, perhaps written by somebody who helps its sender."""
    number = random_id()
    opened = Ticket(*tx.execute(_ADD, {"id": number, "text": text, "fold": fold(text), **values}).one())
    attach(tx, number, file_ids)
    helped = None if helper is None else opened.person_id
    author = opened.person_id if helper is None else helper
    note(tx, opened, "opened", author=author, on_behalf_of=helped, day=opened.opened_on, at=opened.opened_at)
    return opened


def attach(tx: Connection, ticket: int, file_ids: Iterable[int]) -> None:
    """Put files to a ticket."""
    rows = [{"ticket_id": ticket, "file_id": file} for file in file_ids]
    if rows:
        tx.execute(insert(ticket_files), rows)


def note(
    tx: Connection,
    ticket: Ticket,
    kind: str,
    text: str = "",
    *,
    author: int | None,
    day: str,
    at: int | None,
    on_behalf_of: int | None = None,
) -> None:
    """Write down what happened; the hour is left out where there is no name."""
    row = {"id": random_id(), "ticket_id": ticket.id, "kind": kind, "text": text, "author_id": author, "on_day": day}
    row |= {"of_ticket": ticket.id, "at": None if ticket.anonymous else at, "on_behalf_of": on_behalf_of}
    tx.execute(_NOTE, row)


def happened(
    tx: Connection,
    ticket: Ticket,
    kind: str,
    at: datetime,
    text: str = "",
    author: int | None = None,
    on_behalf_of: int | None = None,
) -> None:
    """Write down what happened just now."""
    note(tx, ticket, kind, text, author=author, day=day_of(at), at=to_ms(at), on_behalf_of=on_behalf_of)


def change(tx: Connection, ticket: int, **values: Any) -> None:
    """Change a ticket's row."""
    tx.execute(update(tickets).where(tickets.c.id == ticket).values(**values))


# reading ------------------------------------------------------------------------------------------------------------


def found(tx: Connection, number: int) -> Ticket:
    """A ticket that is known to exist, locked for the rest of the transaction."""
    return Ticket(*tx.execute(_FOUND, {"number": number}).one())


def _one(tx: Connection, *where: ColumnElement[bool]) -> Ticket | None:
    row = tx.execute(_TICKET.where(*where)).one_or_none()
    return Ticket(*row) if row else None


def by_id(tx: Connection, number: int) -> Ticket | None:
    """A ticket by its id."""
    return _one(tx, tickets.c.id == number)


def by_code(tx: Connection, code: str) -> Ticket | None:
    """A ticket by its number, such as `PA 2611-0427`."""
    return _one(tx, tickets.c.code == code)


def by_claim(tx: Connection, digits: str) -> Ticket | None:
    """A ticket without a name, by the claim code's digits."""
    return _one(tx, tickets.c.claim_hash == claim_hash(tx, digits))


def of_person(tx: Connection, person: int, ending: str = "") -> list[Ticket]:
    """Somebody's own tickets, newest first; perhaps only those whose number ends so."""
    mine = _TICKET.where(tickets.c.person_id == person, tickets.c.code.endswith(ending, autoescape=True))
    return _all(tx, mine.order_by(tickets.c.opened_at.desc(), tickets.c.code.desc()))


def _all(tx: Connection, query: Select[*tuple[Any, ...]]) -> list[Ticket]:
    return [Ticket(*row) for row in tx.execute(query)]


def opened_by(tx: Connection, person: int, day: str) -> int:
    """How many tickets somebody opened on a day."""
    return tx.execute(_OPENED, {"person": person, "day": day}).scalar_one()


def open_under(tx: Connection, unit_codes: Sequence[str], limit: int, *, told: str, having: str = "") -> list[Ticket]:
    """Unanswered tickets of units and all below them, the first due first.

    Those without a name, unless urgent, only after the event `told`; all only if the event `having` has happened.
    """
    below = select(unit_closure.c.descendant).where(unit_closure.c.ancestor.in_(unit_codes))
    visible = or_(~tickets.c.anonymous, tickets.c.urgent, has_event(told))
    awaited = (tickets.c.status.in_(AWAITED), tickets.c.closed_on.is_(None))  # the latter names the partial index
    query = _TICKET.where(tickets.c.unit_code.in_(below), *awaited, visible)
    if having:
        query = query.where(has_event(having))
    return _all(tx, query.order_by(tickets.c.resolve_by, tickets.c.id).limit(limit))


def has_event(kind: str) -> ColumnElement[bool]:
    """Whether something of the kind has happened to a ticket."""
    of_it = and_(ticket_events.c.ticket_id == tickets.c.id, ticket_events.c.kind == kind)
    return select(ticket_events.c.id).where(of_it).exists()


def to_watch(tx: Connection, due_before: datetime, silent_since: str, *, told: str, answered: str) -> list[Ticket]:
    """Open tickets with which something may have to be done now, by id, so that their order tells nothing."""
    of_it = and_(ticket_events.c.ticket_id == tickets.c.id, ticket_events.c.kind == answered)
    silent = select(ticket_events.c.id).where(of_it, ticket_events.c.on_day <= silent_since).exists()
    due = and_(tickets.c.status.in_(AWAITED), tickets.c.resolve_by <= to_ms(due_before))
    pressing = or_(tickets.c.anonymous, ~has_event(told), due, and_(tickets.c.status == "answered", silent))
    return _all(tx, _TICKET.where(tickets.c.closed_on.is_(None), pressing).order_by(tickets.c.id))


def events(tx: Connection, ticket: int) -> list[Event]:
    """A ticket's history, oldest first."""
    return [Event(*row) for row in tx.execute(_HISTORY, {"number": ticket})]


def files_of(tx: Connection, ticket: int) -> list[int]:
    """The files of a ticket, in no telling order."""
    query = select(ticket_files.c.file_id).where(ticket_files.c.ticket_id == ticket)
    return list(tx.execute(query.order_by(ticket_files.c.file_id)).scalars())


# nobody -------------------------------------------------------------------------------------------------------------


def mix_anonymous(tx: Connection, day: str) -> None:
    """Write the day's tickets without a name anew, in the order of their random ids.

    Cells lie inside a page of a b-tree in the order of insertion, and on PostgreSQL ctid and xmin tell it too: who has
    the file could set the tickets beside the order in which people wrote. Rewritten together, they tell nothing.
    """
    days = [day, (date.fromisoformat(day) - timedelta(days=1)).isoformat()]
    unnamed = select(tickets.c.id).where(tickets.c.anonymous)
    these = list(tx.execute(unnamed.where(tickets.c.opened_on.in_(days))).scalars())
    # A file still awaited is written once more when it comes, so it is mixed only after that.
    theirs = select(ticket_files.c.file_id).where(ticket_files.c.ticket_id.in_(these))
    of_theirs = select(files.c.id, files.c.sha256).where(files.c.id.in_(theirs), files.c.state != "pending")
    settled = {row.id: row.sha256 for row in tx.execute(of_theirs)}
    of_the_day = and_(ticket_events.c.on_day.in_(days), ticket_events.c.ticket_id.in_(unnamed))
    taken = [
        _take_out(tx, ticket_files, ticket_files.c.file_id.in_(settled) | ticket_files.c.ticket_id.in_(these)),
        _take_out(tx, ticket_events, ticket_events.c.ticket_id.in_(these) | of_the_day),
        _take_out(tx, files, files.c.id.in_(settled)),
        _take_out(tx, tickets, tickets.c.id.in_(these)),
    ]
    for table, rows in reversed(taken):
        if rows:
            tx.execute(insert(table), rows)
    contents.mix(tx, set(filter(None, settled.values())))


def _take_out(tx: Connection, table: Table, where: ColumnElement[bool]) -> tuple[Table, list[dict[str, Any]]]:
    """Delete rows, and give them back in the order of their random ids."""
    query = select(table).where(where).order_by(*table.primary_key.columns)
    rows = [dict(row) for row in tx.execute(query).mappings()]
    tx.execute(delete(table).where(where))
    return table, rows
