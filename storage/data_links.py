"""Links by which people take their data away: one each, the newest, of which only a hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, select, update

from conversation.messages import Address
from storage.schema import data_links
from storage.times import from_ms, to_ms
from storage.upsert import insert_into

BYTES = 16
"""Nobody guesses 128 random bits; written in hexadecimal, no chat app cuts an end off a link."""
MOST_USES = 20
"""Whoever got hold of a link cannot keep us busy."""
OPEN_FOR = timedelta(minutes=2)
"""A chat app's browser may leave the download to the phone, which asks a second time."""


@dataclass(frozen=True, slots=True)
class DataLink:
    """Whose data a link leads to, and until when."""

    person: int
    until: datetime


def issue(tx: Connection, person: int, address: Address, at: datetime, holds: timedelta) -> str:
    """A new token, told once and kept nowhere; the person's earlier one leads nowhere from now on."""
    token = secrets.token_hex(BYTES)
    row = {
        "account": address.account,
        "chat": address.chat,
        "token_hash": _hash(token),
        "expires_at": to_ms(at + holds),
        "uses": 0,
        "open_until": None,
    }
    insert = insert_into(tx.dialect.name, data_links).values(person_id=person, **row)
    tx.execute(insert.on_conflict_do_update(index_elements=[data_links.c.person_id], set_=row))
    return token


def find(tx: Connection, token: str, at: datetime) -> DataLink | None:
    """Where a token leads; None for one that was never made, is over, or was used too often."""
    usable = (*_in_force(token, at), data_links.c.uses < MOST_USES)
    row = tx.execute(select(data_links.c.person_id, data_links.c.expires_at).where(*usable)).one_or_none()
    return DataLink(row.person_id, from_ms(row.expires_at)) if row else None


def press(tx: Connection, token: str, at: datetime) -> int | None:
    """Open it for a moment, once more; whose data it leads to, or None as for `find`."""
    used = {"uses": data_links.c.uses + 1, "open_until": to_ms(at + OPEN_FOR)}
    pressed = update(data_links).where(*_in_force(token, at), data_links.c.uses < MOST_USES).values(used)
    row = tx.execute(pressed.returning(data_links.c.person_id)).one_or_none()
    return row.person_id if row else None


def opened(tx: Connection, token: str, at: datetime) -> int | None:
    """Whose data it leads to, while it is open."""
    now_open = (*_in_force(token, at), data_links.c.open_until > to_ms(at))
    return tx.scalar(select(data_links.c.person_id).where(*now_open))


def of_person(tx: Connection, person: int) -> datetime | None:
    """Until when somebody's link holds, if they asked for one."""
    until = tx.scalar(select(data_links.c.expires_at).where(data_links.c.person_id == person))
    return from_ms(until) if until is not None else None


def forget(tx: Connection, person: int, address: Address | None = None) -> None:
    """A person's link leads nowhere any more; with an address, only if it was made for that chat."""
    theirs = [data_links.c.person_id == person]
    if address is not None:
        theirs += [data_links.c.account == address.account, data_links.c.chat == address.chat]
    tx.execute(delete(data_links).where(*theirs))


def forget_expired(tx: Connection, at: datetime) -> None:
    """Keep no link that is over."""
    tx.execute(delete(data_links).where(data_links.c.expires_at <= to_ms(at)))


def _in_force(token: str, at: datetime) -> tuple[ColumnElement[bool], ...]:
    # looked up by its hash: how long that takes tells nothing about the token
    return data_links.c.token_hash == _hash(token), data_links.c.expires_at > to_ms(at)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
