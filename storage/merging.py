"""Two records of one person become one: the older stays, and everything that hangs on the younger goes over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Connection, and_, delete, exists, insert, or_, select, update

from storage.duplicates import ordered
from storage.memberships import MOVED, follow_homes
from storage.schema import (
    channel_accounts,
    consents,
    deliveries,
    duplicate_pairs,
    invites,
    link_codes,
    memberships,
    people,
    roles,
    ticket_events,
    tickets,
)
from storage.times import day_of, to_ms

GOES_OVER: tuple[Column[int], ...] = (
    channel_accounts.c.person_id,
    channel_accounts.c.helping_id,
    consents.c.person_id,
    consents.c.entered_by,
    deliveries.c.person_id,
    invites.c.used_by,
    invites.c.issuer_id,
    link_codes.c.person_id,
    link_codes.c.issued_by,
    memberships.c.person_id,
    people.c.entered_by,
    roles.c.person_id,
    roles.c.helps_id,
    roles.c.granted_by,
    ticket_events.c.author_id,
    tickets.c.person_id,
)
"""Columns that name a person; the log is not among them, for what was written there is never changed."""
FILLED_IN = ("name", "name_fold", "honorific", "language", "unit_code", "birth_year", "phone", "preferred_account")
"""What the older record takes from the younger where it has nothing."""
EMPTY = {"name": "", "name_fold": "", "honorific": "", "language": ""}


def merge(tx: Connection, older: int, younger: int, at: datetime) -> None:
    """Everything in the caller's transaction; the younger row stays, empty, for the log names its number."""
    _end_twice(tx, older, younger, at)
    for column in GOES_OVER:
        tx.execute(update(column.table).where(column == younger).values({column.name: older}))
    _move_pairs(tx, older, younger)
    _fill_in(tx, older, younger)
    follow_homes(tx, persons=[older])


def _end_twice(tx: Connection, older: int, younger: int, at: datetime) -> None:
    """What both have in force, the younger has no longer: a rule of the table allows it once."""
    office = (roles.c.role, roles.c.unit_code, roles.c.organisation_code, roles.c.branch_id)
    moved = {"status": MOVED, "status_on": day_of(at), "ended_on": day_of(at)}
    withdrawn, revoked = {"withdrawn_at": to_ms(at)}, {"revoked_at": to_ms(at)}
    for whose, ended, keys, values in (
        (memberships.c.person_id, memberships.c.ended_on, (memberships.c.organisation_code,), moved),
        (consents.c.person_id, consents.c.withdrawn_at, (consents.c.purpose,), withdrawn),
        (roles.c.person_id, roles.c.revoked_at, (*office, roles.c.helps_id), revoked),
        (roles.c.helps_id, roles.c.revoked_at, (*office, roles.c.person_id), revoked),
    ):
        twin = whose.table.alias("twin")
        same = (twin.c[key.name] == key for key in keys)
        held = exists().where(twin.c[whose.name] == older, twin.c[ended.name].is_(None), *same)
        tx.execute(update(whose.table).where(whose == younger, ended.is_(None), held).values(values))


def _move_pairs(tx: Connection, older: int, younger: int) -> None:
    """What was said about the younger and others holds for the older, unless that was said already."""
    of = or_(duplicate_pairs.c.first_id == younger, duplicate_pairs.c.second_id == younger)
    for row in tx.execute(select(duplicate_pairs).where(of)).mappings().all():
        other = row["second_id"] if row["first_id"] == younger else row["first_id"]
        if other == older:
            continue
        first, second = ordered(older, other)
        there = and_(duplicate_pairs.c.first_id == first, duplicate_pairs.c.second_id == second)
        if tx.execute(select(duplicate_pairs.c.reason).where(there)).first() is None:
            tx.execute(insert(duplicate_pairs).values({**row, "first_id": first, "second_id": second}))
        said = and_(duplicate_pairs.c.first_id == row["first_id"], duplicate_pairs.c.second_id == row["second_id"])
        tx.execute(delete(duplicate_pairs).where(said))


def _fill_in(tx: Connection, older: int, younger: int) -> None:
    rows = {row["id"]: row for row in tx.execute(select(people).where(people.c.id.in_((older, younger)))).mappings()}
    mine, theirs = rows[older], rows[younger]
    found = {name: theirs[name] for name in FILLED_IN if not mine[name] and theirs[name]}
    writes = tx.execute(select(channel_accounts.c.chat).where(channel_accounts.c.person_id == older)).first()
    if writes is not None:
        found["entered_by"] = None  # they write themselves now
    if found:
        tx.execute(update(people).where(people.c.id == older).values(found))
    nothing = {name: EMPTY.get(name) for name in (*FILLED_IN, "entered_by")}
    tx.execute(update(people).where(people.c.id == younger).values(nothing))
