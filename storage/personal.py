"""What is known of a person beyond how they are talked to: a phone number, a year of birth, who entered them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from storage.schema import people


@dataclass(frozen=True, slots=True)
class Details:
    """Each only if somebody gave it."""

    phone: str | None = None
    """E.164."""
    birth_year: int | None = None
    preferred_account: str | None = None
    entered_by: int | None = None


_DETAILS = select(*(people.c[name] for name in Details.__dataclass_fields__))


def details(tx: Connection, person: int) -> Details:
    """What is known; nothing of somebody unknown."""
    row = tx.execute(_DETAILS.where(people.c.id == person)).one_or_none()
    return Details(*row) if row else Details()


def set_phone(tx: Connection, person: int, phone: str | None) -> None:
    """Keep another number, or none."""
    tx.execute(update(people).where(people.c.id == person).values(phone=phone))


def set_birth_year(tx: Connection, person: int, year: int | None) -> None:
    """Keep another year, or none."""
    tx.execute(update(people).where(people.c.id == person).values(birth_year=year))
