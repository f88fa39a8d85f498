"""How letters ended, for those who had them sent."""

from __future__ import annotations

from sqlalchemy import Connection, select

from storage.schema import deliveries

ARRIVED = ("waiting", "sent")


def not_arrived(tx: Connection, person: int, key: str) -> str | None:
    """Why the newest letter to a person whose key begins so did not arrive; None if it did, or may yet."""
    mine = (deliveries.c.person_id == person, deliveries.c.key.startswith(key, autoescape=True))
    newest = select(deliveries.c.status, deliveries.c.reason).where(*mine).order_by(deliveries.c.id.desc()).limit(1)
    row = tx.execute(newest).first()
    if row is None or row.status in ARRIVED:
        return None
    return str(row.reason if row.status == "skipped" and row.reason else row.status)
