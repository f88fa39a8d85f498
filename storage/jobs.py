"""Work for later that a transaction has decided on: fetching a photo, answering a long question."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, Insert, String, bindparam, delete, literal_column, select, update

from conversation.messages import Json
from storage.schema import jobs
from storage.times import from_ms, to_ms
from storage.upsert import insert_into

READY = literal_column("'ready'", String)
"""Written into the statement: a partial index is not used for a state that comes as a parameter."""
LONGEST_ERROR = 1000


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work, claimed by this process."""

    id: int
    kind: str
    key: str
    payload: Json
    due: datetime
    attempts: int
    """This one included."""


_due = (
    select(jobs.c.id)
    .where(jobs.c.state == READY, jobs.c.kind == bindparam("of_kind"), jobs.c.due_at <= bindparam("now"))
    .order_by(jobs.c.due_at, jobs.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)  # SQLite needs none: there is one writer
)
_claim = (
    update(jobs)
    .where(jobs.c.id.in_(_due))
    .values(state="claimed", attempts=jobs.c.attempts + 1)
    .returning(jobs.c.id, jobs.c.kind, jobs.c.key, jobs.c.payload, jobs.c.due_at, jobs.c.attempts)
)
_done = delete(jobs).where(jobs.c.id == bindparam("number"))
_settle = update(jobs).where(jobs.c.id == bindparam("number"))


def enqueue(tx: Connection, kind: str, payload: Json, due: datetime, key: str) -> bool:
    """Plan a job; while one of the same key waits, another is not added, and False is returned.

    One that was set aside is planned anew: who asks again needs it done.
    """
    values = {"kind": kind, "key": key, "payload": payload, "due_at": to_ms(due), "state": "ready"}
    return tx.execute(_plan(tx.dialect.name), values).rowcount > 0


@cache
def _plan(dialect: str) -> Insert:
    row = insert_into(dialect, jobs)
    anew = {name: row.excluded[name] for name in ("payload", "due_at", "state")} | {"attempts": 0, "error": None}
    return row.on_conflict_do_update(index_elements=["key"], set_=anew, where=jobs.c.state == "dead")


def claim(tx: Connection, kinds: Iterable[str], now: datetime, limit: int) -> list[Job]:
    """Take jobs that are due, oldest first; kinds that are named earlier go first."""
    claimed: list[Job] = []
    for kind in kinds:  # one at a time, so that each is a walk along the index however many wait
        if (most := limit - len(claimed)) <= 0:
            break
        rows = tx.execute(_claim, {"of_kind": kind, "now": to_ms(now), "most": most})
        found = [Job(row.id, row.kind, row.key, row.payload, from_ms(row.due_at), row.attempts) for row in rows]
        claimed += sorted(found, key=lambda job: (job.due, job.id))
    return claimed


def done(tx: Connection, number: int) -> None:
    """Forget a job that is finished."""
    tx.execute(_done, {"number": number})


def retry(tx: Connection, job: Job, due: datetime, error: str) -> None:
    """Let a failed job be claimed again later."""
    _fail(tx, job, error, state="ready", due_at=to_ms(due))


def bury(tx: Connection, job: Job, error: str) -> None:
    """Set a job aside that will never succeed, for the operator to see."""
    _fail(tx, job, error, state="dead")


def _fail(tx: Connection, job: Job, error: str, **values: str | int) -> None:
    # the attempt is written again, because a timer's claim was undone with its effect
    values |= {"error": error[:LONGEST_ERROR], "attempts": job.attempts}
    tx.execute(_settle.values(values), {"number": job.id})


def release_claimed(tx: Connection) -> int:
    """Take back what the worker before had claimed; only who has the worker's lease may do so."""
    return tx.execute(update(jobs).where(jobs.c.state == "claimed").values(state="ready")).rowcount
