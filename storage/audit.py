"""Who did what to whose data: written beside the act, in its transaction, chained, and never changed.

The rows hold people's numbers and no names, which are looked up when a row is shown: so nothing is left to take out
when somebody is erased, and the chain stays whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from storage.audit_chain import UNCHAINED, chain_up
from storage.schema import audit, branches, memberships, organisations, people, unit_closure
from storage.stays import stays_of
from storage.times import to_ms
from storage.unit_end import do_last

JOINED = "joined"
"""The act that made one record of two: its subject is the one that stayed, its object the id of the other."""
LISTED, BRANCH = "listed", "branch"
"""A branch's list of names was opened: one row for all who were on it, with no subject."""
MEMBER_LIST = "member_list"
"""A list that was entered, of an organisation in a unit: `pn@26878`; no subject either."""
TIMER = "timer"
"""Who acts when nobody did."""
EXPORTED = "exported"
"""Put on a list that leaves the program, which people see even when an operator did it."""
FETCHED = "fetched"
"""Taken away by a link, which asks nobody who they are: people see that, too."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One act, as it was written down, with the name that the person has today."""

    id: int
    at: int
    actor_id: int | None
    actor_name: str
    action: str
    object_kind: str
    object_id: str
    subject_id: int | None
    reason: str
    on_behalf_of: int | None


_AS_WRITTEN = [audit.c[name] for name in Entry.__dataclass_fields__ if name != "actor_name"]
_NAME = case((audit.c.actor_id.is_(None), audit.c.actor_name), else_=func.coalesce(people.c.name, "")).label("name")
_ENTRY = select(*_AS_WRITTEN[:3], _NAME, *_AS_WRITTEN[3:]).outerjoin(people, people.c.id == audit.c.actor_id)
_NOTE = insert(audit).inline()


def note(  # noqa: PLR0913 - the columns of a row
    tx: Connection,
    actor: int | str,
    at: datetime,
    action: str,
    object_kind: str,
    object_id: str,
    *,
    subject: int | None = None,
    reason: str = "",
    on_behalf_of: int | None = None,
) -> None:
    """Write down an act by a person, or (a name) by the operator's own tool.

    `subject` is whose data it touched, `on_behalf_of` whom the actor did it for.
    """
    act = {
        "at": to_ms(at),
        "actor_id": None if isinstance(actor, str) else actor,
        "actor_name": actor if isinstance(actor, str) else "",
        "action": action,
        "object_kind": object_kind,
        "object_id": object_id,
        "subject_id": subject,
        "reason": reason,
        "on_behalf_of": on_behalf_of,
        "hash": UNCHAINED,
    }
    tx.execute(_NOTE, act)
    do_last(tx, chain_up)


def by_others(tx: Connection, subject: int, *, most: int = 20) -> list[Entry]:
    """What other people did with somebody's data, newest first."""
    ids = selves(tx, subject)
    unnamed = audit.c.action.in_((EXPORTED, FETCHED))  # operators and links have no number
    other = or_(audit.c.actor_id.not_in(ids), unnamed)
    return _entries(tx, _ENTRY.where(audit.c.subject_id.in_(ids), other).order_by(audit.c.id.desc()).limit(most))


def lists_opened(tx: Connection, subject: int, *, most: int = 20) -> list[Entry]:
    """The lists of branches that others opened while somebody was on them, newest first."""
    on_them = [and_(audit.c.object_id.in_(stay.branches), audit.c.at >= stay.since, audit.c.at < stay.until)
               for stay in stays_of(tx, subject)]  # fmt: skip
    if not on_them:
        return []
    opened = (text("action = 'listed'"), audit.c.actor_id.not_in(selves(tx, subject)), or_(*on_them))
    return _entries(tx, _ENTRY.where(*opened).order_by(audit.c.at.desc(), audit.c.id.desc()).limit(most))


def about(tx: Connection, person: int) -> list[Entry]:
    """All entries in which somebody acts or is acted upon, oldest first."""
    return _entries(tx, _ENTRY.where(_concerns(selves(tx, person))).order_by(audit.c.id))


def listing(tx: Connection, *, person: int | None = None, unit: str = "", most: int) -> list[Entry]:
    """The newest entries: all, or those about a person, or about people who live in a unit or below it."""
    query = _ENTRY.order_by(audit.c.id.desc()).limit(most)
    if person is not None:
        query = query.where(_concerns(selves(tx, person)))
    if unit:
        below = select(unit_closure.c.descendant).where(unit_closure.c.ancestor == unit)
        there = select(people.c.id).where(people.c.unit_code.in_(below))
        query = query.where(or_(audit.c.actor_id.in_(there), audit.c.subject_id.in_(there)))
    return _entries(tx, query)


def in_place(tx: Connection, unit: str, organisation: str, before: int | None, most: int) -> list[Entry]:
    """What others did to those who live in a unit or below it, and its lists, newest first.

    Of an organisation: its members and lists. Reports and offices are none of its affairs.
    """
    below = select(unit_closure.c.descendant).where(unit_closure.c.ancestor == unit)
    there = select(people.c.id).where(people.c.unit_code.in_(below))
    lists = select(cast(branches.c.id, String)).where(branches.c.unit_code.in_(below))
    both = organisations.join(unit_closure, unit_closure.c.ancestor == unit)
    codes = select(organisations.c.code + "@" + unit_closure.c.descendant).select_from(both)
    of_its_affairs = [audit.c.action != FETCHED]
    if organisation:
        of_it = select(memberships.c.person_id).where(memberships.c.organisation_code == organisation)
        there = there.where(people.c.id.in_(of_it))
        lists = lists.where(branches.c.organisation_code == organisation)
        codes = codes.where(organisations.c.code == organisation)
        of_its_affairs.append(audit.c.object_kind == "person")
    by_another = or_(audit.c.actor_id.is_(None), audit.c.actor_id != audit.c.subject_id)
    acts = or_(
        and_(audit.c.subject_id.in_(there), by_another, *of_its_affairs),
        and_(audit.c.action == LISTED, audit.c.object_kind == BRANCH, audit.c.object_id.in_(lists)),
        and_(audit.c.object_kind == MEMBER_LIST, audit.c.object_id.in_(codes)),
    )
    query = _ENTRY.where(acts).order_by(audit.c.id.desc()).limit(most)
    return _entries(tx, query if before is None else query.where(audit.c.id < before))


def take_out_name(tx: Connection, person: int) -> None:
    """Leave no name in rows that are older than the chain; the others never held one."""
    theirs = (audit.c.actor_id.in_(selves(tx, person)), audit.c.hash.is_(None))
    tx.execute(update(audit).where(*theirs).values(actor_name=""))


def selves(tx: Connection, person: int) -> Sequence[int]:
    """The ids somebody goes by in the log: their own, and those of records that were joined with it."""
    ids = [person]
    for each in ids:  # grows on the way
        joined = select(audit.c.object_id).where(audit.c.action == JOINED, audit.c.subject_id == each)
        ids += [int(other) for other in tx.execute(joined).scalars()]
    return ids


def _concerns(ids: Sequence[int]) -> ColumnElement[bool]:
    return or_(*(column.in_(ids) for column in (audit.c.subject_id, audit.c.actor_id, audit.c.on_behalf_of)))


def _entries(tx: Connection, query: Select[Any]) -> list[Entry]:
    return [Entry(*row) for row in tx.execute(query)]
