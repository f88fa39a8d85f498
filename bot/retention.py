"""How long things are kept, as the operator may set it."""

from __future__ import annotations

from pydantic import BaseModel, Field

LONGEST = 36_500


def _days(days: int) -> int:
    field: int = Field(default=days, ge=1, le=LONGEST)
    return field


class Retention(BaseModel):
    """Days; no law names them, but that data is kept no longer than its purpose needs it.

    Sources: Luật 91/2025/QH15, Điều 3 for the principle; domain.md, L7 for the numbers, which a lawyer must see.
    """

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
