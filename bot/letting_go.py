"""What is older than it may be goes, a few rows at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.retention import Retention
from handlers.feedback import retention as feedback
from storage import audit_chain, deliveries, ticket_files
from storage.times import day_of

MOST_AT_ONCE = 200


def let_go(tx: Connection, keep: Retention, now: datetime) -> int:
    """Let some of what is over go; call again until it returns 0."""

    def before(days: int) -> datetime:
        return now - timedelta(days=days)

    return (
        ticket_files.drop_closed(tx, day_of(before(keep.keep_files_days)), now, MOST_AT_ONCE)
        + feedback.forget_senders(tx, day_of(before(keep.keep_tickets_days)), MOST_AT_ONCE)
        + deliveries.forget(tx, before(keep.keep_deliveries_days))
        + audit_chain.prune(tx, before(keep.keep_audit_days))
    )
