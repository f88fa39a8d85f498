"""The peers' tables, in SQLAlchemy's ORM: what a careful bot keeps durably for the same talk, row by row."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Integer
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Big = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """All tables."""


class Seen(Base):
    """An update that took effect."""

    __tablename__ = "seen"
    update_id: Mapped[int] = mapped_column(Big, primary_key=True)


class Chat(Base):
    """Where a conversation stands."""

    __tablename__ = "chats"
    chat: Mapped[int] = mapped_column(Big, primary_key=True)
    state: Mapped[str | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Consent(Base):
    """A yes."""

    __tablename__ = "consents"
    id: Mapped[int] = mapped_column(Big, primary_key=True)
    chat: Mapped[int] = mapped_column(Big, index=True)
    text: Mapped[str]


class Counter(Base):
    """The last number given to a ticket of a month."""

    __tablename__ = "counters"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class Ticket(Base):
    """A ticket."""

    __tablename__ = "tickets"
    id: Mapped[int] = mapped_column(Big, primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    chat: Mapped[int] = mapped_column(Big, index=True)
    topic: Mapped[str]
    text: Mapped[str]


class Event(Base):
    """Something that happened to a ticket."""

    __tablename__ = "events"
    id: Mapped[int] = mapped_column(Big, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    kind: Mapped[str]


class Delivery(Base):
    """A letter that must reach somebody once."""

    __tablename__ = "deliveries"
    id: Mapped[int] = mapped_column(Big, primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)


class Offer(Base):
    """What a letter asked."""

    __tablename__ = "offers"
    id: Mapped[int] = mapped_column(Big, primary_key=True)
    chat: Mapped[int] = mapped_column(Big, index=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"), unique=True)


class Letter(Base):
    """A message that waits to be sent."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(Big, primary_key=True)
    chat: Mapped[int] = mapped_column(Big, index=True)
    text: Mapped[str]


class Job(Base):
    """Something to do later: here, to remind the officer."""

    __tablename__ = "jobs"
    key: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[int] = mapped_column(Big, index=True)


class Audit(Base):
    """Who did what."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(Big, primary_key=True)
    chat: Mapped[int] = mapped_column(Big, index=True)
    action: Mapped[str]


TABLES = {
    "inbox_updates": Seen, "chat_sessions": Chat, "consents": Consent, "tickets": Ticket, "ticket_events": Event,
    "deliveries": Delivery, "offers": Offer, "outbox": Letter, "audit": Audit,
}  # fmt: skip
"""The peers' table for each of ours."""
