"""What was written while the clock was ahead: dated now, so that nothing waits or lives on until the years between."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Table, update

from storage.schema import chat_sessions, code_misses, inbox_updates, invites, outbox
from storage.times import to_ms

WRITTEN: tuple[tuple[Table, str, tuple[str, ...]], ...] = (
    (chat_sessions, "updated_at", ()),
    (code_misses, "at", ()),
    (inbox_updates, "received_at", ()),
    (invites, "issued_at", ("expires_at",)),
    (outbox, "posted_at", ("not_before", "expires_at")),
)
"""A table, when its row was written, and the moments in it that were reckoned from then."""


def set_right(tx: Connection, now: datetime) -> None:
    """Date rows of the future now, and what they reckoned from then as far from now."""
    at = to_ms(now)
    for table, written, reckoned in WRITTEN:
        ahead = table.c[written] - at
        moved = {name: table.c[name] - ahead for name in reckoned}
        tx.execute(update(table).where(table.c[written] > at).values({written: at, **moved}))
