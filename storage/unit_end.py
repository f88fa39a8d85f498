"""What a unit of work does last: after everything else that it locks, and just before its commit."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

LAST = "caunoi.last"


def do_last(tx: Connection, work: Callable[[Connection], None]) -> None:
    """Ask for it, once however often it is asked for; what is rolled back to a savepoint asks all the same."""
    tx.info.setdefault(LAST, {})[work] = None


def end_unit(tx: Connection) -> None:
    """Do what was asked for."""
    for work in tx.info.pop(LAST, ()):
        work(tx)
