"""How long things are kept, as the operator may set it; what is older goes, a few rows at a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from pydantic import BaseModel, Field
from sqlalchemy import Connection

from handlers.feedback import retention as feedback
from storage import audit_chain, deliveries, ticket_files
from storage.times import day_of

LONGEST = 36_500


def _days(days: int) -> int:
    field: int = Field(default=days, ge=1, le=LONGEST)
    return field


class Retention(BaseModel):
    """Days; no law names them, but that data is kept no longer than its purpose needs it.

    Sources: Luật 91/2025/QH15, Điều 3 for the principle; domain.md, L7 for the numbers, which a lawyer must see.
    """

    MOST_AT_ONCE: ClassVar[int] = 200

    keep_files_days: int = _days(365)
    """Photos and voice messages, after their ticket was closed."""
    keep_tickets_days: int = _days(5 * 365)
    """Who sent a ticket, after it was closed; its matter stays."""
    keep_deliveries_days: int = _days(180)
    """That a letter was sent, and to whom."""
    keep_audit_days: int = _days(5 * 365)
    """Who did what to whose data."""
    keep_unconfirmed_days: int = _days(14)
    """An office that was taken and that its issuer does not confirm; they are reminded at half-time."""
    keep_failures_days: int = _days(30)
    """Updates set aside hold somebody's words: by then the operator has looked at them."""

    def let_go(self, tx: Connection, now: datetime) -> int:
        """Let some of what is over go; call again until it returns 0."""

        def before(days: int) -> datetime:
            return now - timedelta(days=days)

        return (
            ticket_files.drop_closed(tx, day_of(before(self.keep_files_days)), now, self.MOST_AT_ONCE)
            + feedback.forget_senders(tx, day_of(before(self.keep_tickets_days)), self.MOST_AT_ONCE)
            + deliveries.forget(tx, before(self.keep_deliveries_days))
            + audit_chain.prune(tx, before(self.keep_audit_days))
        )
