"""Who does what only one process may do, and under which number; times are the database's own."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import ColumnElement, Connection, Integer, func, literal_column, null, select, text, update
from sqlalchemy.sql.dml import Update

from conversation.messages import Json
from storage.schema import leases
from storage.upsert import insert_into

P = ParamSpec("P")
T = TypeVar("T")

NAMESPACE = 0x43614E6F
"""Of our advisory locks, beside those of others on the same server."""


class LeaseLost(Exception):
    """Another process has the lease, or may have it: nothing more is done under it."""


def _always() -> bool:
    return True


@dataclass(slots=True)
class Lease:
    """The right to do something alone; each time it is given, its epoch is one higher."""

    name: str
    epoch: int
    pause_left: float
    """Seconds for which its holders must still be silent."""
    holds: Callable[[], bool] = _always
    """Whether it is still ours, as far as this process knows by itself."""

    def check(self) -> None:
        """Raise `LeaseLost` when somebody else may have it by now; to be asked before each request to the outside."""
        if not self.holds():
            raise LeaseLost(self.name)

    def fence(self, tx: Connection) -> None:
        """Raise `LeaseLost` unless it is ours until the end of this transaction."""
        mine = (leases.c.name == self.name, leases.c.epoch == self.epoch)
        if tx.execute(select(leases.c.epoch).where(*mine).with_for_update(read=True)).first() is None:
            raise LeaseLost(self.name)

    def guard(self, work: Callable[Concatenate[Connection, P], T]) -> Callable[Concatenate[Connection, P], T]:
        """The unit of work, done only while the lease is ours."""

        def guarded(tx: Connection, /, *args: P.args, **kwargs: P.kwargs) -> T:
            self.fence(tx)
            return work(tx, *args, **kwargs)

        return guarded


def name_of_process() -> str:
    """A name for this process among all that use the records; at most 63 bytes, so that PostgreSQL keeps it whole."""
    return f"caunoi@{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(3)}"


# --- the rows -------------------------------------------------------------------------------------------------------


def take(tx: Connection, name: str, owner: str) -> Lease:
    """Write down a new holder; only who holds the lock of this name may do so."""
    now = _now(tx)
    holding = {"owner": owner, "since": now, "beat_at": now if tx.dialect.name == "postgresql" else null()}
    row = insert_into(tx.dialect.name, leases).values(name=name, epoch=1, **holding)
    taken = row.on_conflict_do_update(index_elements=["name"], set_={"epoch": leases.c.epoch + 1, **holding})
    epoch, left = tx.execute(taken.returning(leases.c.epoch, leases.c.pause_until - now)).one()
    return Lease(name, epoch, max(0, left or 0) / 1000)


def beat(tx: Connection, lease: Lease) -> bool:
    """Show that the holder is awake; False when it is the holder no more."""
    return tx.execute(_mine(lease).values(beat_at=_now(tx))).rowcount == 1


def leave(tx: Connection, lease: Lease) -> None:
    """Write down that nobody holds it."""
    tx.execute(_mine(lease).values(owner=null(), beat_at=null()))


def leave_all(tx: Connection) -> None:
    """Write down that nobody holds anything: for records that no other process can have open."""
    tx.execute(update(leases).where(leases.c.owner.is_not(None)).values(owner=null(), beat_at=null()))


def pause(tx: Connection, lease: Lease, seconds: float) -> None:
    """Keep every holder silent for so long, this one and those after it."""
    until = _now(tx) + round(seconds * 1000)
    tx.execute(_mine(lease).where(func.coalesce(leases.c.pause_until, 0) < until).values(pause_until=until))


def frozen_holder(tx: Connection, name: str, seconds: float) -> str | None:
    """The holder that has not shown itself for so long."""
    silent = leases.c.beat_at < _now(tx) - round(seconds * 1000)
    return tx.scalar(select(leases.c.owner).where(leases.c.name == name, silent))


def is_free(tx: Connection, name: str, seconds: float) -> bool:
    """Whether nobody who has shown themselves for so long has it, nor takes it before this transaction ends."""
    silent = (leases.c.beat_at < _now(tx) - round(seconds * 1000)).label("silent")
    row = tx.execute(select(leases.c.owner, silent).where(leases.c.name == name).with_for_update()).first()
    return row is None or row.owner is None or bool(row.silent)


def all_of_them(tx: Connection) -> list[Json]:
    """Every lease, its holder, if any, and how long ago that one showed itself."""
    now = _now(tx)
    rows = tx.execute(
        select(
            leases.c.name,
            leases.c.owner,
            leases.c.epoch,
            _seconds(now - leases.c.since).label("held_seconds"),
            _seconds(now - leases.c.beat_at).label("beat_age_seconds"),
            _seconds(leases.c.pause_until - now).label("pause_seconds"),
        ).order_by(leases.c.name)
    )
    return [
        {**row, "held": row["owner"] is not None, "pause_seconds": max(0, row["pause_seconds"] or 0)}
        for row in rows.mappings()
    ]


def _mine(lease: Lease) -> Update:
    return update(leases).where(leases.c.name == lease.name, leases.c.epoch == lease.epoch)


def _now(tx: Connection) -> ColumnElement[int]:
    if tx.dialect.name == "postgresql":
        return literal_column("(extract(epoch FROM clock_timestamp()) * 1000)::bigint", Integer)
    return literal_column("CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)", Integer)


def _seconds(milliseconds: ColumnElement[Any]) -> ColumnElement[Any]:
    return milliseconds // 1000


# --- the locks ------------------------------------------------------------------------------------------------------


def lock(tx: Connection, name: str) -> bool:
    """Try to have the lock of a name, on PostgreSQL, for as long as this connection lasts."""
    return bool(tx.scalar(select(func.pg_try_advisory_lock(NAMESPACE, func.hashtext(name)))))


def lock_for_now(tx: Connection, name: str) -> bool:
    """Try to have the lock of a name until this transaction ends."""
    if tx.dialect.name == "sqlite":
        return True  # it has one writer
    return bool(tx.scalar(select(func.pg_try_advisory_xact_lock(NAMESPACE, func.hashtext(name)))))


def end_sessions(tx: Connection, owner: str) -> None:
    """Close all connections of a process that sleeps, since it may have gone to sleep with rows locked."""
    theirs = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :owner"
    tx.execute(text(f"{theirs} AND usename = current_user AND datname = current_database()"), {"owner": owner})
