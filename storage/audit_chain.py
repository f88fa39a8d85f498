"""The chain that the log's rows form: each one's hash covers the row and the hash before it.

A row gets its place at the very end of its transaction, so the lock on the chain's end is the last that any
transaction takes: none waits for another one that waits for it. Both ends are kept in a table of their own; a row
changed, put in, taken out or moved, at the end too, no longer fits.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, func, select, update

from storage.schema import audit, audit_chain
from storage.times import to_ms
from storage.upsert import insert_or_ignore

Found = Row[*tuple[Any, ...]]
UNCHAINED = ""
"""The hash of a row whose transaction has not ended."""
START = "0" * 64
PRUNED_AT_ONCE = 1000

_COVERED = [column for column in audit.c if column.name != "hash"]
_UNCHAINED = select(audit).where(audit.c.hash == UNCHAINED).order_by(audit.c.id)
_ENDS = select(audit_chain).with_for_update()
_OLDER = select(func.count()).select_from(audit).where(audit.c.hash.is_(None))
_CHAIN = update(audit).where(audit.c.id == bindparam("of_id")).values(place=bindparam("at_place"), hash=bindparam("h"))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said about the chain."""

    rows: int
    """How many are in it."""
    last_place: int
    last_hash: str
    older: int
    """How many rows are older than the chain, and not protected by it."""
    wrong: str = ""
    """Which rule the first wrong row breaks: changed, missing, end, strange, older, seen; empty when all is well."""
    place: int = 0
    """Of the first wrong row."""
    id: int = 0


def chain_up(tx: Connection) -> None:
    """Chain the rows that this transaction wrote, in the order in which transactions end."""
    ends = _ends(tx)
    place, link = ends.last_place, ends.last_hash
    chained = []
    for row in tx.execute(_UNCHAINED):
        place, link = place + 1, _link(link, row, place + 1)
        chained.append({"of_id": row.id, "at_place": place, "h": link})
    if chained:
        tx.execute(_CHAIN, chained)
        tx.execute(update(audit_chain).values(last_place=place, last_hash=link))


def _ends(tx: Connection) -> Found:
    """Both ends, locked till the commit; made when there are none."""
    found = tx.execute(_ENDS).one_or_none()
    if found is None:
        older = tx.scalar(_OLDER)
        insert_or_ignore(
            tx, audit_chain, id=1, last_place=0, last_hash=START, first_place=1, before_first=START, older=older
        )
        found = tx.execute(_ENDS).one()
    return found


def _link(before: str, row: Found, place: int) -> str:
    covered = [place if column.name == "place" else row._mapping[column] for column in _COVERED]
    return hashlib.sha256(json.dumps([before, *covered], separators=(",", ":")).encode()).hexdigest()


def verify(tx: Connection, seen: tuple[int, str] | None = None) -> Verdict:
    """Walk along the chain; `seen` is the place and the beginning of the hash of a row that somebody noted down."""
    ends = tx.execute(select(audit_chain)).one_or_none()
    if ends is None:
        strange = tx.scalar(select(func.min(audit.c.id)).where(audit.c.hash.is_not(None)))
        return Verdict(0, 0, START, tx.scalar(_OLDER) or 0, "end" if strange or seen else "")
    rows = ends.last_place - ends.first_place + 1
    wrong = next(_faults(tx, ends, seen), ("", 0, 0))
    return Verdict(rows, ends.last_place, ends.last_hash, ends.older, *wrong)


def _faults(tx: Connection, ends: Found, seen: tuple[int, str] | None) -> Iterator[tuple[str, int, int]]:
    place, link = ends.first_place - 1, ends.before_first
    rows = tx.execute(
        select(audit).where(audit.c.hash.is_not(None)).order_by(audit.c.place, audit.c.id),
        execution_options={"yield_per": PRUNED_AT_ONCE},
    )
    for row in rows:
        place += 1
        if row.place != place:
            yield ("missing", place, 0) if row.place and row.place > place else ("strange", row.place or 0, row.id)
        if row.hash != _link(link, row, place):
            yield "changed", place, row.id
        if seen and seen[0] == place and not row.hash.startswith(seen[1]):
            yield "seen", place, row.id
        link = row.hash
    if (place, link) != (ends.last_place, ends.last_hash) or (seen and seen[0] > place):
        yield "end", place + 1, 0
    if tx.scalar(_OLDER) != ends.older:
        yield "older", 0, 0


def prune(tx: Connection, before: datetime) -> int:
    """Forget some rows written earlier, from the chain's beginning, which moves; call again until it returns 0."""
    _ends(tx)
    older = _some(tx, audit.c.hash.is_(None), before)
    rows = older or _some(tx, audit.c.place.is_not(None), before)
    if not rows:
        return 0
    tx.execute(delete(audit).where(audit.c.id.in_([row.id for row in rows])))
    if older:
        tx.execute(update(audit_chain).values(older=audit_chain.c.older - len(rows)))
    else:
        tx.execute(update(audit_chain).values(first_place=rows[-1].place + 1, before_first=rows[-1].hash))
    return len(rows)


def _some(tx: Connection, condition: ColumnElement[bool], before: datetime) -> Sequence[Found]:
    """The first rows, as far as they were written earlier without a break: the chain keeps no holes."""
    query = select(audit.c.id, audit.c.at, audit.c.place, audit.c.hash).where(condition)
    first = tx.execute(query.order_by(audit.c.place, audit.c.id).limit(PRUNED_AT_ONCE)).all()
    return list(takewhile(lambda row: row.at < to_ms(before), first))
