"""What somebody gave of their own accord, and may take back."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from storage.schema import people


def has_phone(tx: Connection, person: int) -> bool:
    """Whether a phone number of somebody is kept."""
    return tx.scalar(select(people.c.phone).where(people.c.id == person)) is not None


def forget_phone(tx: Connection, person: int) -> None:
    """Keep no phone number of somebody."""
    tx.execute(update(people).where(people.c.id == person).values(phone=None))
