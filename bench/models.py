"""The peers' tables: what a careful bot keeps durably for the same talk, in SQLAlchemy's ORM."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """All tables."""


class Seen(Base):
    """An update that took effect."""

    __tablename__ = "seen"
    update_id: Mapped[int] = mapped_column(primary_key=True)


class Chat(Base):
    """Where a conversation stands."""

    __tablename__ = "chats"
    chat: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Consent(Base):
    """A yes."""

    __tablename__ = "consents"
    id: Mapped[int] = mapped_column(primary_key=True)
    chat: Mapped[int] = mapped_column(index=True)
    text: Mapped[str]


class Ticket(Base):
    """A ticket."""

    __tablename__ = "tickets"
    id: Mapped[int] = mapped_column(primary_key=True)
    chat: Mapped[int] = mapped_column(index=True)
    topic: Mapped[str]
    text: Mapped[str]


class Event(Base):
    """Something that happened to a ticket."""

    __tablename__ = "events"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    kind: Mapped[str]


class Delivery(Base):
    """A letter that must reach somebody once."""

    __tablename__ = "deliveries"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)


class Offer(Base):
    """What a letter asked."""

    __tablename__ = "offers"
    id: Mapped[int] = mapped_column(primary_key=True)
    chat: Mapped[int] = mapped_column(index=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"), unique=True)


class Letter(Base):
    """A message that waits to be sent."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    chat: Mapped[int] = mapped_column(index=True)
    text: Mapped[str]


ROWS = {
    "inbox_updates": Seen, "chat_sessions": Chat, "consents": Consent, "tickets": Ticket, "ticket_events": Event,
    "deliveries": Delivery, "offers": Offer, "outbox": Letter,
}  # fmt: skip
"""The peer's table for each of ours."""
