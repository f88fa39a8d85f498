"""Questions that letters carried, until they are taken up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, select, update

from conversation.messages import Address, Opening
from conversation.state import Offer
from storage.schema import offers
from storage.times import to_ms

LONGEST_MS = 30 * 24 * 3600 * 1000
"""An offer nobody took up in 30 days is over."""

OFFER = (
    offers.c.id,
    offers.c.talk,
    offers.c.given,
    offers.c.question,
    offers.c.choices,
    func.coalesce(offers.c.delivered_at, offers.c.posted_at),
    offers.c.taken_at,
)
"""What `read` reads."""
NEWEST_FIRST = (offers.c.delivered_at.desc(), offers.c.id.desc())
_ONE = select(*OFFER).where(
    offers.c.account == bindparam("account"),
    offers.c.chat == bindparam("chat"),
    offers.c.id == bindparam("number"),
)
_TAKE = update(offers).where(offers.c.id == bindparam("number"))


def read(row: Sequence[Any]) -> Offer:
    """The offer in a row of `OFFER`."""
    number, talk, given, question, choices, at, taken_at = row
    return Offer(number, Opening(talk, given, question), [(key, label) for key, label in choices], at, taken_at)


def are_open(account: ColumnElement[str], chat: ColumnElement[str]) -> ColumnElement[bool]:
    """Delivered to this chat after the parameter `since`, and not taken up."""
    here = and_(offers.c.account == account, offers.c.chat == chat)
    return and_(here, offers.c.taken_at.is_(None), offers.c.delivered_at >= bindparam("since"))


def since(at: datetime) -> int:
    """From when on an offer still stands, ms UTC."""
    return to_ms(at) - LONGEST_MS


def offer(tx: Connection, address: Address, number: int) -> Offer | None:
    """An offer made to this very chat, taken or not."""
    row = tx.execute(_ONE, {"account": address.account, "chat": address.chat, "number": number}).one_or_none()
    return read(row) if row else None


def take(tx: Connection, number: int, at: datetime) -> None:
    """The person took it up."""
    tx.execute(_TAKE, {"number": number, "taken_at": to_ms(at)})
