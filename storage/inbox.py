"""What was heard: each update takes effect once, and one that fails is kept until somebody has looked at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    String,
    bindparam,
    case,
    delete,
    literal_column,
    null,
    select,
    tuple_,
    update,
)
from sqlalchemy.sql.dml import ReturningInsert

from conversation.id_numbers import hide_in
from conversation.messages import Json
from storage.database import leave_no_trace
from storage.schema import inbox_updates
from storage.times import from_ms, to_ms
from storage.upsert import insert_into

MOST_ATTEMPTS = 3
LONGEST_ERROR = 1000
PURGED_AT_ONCE = 5000
TAKEN_AT_ONCE = 100

KEY = [inbox_updates.c.account, inbox_updates.c.update_id]
DONE, PENDING, QUARANTINED = (literal_column(f"'{state}'", String) for state in ("done", "pending", "quarantined"))
"""Written into the statement: a partial index is not used for a state that comes as a parameter."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An update that did not take effect."""

    account: str
    update_id: str
    received_at: datetime
    state: str
    """`pending` while it is tried again, `quarantined` once it was set aside."""
    attempts: int
    error: str
    payload: Json | None


def first_time(tx: Connection, account: str, update_id: str, at: datetime) -> bool:
    """Whether the update has had no effect yet; from this transaction on it has."""
    row = {"of_account": account, "of_update": update_id, "at": to_ms(at)}
    return tx.execute(arriving(tx.dialect.name), row).first() is not None


def note_failure(tx: Connection, account: str, update_id: str, at: datetime, error: str, payload: Json | None) -> int:
    """Count a failed attempt and keep what to try again; after the third the update is set aside.

    Returns the number of attempts, and 0 when the update has taken effect meanwhile.
    """
    row = {
        "account": account, "update_id": update_id, "received_at": to_ms(at), "state": "pending",
        "attempts": 1, "error": error[:LONGEST_ERROR], "payload": hide_in(payload),
    }  # fmt: skip
    return tx.execute(_note_failure(tx.dialect.name), row).scalar() or 0


def keep(tx: Connection, account: str, update_id: str, at: datetime, payload: Json) -> bool:
    """Keep an update that has had no effect yet, to be taken after this commit; False when it is known already."""
    row = {"account": account, "update_id": update_id, "received_at": to_ms(at), "state": "pending"}
    new = insert_into(tx.dialect.name, inbox_updates).values(row | {"payload": hide_in(payload)})
    new = new.on_conflict_do_nothing()
    return tx.execute(new.returning(inbox_updates.c.account)).first() is not None


def kept(tx: Connection, account: str, before: datetime) -> list[tuple[str, datetime, Json]]:
    """Some updates that were kept before and had no effect, oldest first, with their ids and when they came."""
    late = (inbox_updates.c.account == account) & (inbox_updates.c.received_at < to_ms(before))
    still_open = (inbox_updates.c.state != DONE) & (
        inbox_updates.c.state == PENDING
    )  # the former is what the index has
    columns = (inbox_updates.c[name] for name in ("update_id", "received_at", "payload"))
    rows = tx.execute(
        select(*columns).where(still_open, late).order_by(inbox_updates.c.received_at).limit(TAKEN_AT_ONCE)
    )
    return [(row.update_id, from_ms(row.received_at), row.payload or {}) for row in rows]


def let_go(tx: Connection, account: str, update_id: str) -> None:
    """Forget what a kept update said, which takes no effect."""
    mine = (inbox_updates.c.account == account) & (inbox_updates.c.update_id == update_id)
    done = update(inbox_updates).where(mine, inbox_updates.c.state == PENDING)
    tx.execute(done.values(state="done", error=null(), payload=null()))


def open_failures(tx: Connection) -> list[Failure]:
    """All updates that have not taken effect, oldest first."""
    return _failures(tx, inbox_updates.c.state != DONE)


def set_aside(tx: Connection) -> list[Failure]:
    """The updates that nobody tries any more, oldest first."""
    return _failures(tx, inbox_updates.c.state == QUARANTINED)


def admit_again(tx: Connection, account: str, update_id: str) -> None:
    """Let an update that was set aside take effect once more, in this transaction."""
    tx.execute(update(inbox_updates).where(_aside(account, update_id)).values(state="pending"))


def drop(tx: Connection, account: str, update_id: str) -> bool:
    """Give up an update that was set aside, and erase what it said; False when there is no such update."""
    gone = update(inbox_updates).where(_aside(account, update_id)).values(state="done", error=null(), payload=null())
    leave_no_trace(tx)
    return tx.execute(gone).rowcount > 0


def _aside(account: str, update_id: str) -> ColumnElement[bool]:
    mine = (inbox_updates.c.account == account) & (inbox_updates.c.update_id == update_id)
    return mine & (inbox_updates.c.state == QUARANTINED)


def _failures(tx: Connection, condition: ColumnElement[bool]) -> list[Failure]:
    rows = tx.execute(select(inbox_updates).where(condition).order_by(inbox_updates.c.received_at))
    return [
        Failure(
            row.account,
            row.update_id,
            from_ms(row.received_at),
            row.state,
            row.attempts,
            row.error or "",
            row.payload,
        )
        for row in rows
    ]


def purge(tx: Connection, before: datetime, failed_before: datetime | None = None) -> int:
    """Forget some of the updates received earlier, failed ones only when told so; call again until it returns 0."""
    deleted = _delete_some(tx, inbox_updates.c.state == DONE, before)
    if failed_before and deleted < PURGED_AT_ONCE:
        failed = _delete_some(tx, inbox_updates.c.state != DONE, failed_before)
        if failed:  # somebody's words
            leave_no_trace(tx)
        deleted += failed
    return deleted


def _delete_some(tx: Connection, condition: Any, before: datetime) -> int:
    old = select(*KEY).where(inbox_updates.c.received_at < to_ms(before), condition).limit(PURGED_AT_ONCE)
    return tx.execute(delete(inbox_updates).where(tuple_(*KEY).in_(old))).rowcount


@cache
def arriving(dialect: str) -> ReturningInsert[str]:
    """The statement that lets an update take effect, and gives a row back if it had not yet."""
    new = insert_into(dialect, inbox_updates).values(
        account=bindparam("of_account"), update_id=bindparam("of_update"), received_at=bindparam("at"), state=DONE
    )
    taken_over = new.on_conflict_do_update(
        index_elements=KEY,
        set_={"state": DONE, "error": null(), "payload": null()},
        where=inbox_updates.c.state == PENDING,
    )
    return taken_over.returning(inbox_updates.c.account)


@cache
def _note_failure(dialect: str) -> Executable:
    new = insert_into(dialect, inbox_updates)
    attempts = inbox_updates.c.attempts + 1
    again = new.on_conflict_do_update(
        index_elements=KEY,
        set_={
            "attempts": attempts,
            "error": new.excluded.error,
            "payload": new.excluded.payload,
            "state": case((attempts >= MOST_ATTEMPTS, QUARANTINED), else_=PENDING),
        },
        where=inbox_updates.c.state != DONE,
    )
    return again.returning(inbox_updates.c.attempts)
