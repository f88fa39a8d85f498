"""People entered by somebody else: they have no chat, and what they agreed to is told by whoever asked them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, insert, update

from conversation.answers import fold
from conversation.messages import Address
from storage.ids import random_id
from storage.schema import channel_accounts, consents, people
from storage.times import to_ms


@dataclass(frozen=True, slots=True)
class Entered:
    """What is known of somebody, and who told it."""

    name: str
    honorific: str
    birth_year: int | None
    phone: str
    unit_code: str
    by: int


@dataclass(frozen=True, slots=True)
class Attested:
    """A yes that somebody else heard (`oral`) or has on paper (`paper`), told in a message from a chat."""

    purpose: str
    text: str
    kind: str
    by: int
    address: Address
    evidence: str


def enter(tx: Connection, who: Entered, at: datetime) -> int:
    """A new person; their id."""
    number = random_id()
    row = {
        "id": number,
        "name": who.name,
        "name_fold": fold(who.name),
        "honorific": who.honorific,
        "birth_year": who.birth_year,
        "phone": who.phone or None,
        "unit_code": who.unit_code,
        "entered_by": who.by,
        "registered_at": to_ms(at),
    }
    tx.execute(insert(people).values(row))
    return number


def attest(tx: Connection, person: int, what: Attested, at: datetime) -> None:
    """Keep the yes of somebody just entered, with who says that it was given."""
    row = {
        "person_id": person,
        "purpose": what.purpose,
        "text": what.text,
        "text_sha256": hashlib.sha256(what.text.encode()).hexdigest(),
        "account": what.address.account,
        "evidence": what.evidence,
        "kind": what.kind,
        "entered_by": what.by,
        "given_at": to_ms(at),
    }
    tx.execute(insert(consents).values(row))


def forget_who_entered(tx: Connection, person: int) -> None:
    """Whoever has a chat of their own tells about themselves now."""
    writes = exists().where(channel_accounts.c.person_id == person)
    tx.execute(update(people).where(people.c.id == person, writes).values(entered_by=None))
