"""What new records begin with: the country's units, and the organisations that every commune has."""

from __future__ import annotations

from sqlalchemy import Connection, text

from storage.organisations import load_organisations
from storage.units import load_units

WAIT = text("SET LOCAL lock_timeout = '60s'")
LOCK = text("LOCK TABLE units IN SHARE ROW EXCLUSIVE MODE")


def load_first_records(tx: Connection) -> None:
    """Fill what is empty, once also when several processes start at the same time."""
    if tx.dialect.name == "postgresql":
        tx.execute(WAIT)
        tx.execute(LOCK)
    load_units(tx)
    load_organisations(tx)
