"""What was written while the clock was ahead: dated now, so that nothing waits or lives on until the years between."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Connection, Table, update

from storage.schema import chat_sessions, code_misses, inbox_updates, invites, outbox
from storage.times import to_ms

WRITTEN: tuple[tuple[Column[int], tuple[str, ...]], ...] = (
    (chat_sessions.c.updated_at, ()),
    (code_misses.c.at, ()),
    (inbox_updates.c.received_at, ()),
    (invites.c.issued_at, ("expires_at",)),
    (outbox.c.posted_at, ("not_before", "expires_at")),
)
"""When a row was written, and the moments in it that were reckoned from then."""


def set_right(tx: Connection, now: datetime) -> None:
    """Date rows of the future now, and what they reckoned from then as far from now."""
    at = to_ms(now)
    for written, reckoned in WRITTEN:
        table = written.table
        assert isinstance(table, Table)
        moved = {name: table.c[name] - (written - at) for name in reckoned}
        tx.execute(update(table).where(written > at).values({written.name: at, **moved}))
