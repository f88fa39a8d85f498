"""Two records that turned out to be one person: everything of the one follows the other, and the empty one goes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Row, and_, delete, exists, or_, select, update

from storage import audit
from storage.invites import has_office
from storage.memberships import follow_homes
from storage.schema import (
    channel_accounts,
    consents,
    data_links,
    deliveries,
    duplicate_pairs,
    invites,
    link_codes,
    memberships,
    outbox,
    people,
    roles,
    ticket_events,
    tickets,
)
from storage.times import day_of, to_ms
from storage.upsert import insert_or_ignore

FOLLOWS: tuple[Column[Any], ...] = (
    channel_accounts.c.person_id,
    channel_accounts.c.helping_id,
    consents.c.person_id,
    consents.c.entered_by,
    deliveries.c.person_id,
    invites.c.used_by,
    invites.c.issuer_id,
    invites.c.helps_id,
    memberships.c.person_id,
    outbox.c.subject_id,
    people.c.entered_by,
    roles.c.person_id,
    roles.c.granted_by,
    roles.c.helps_id,
    ticket_events.c.author_id,
    ticket_events.c.on_behalf_of,
    tickets.c.person_id,
)
"""Columns that name a person and simply name the other one afterwards. The log never changes: it notes the joining."""
APART: tuple[Column[Any], ...] = (
    data_links.c.person_id,
    duplicate_pairs.c.first_id,
    duplicate_pairs.c.second_id,
    link_codes.c.person_id,
    link_codes.c.issued_by,
)
"""Columns that name a person and are seen to by themselves."""
FILLED = ("name", "honorific", "language", "unit_code", "birth_year", "phone", "preferred_account", "entered_by")
"""What is known of the one who goes fills what is not known of the one who stays."""
SCOPE = ("role", "unit_code", "organisation_code", "branch_id")


def join(tx: Connection, kept: int, gone: int, by: int | str, at: datetime, *, of_place: Collection[str] = ()) -> None:
    """Make one person of two; consents `of_place` are given for a place, so they do not follow to another.

    Afterwards nobody has the id `gone`, except the log. ValueError when either is not there.
    """
    there = {row.id: row for row in tx.execute(select(people).where(people.c.id.in_((kept, gone))))}
    if kept == gone or len(there) < 2:  # noqa: PLR2004 - one and another
        raise ValueError("two people are joined, not one")
    _memberships_become_one(tx, kept, gone, at)
    _consents_become_one(tx, kept, gone, at, () if _same_place(there[kept], there[gone]) else of_place)
    _chats_carry_no_more(tx, kept, gone)
    _offices_become_one(tx, kept, gone, at)
    _pairs_follow(tx, kept, gone)
    tx.execute(delete(link_codes).where(or_(link_codes.c.person_id == gone, link_codes.c.issued_by == gone)))
    tx.execute(delete(data_links).where(data_links.c.person_id.in_((kept, gone))))  # it was given for less
    for column in FOLLOWS:
        tx.execute(update(column.table).where(column == gone).values({column: kept}))
    tx.execute(update(people).where(people.c.id == kept).values(_filled(there[kept], there[gone])))
    follow_homes(tx, persons=[kept])
    tx.execute(delete(people).where(people.c.id == gone))
    audit.note(tx, by, at, audit.JOINED, "person", str(gone), subject=kept)


def _same_place(kept: Row[Any], gone: Row[Any]) -> bool:
    return kept.unit_code is None or kept.unit_code == gone.unit_code


def _filled(kept: Row[Any], gone: Row[Any]) -> dict[str, object]:
    known: dict[str, object] = {name: kept._mapping[name] or gone._mapping[name] for name in FILLED}
    known["name_fold"] = kept.name_fold if kept.name else gone.name_fold
    known["registered_at"] = min(kept.registered_at, gone.registered_at)
    return known


def _memberships_become_one(tx: Connection, kept: int, gone: int, at: datetime) -> None:
    """One belongs to an organisation once: the same branch twice is one entry, of two branches the other was left."""
    mine, theirs = memberships.alias(), memberships.c
    in_both = and_(
        mine.c.person_id == kept, mine.c.ended_on.is_(None), mine.c.organisation_code == theirs.organisation_code
    )
    double = (theirs.person_id == gone, theirs.ended_on.is_(None))
    same_branch = exists().where(in_both, mine.c.branch_id == theirs.branch_id)
    tx.execute(delete(memberships).where(*double, same_branch))
    today = day_of(at)
    left = {"status": "moved", "status_on": today, "ended_on": today}
    tx.execute(update(memberships).where(*double, exists().where(in_both)).values(left))


def _consents_become_one(tx: Connection, kept: int, gone: int, at: datetime, stay_behind: Collection[str]) -> None:
    """All proofs follow; a yes holds on unless the one who stays said the same, or took it back later."""
    mine, theirs = consents.alias(), consents.c
    settled = exists().where(
        mine.c.person_id == kept,
        mine.c.purpose == theirs.purpose,
        or_(mine.c.withdrawn_at.is_(None), mine.c.withdrawn_at >= theirs.given_at),
    )
    in_force = (theirs.person_id == gone, theirs.withdrawn_at.is_(None))
    ends = or_(settled, theirs.purpose.in_(stay_behind))
    tx.execute(update(consents).where(*in_force, ends).values(withdrawn_at=to_ms(at)))


def _chats_carry_no_more(tx: Connection, kept: int, gone: int) -> None:
    """An office is not had in chats that come to it, nor in those it comes to, until a code proves each."""
    if not (has_office(tx, kept) or has_office(tx, gone)):
        return
    doubted = gone if has_office(tx, kept) else kept
    tx.execute(update(channel_accounts).where(channel_accounts.c.person_id == doubted).values(unproven=True))


def _offices_become_one(tx: Connection, kept: int, gone: int, at: datetime) -> None:
    """An office held twice is held once, and nobody is their own helper."""
    named = or_(roles.c.person_id.in_((kept, gone)), roles.c.helps_id.in_((kept, gone)))
    held: set[tuple[object, ...]] = set()
    for row in tx.execute(select(roles).where(named, roles.c.revoked_at.is_(None)).order_by(roles.c.id)).all():
        person, helped = (kept if number == gone else number for number in (row.person_id, row.helps_id))
        office = (person, helped, *(row._mapping[name] for name in SCOPE))
        if office in held or person == helped:
            tx.execute(update(roles).where(roles.c.id == row.id).values(revoked_at=to_ms(at)))
        held.add(office)
    helps_the_other = channel_accounts.c.helping_id.in_((kept, gone)), channel_accounts.c.person_id.in_((kept, gone))
    tx.execute(update(channel_accounts).where(*helps_the_other).values(helping_id=None))


def _pairs_follow(tx: Connection, kept: int, gone: int) -> None:
    """Whom one of them may be, the other may be too."""
    with_gone = or_(duplicate_pairs.c.first_id == gone, duplicate_pairs.c.second_id == gone)
    for row in tx.execute(select(duplicate_pairs).where(with_gone)).all():
        other = row.second_id if row.first_id == gone else row.first_id
        if other != kept:
            pair = {"first_id": min(kept, other), "second_id": max(kept, other)}
            insert_or_ignore(tx, duplicate_pairs, **{**row._mapping, **pair})
    tx.execute(delete(duplicate_pairs).where(with_gone))
