"""People, the chats they write from, what they agreed to, and what they may do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, insert, or_, select, update

from conversation.answers import fold
from conversation.messages import Address
from storage.ids import random_id
from storage.memberships import follow_homes
from storage.schema import channel_accounts, consents, people, roles, units
from storage.times import to_ms
from storage.units import under
from storage.upsert import insert_or_ignore


@dataclass(frozen=True, slots=True)
class Person:
    """A registered person."""

    id: int
    name: str
    honorific: str
    language: str
    unit_code: str | None


@dataclass(frozen=True, slots=True)
class Role:
    """An office held over a unit and everything below it."""

    role: str
    unit_code: str
    organisation_code: str = ""
    """Empty for all organisations."""
    branch_id: int = 0
    """0 for all branches."""
    helps_id: int = 0
    """Whom a helper helps; 0 for nobody."""


@dataclass(frozen=True, slots=True)
class Consent:
    """A yes to one purpose, with the very words it was said to."""

    purpose: str
    text: str
    given_at: int
    kind: str = "chat"
    """How it was given: `chat`, or to somebody who entered it, `oral` or on `paper`."""
    entered_by: int | None = None


ROLE = tuple(roles.c[name] for name in Role.__dataclass_fields__)
PERSON = tuple(people.c[name] for name in Person.__dataclass_fields__)
_PERSON = select(*PERSON).where(people.c.id == bindparam("number"))
_PERSON_AT = (
    select(*PERSON)
    .join(channel_accounts, channel_accounts.c.person_id == people.c.id)
    .where(channel_accounts.c.account == bindparam("account"), channel_accounts.c.chat == bindparam("chat"))
)
_IN_FORCE = (consents.c.person_id == bindparam("number"), consents.c.withdrawn_at.is_(None))
_AGREES = exists().where(*_IN_FORCE, consents.c.purpose == bindparam("purpose"))
_DOES_AGREE = select(_AGREES)
_SIGNATURE = select(people.c.unit_code, _AGREES).where(people.c.id == bindparam("number"))
_CONSENT = tuple(consents.c[name] for name in Consent.__dataclass_fields__)
_CONSENTS = select(*_CONSENT).where(*_IN_FORCE).order_by(consents.c.id)


def _person(row: Row[*tuple[Any, ...]] | None) -> Person | None:
    return Person(*row) if row else None


def person_at(tx: Connection, address: Address) -> Person | None:
    """Who writes from this chat, if registered."""
    return _person(tx.execute(_PERSON_AT, {"account": address.account, "chat": address.chat}).one_or_none())


def person(tx: Connection, number: int) -> Person | None:
    """A person by id."""
    return _person(tx.execute(_PERSON, {"number": number}).one_or_none())


def register(tx: Connection, address: Address, honorific: str, unit_code: str | None, at: datetime) -> int:
    """A new person who writes from this chat; their id."""
    number = random_id()
    tx.execute(insert(people).values(id=number, honorific=honorific, unit_code=unit_code, registered_at=to_ms(at)))
    tx.execute(
        insert(channel_accounts).values(
            account=address.account, chat=address.chat, person_id=number, linked_at=to_ms(at)
        )
    )
    return number


def change(
    tx: Connection,
    number: int,
    *,
    name: str | None = None,
    honorific: str | None = None,
    unit_code: str | None = None,
    language: str | None = None,
    birth_year: int | None = None,
    phone: str | None = None,
) -> None:
    """Correct what is known of a person."""
    values: dict[str, object] = {
        "honorific": honorific,
        "unit_code": unit_code,
        "language": language,
        "birth_year": birth_year,
        "phone": phone,
    }
    if name is not None:
        values.update(name=name, name_fold=fold(name))
    known = {column: value for column, value in values.items() if value is not None}
    if known:
        tx.execute(update(people).where(people.c.id == number).values(**known))
    if unit_code is not None:
        follow_homes(tx, persons=[number])


def help_from(tx: Connection, address: Address, helped: int | None) -> None:
    """From now on what is done in this chat is done for somebody else, or (None) for oneself again."""
    row = update(channel_accounts).where(
        channel_accounts.c.account == address.account, channel_accounts.c.chat == address.chat
    )
    tx.execute(row.values(helping_id=helped))


def stop_helping(tx: Connection, helper: int, helped: int) -> None:
    """Whoever helps somebody no longer acts for themselves again in all their chats."""
    acting = (channel_accounts.c.person_id == helper, channel_accounts.c.helping_id == helped)
    tx.execute(update(channel_accounts).where(*acting).values(helping_id=None))


def helped_from(tx: Connection, address: Address) -> int | None:
    """For whom is done what is done in this chat; None when it is for oneself."""
    here = (channel_accounts.c.account == address.account, channel_accounts.c.chat == address.chat)
    return tx.scalar(select(channel_accounts.c.helping_id).where(*here))


def named_like(tx: Connection, name: str, path: str, most: int) -> list[Person]:
    """People below a place whose name ends with these words, marks aside."""
    below = select(units.c.code).where(under(path))
    folded = fold(name)
    alike = or_(people.c.name_fold == folded, people.c.name_fold.endswith(f" {folded}", autoescape=True))
    query = select(*PERSON).where(people.c.unit_code.in_(below), alike).order_by(people.c.name_fold, people.c.id)
    return [Person(*row) for row in tx.execute(query.limit(most))]


def set_blocked(tx: Connection, address: Address, at: datetime | None) -> None:
    """The person blocked the bot, or (None) let it write again."""
    row = update(channel_accounts).where(
        channel_accounts.c.account == address.account, channel_accounts.c.chat == address.chat
    )
    tx.execute(row.values(blocked_at=to_ms(at) if at else None))


# consent ------------------------------------------------------------------------------------------------------


def consent(
    tx: Connection, number: int, purpose: str, text: str, address: Address, evidence: str, at: datetime
) -> None:
    """Keep a yes with its exact text; a yes already in force stays as it was given."""
    insert_or_ignore(
        tx,
        consents,
        person_id=number,
        purpose=purpose,
        text=text,
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        account=address.account,
        evidence=evidence,
        given_at=to_ms(at),
    )


def consents_in_force(tx: Connection, number: int) -> list[Consent]:
    """What the person agrees to now, oldest first."""
    return [Consent(*row) for row in tx.execute(_CONSENTS, {"number": number})]


def agrees(tx: Connection, number: int, purpose: str) -> bool:
    """Whether a yes to the purpose is in force."""
    return bool(tx.execute(_DOES_AGREE, {"number": number, "purpose": purpose}).scalar_one())


def signature(tx: Connection, number: int, purpose: str) -> tuple[str, bool]:
    """The code of the unit a person lives in, perhaps empty, and whether they agree to the purpose."""
    row = tx.execute(_SIGNATURE, {"number": number, "purpose": purpose}).one_or_none()
    return (row[0] or "", row[1]) if row else ("", False)


def withdraw(tx: Connection, number: int, purposes: Iterable[str], at: datetime) -> None:
    """Take consents back; the proof that they were given stays."""
    in_force = (consents.c.person_id == number, consents.c.withdrawn_at.is_(None))
    named = consents.c.purpose.in_(list(purposes))
    tx.execute(update(consents).where(*in_force, named).values(withdrawn_at=to_ms(at)))


# roles --------------------------------------------------------------------------------------------------------


def grant(  # noqa: PLR0913 - the columns of a row
    tx: Connection,
    number: int,
    role: str,
    unit_code: str,
    at: datetime,
    *,
    organisation: str = "",
    branch: int = 0,
    helps: int = 0,
    by: int | None = None,
) -> None:
    """Give a role over a unit, perhaps of one organisation, branch or helped person; twice changes nothing."""
    scope = {"unit_code": unit_code, "organisation_code": organisation, "branch_id": branch, "helps_id": helps}
    insert_or_ignore(tx, roles, person_id=number, role=role, granted_at=to_ms(at), granted_by=by, **scope)


def roles_of(tx: Connection, number: int) -> list[Role]:
    """The roles a person holds now."""
    query = select(*ROLE).where(roles.c.person_id == number, roles.c.revoked_at.is_(None))
    return [Role(*row) for row in tx.execute(query.order_by(roles.c.id))]
