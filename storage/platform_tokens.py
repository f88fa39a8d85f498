"""The pair of tokens that a platform rotates: shared by all processes, replaced by one of them at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, select, update
from sqlalchemy.sql.dml import Update

from conversation.messages import Json
from storage.schema import platform_tokens
from storage.times import from_ms, to_ms
from storage.upsert import insert_into

ROW = platform_tokens.c


@dataclass(frozen=True, slots=True)
class Pair:
    """What calls are made with, and what the next pair is asked for with; never shown to anybody."""

    account: str
    access: str
    """Empty while no pair was given yet."""
    refresh: str
    renew_at: datetime
    generation: int
    refused: bool
    """Whether the platform takes the refresh token no more."""

    def __repr__(self) -> str:
        return f"Pair({self.account!r}, generation={self.generation})"


def current(tx: Connection, account: str, given: str) -> Pair | None:
    """The pair in force; that of the operator's refresh token when there is none, or when the one there is dead."""
    pair = _pair(tx, account)
    if given and (pair is None or (pair.refused and _first_hash(tx, account) != _hash(given))):
        _begin(tx, account, given)
        return _pair(tx, account)
    return pair


def replace(tx: Connection, old: Pair, access: str, refresh: str, renew_at: datetime) -> Pair:
    """Keep a new pair in the place of the one it was asked for with; return the pair in force."""
    row = {"access_token": access, "refresh_token": refresh, "renew_at": to_ms(renew_at)}
    tx.execute(_of(old).values(**row, generation=old.generation + 1, refused=False))
    return _pair(tx, old.account) or old


def refuse(tx: Connection, old: Pair) -> None:
    """Remember that the refresh token of this pair is dead."""
    tx.execute(_of(old).values(refused=True))


def states(tx: Connection) -> list[Json]:
    """What an operator may know of each pair: nothing of the tokens themselves."""
    shown = select(ROW.account, ROW.renew_at, ROW.generation, ROW.refused)
    return [dict(row) for row in tx.execute(shown.order_by(ROW.account)).mappings()]


def _of(pair: Pair) -> Update:
    return update(platform_tokens).where(ROW.account == pair.account, ROW.generation == pair.generation)


def _pair(tx: Connection, account: str) -> Pair | None:
    row = tx.execute(select(platform_tokens).where(ROW.account == account)).first()
    if row is None:
        return None
    renew_at = from_ms(row.renew_at)
    return Pair(account, row.access_token, row.refresh_token, renew_at, row.generation, row.refused)


def _first_hash(tx: Connection, account: str) -> str | None:
    return tx.scalar(select(ROW.first_hash).where(ROW.account == account))


def _begin(tx: Connection, account: str, refresh: str) -> None:
    values = {"access_token": "", "refresh_token": refresh, "renew_at": 0, "first_hash": _hash(refresh)}
    row = insert_into(tx.dialect.name, platform_tokens).values(account=account, generation=0, **values)
    again = {**values, "generation": ROW.generation + 1, "refused": False}
    # another process may have begun with it a moment ago, and have a pair by now
    tx.execute(row.on_conflict_do_update(index_elements=[ROW.account], set_=again, where=ROW.refused))


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
