"""Questions that letters carried, until they are taken up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update

from conversation.messages import Address, Opening
from conversation.state import Offer
from storage.schema import offers
from storage.times import to_ms

LONGEST_MS = 30 * 24 * 3600 * 1000
"""An offer nobody took up in 30 days is over."""

_OFFER = select(offers, func.coalesce(offers.c.delivered_at, offers.c.posted_at).label("at")).where(
    offers.c.account == bindparam("account"), offers.c.chat == bindparam("chat")
)
_ONE = _OFFER.where(offers.c.id == bindparam("number"))
_OPEN = _OFFER.where(offers.c.taken_at.is_(None), offers.c.delivered_at >= bindparam("since")).order_by(
    offers.c.delivered_at.desc(), offers.c.id.desc()
)


def _offer(row: Row[Any]) -> Offer:
    shown = [(key, label) for key, label in row.choices]
    return Offer(row.id, Opening(row.talk, row.given, row.question), shown, row.at, row.taken_at)


def open_offers(tx: Connection, address: Address, at: datetime) -> list[Offer]:
    """Delivered to this chat and not taken up, newest first."""
    here = {"account": address.account, "chat": address.chat, "since": to_ms(at) - LONGEST_MS}
    return [_offer(row) for row in tx.execute(_OPEN, here)]


def offer(tx: Connection, address: Address, number: int) -> Offer | None:
    """An offer made to this very chat, taken or not."""
    row = tx.execute(_ONE, {"account": address.account, "chat": address.chat, "number": number}).one_or_none()
    return _offer(row) if row else None


def take(tx: Connection, number: int, at: datetime) -> None:
    """The person took it up."""
    tx.execute(update(offers).where(offers.c.id == number).values(taken_at=to_ms(at)))
