"""How letters ended, for those who had them sent; remembered for some months, and then forgotten."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select

from storage.schema import deliveries, offers
from storage.times import to_ms

FORGOTTEN_AT_ONCE = 1000
ARRIVED = ("waiting", "sent")


def not_arrived(tx: Connection, person: int, key: str) -> str | None:
    """Why the newest letter to a person whose key begins so did not arrive; None if it did, or may yet."""
    mine = (deliveries.c.person_id == person, deliveries.c.key.startswith(key, autoescape=True))
    newest = select(deliveries.c.status, deliveries.c.reason).where(*mine).order_by(deliveries.c.id.desc()).limit(1)
    row = tx.execute(newest).first()
    if row is None or row.status in ARRIVED:
        return None
    return str(row.reason if row.status == "skipped" and row.reason else row.status)


def forget(tx: Connection, before: datetime) -> int:
    """Forget the oldest letters, if they ended and were posted earlier, with what they offered; again until it is 0."""
    oldest = select(deliveries.c.id, deliveries.c.status, deliveries.c.posted_at).order_by(deliveries.c.id)
    rows = tx.execute(oldest.limit(FORGOTTEN_AT_ONCE))
    old = [row.id for row in rows if row.status != "waiting" and row.posted_at < to_ms(before)]
    if old:
        tx.execute(delete(offers).where(offers.c.delivery_id.in_(old)))
        tx.execute(delete(deliveries).where(deliveries.c.id.in_(old)))
    return len(old)
