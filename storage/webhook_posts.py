"""How many posts came to the webhook of each bot account, to whichever process: the proven ones, and the others."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, select

from conversation.messages import Json
from storage.schema import counters
from storage.upsert import insert_into

PREFIX = "webhook:"
KINDS = ("accepted", "refused", "refused_in_a_row")


def add(tx: Connection, account: str, accepted: int, refused: int) -> None:
    """Count further posts; one that is proven ends a row of others."""
    _raise(tx, account, "accepted", accepted)
    _raise(tx, account, "refused", refused)
    _raise(tx, account, "refused_in_a_row", 0 if accepted else refused, afresh=accepted > 0)


def counts(tx: Connection) -> dict[str, Json]:
    """The three figures of each account that anybody ever posted to."""
    found: dict[str, Json] = {}
    rows = tx.execute(select(counters).where(counters.c.name.startswith(PREFIX)).order_by(counters.c.name))
    for name, value in rows:
        kind, _, account = name.removeprefix(PREFIX).partition(":")
        found.setdefault(account, dict.fromkeys(KINDS, 0))[kind] = value
    return found


def _raise(tx: Connection, account: str, kind: str, by: int, *, afresh: bool = False) -> None:
    row = insert_into(tx.dialect.name, counters).values(name=f"{PREFIX}{kind}:{account}", value=by)
    value: ColumnElement[int] | int = by if afresh else counters.c.value + by
    tx.execute(row.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
