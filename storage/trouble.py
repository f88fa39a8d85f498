"""Whether the records can be written: told once when they are lost, and once when they are back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy import Connection

from storage.schema import counters
from storage.unavailable import DatabaseUnavailable, Kind
from storage.upsert import insert_into

log = structlog.get_logger(__name__)

PASSING: tuple[Kind, ...] = ("busy", "stopped")
"""Kinds that say nothing about the next write."""
PROBE = "probe"
"""The counter that is only there to be written."""


class Trouble:
    """What the last write came to."""

    def __init__(self) -> None:
        self.kind: Kind | None = None

    def lost(self, kind: Kind) -> None:
        """A write was refused."""
        if kind in PASSING:
            return
        if self.kind is None:
            log.warning("database.lost", kind=kind)
        self.kind = kind

    def back(self) -> None:
        """Something was written."""
        if self.kind is not None:
            log.warning("database.back", after=self.kind)
        self.kind = None

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Note how a write goes."""
        try:
            yield
        except DatabaseUnavailable as away:
            self.lost(away.kind)
            raise
        self.back()


def probe(tx: Connection) -> None:
    """Write something: a full disk still takes transactions that change nothing."""
    row = insert_into(tx.dialect.name, counters).values(name=PROBE, value=1)
    tx.execute(row.on_conflict_do_update(index_elements=["name"], set_={"value": counters.c.value + 1}))
