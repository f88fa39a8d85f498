"""Who did what to whose data: written beside the act, in its transaction, and never changed but to take names out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from storage.schema import audit, people
from storage.times import to_ms

JOINED = "joined"
"""The act that made one record of two: its subject is the one that stayed, its object the id of the other."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One act, as it was written down."""

    at: int
    actor_id: int | None
    actor_name: str
    action: str
    object_kind: str
    object_id: str
    reason: str


_ENTRY = select(*(audit.c[name] for name in Entry.__dataclass_fields__)).order_by(audit.c.id)

_NOTE = insert(audit).inline()
_NAME = select(people.c.name).where(people.c.id == bindparam("of_person")).scalar_subquery()
_NOTE_OF_PERSON = _NOTE.values(actor_name=func.coalesce(_NAME, ""))


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
    """Write down an act by a person, or (a name) by the operator's own tool; `subject` is whose data it touched."""
    act = {
        "at": to_ms(at),
        "action": action,
        "object_kind": object_kind,
        "object_id": object_id,
        "subject_id": subject,
        "reason": reason,
        "on_behalf_of": on_behalf_of,
    }
    if isinstance(actor, str):
        tx.execute(_NOTE, act | {"actor_name": actor})
    else:
        tx.execute(_NOTE_OF_PERSON, act | {"actor_id": actor, "of_person": actor})


def by_others(tx: Connection, subject: int, *, most: int = 20) -> list[Entry]:
    """What other people did with somebody's data, newest first."""
    ids = selves(tx, subject)
    others = (audit.c.subject_id.in_(ids), audit.c.actor_id.is_not(None), audit.c.actor_id.not_in(ids))
    query = _ENTRY.order_by(None).order_by(audit.c.id.desc()).where(*others).limit(most)
    return [Entry(*row) for row in tx.execute(query)]


def about(tx: Connection, person: int) -> list[Entry]:
    """All entries in which somebody acts or is acted upon, oldest first."""
    ids = selves(tx, person)
    mine = or_(audit.c.subject_id.in_(ids), audit.c.actor_id.in_(ids))
    return [Entry(*row) for row in tx.execute(_ENTRY.where(mine))]


def take_out_name(tx: Connection, person: int) -> None:
    """Leave the skeleton of what somebody did, without their name."""
    tx.execute(update(audit).where(audit.c.actor_id.in_(selves(tx, person))).values(actor_name=""))


def selves(tx: Connection, person: int) -> Sequence[int]:
    """The ids somebody goes by in the log: their own, and those of records that were joined with it."""
    ids = [person]
    for each in ids:  # grows on the way
        joined = select(audit.c.object_id).where(audit.c.action == JOINED, audit.c.subject_id == each)
        ids += [int(other) for other in tx.execute(joined).scalars()]
    return ids
