"""Where each conversation stands."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from sqlalchemy import Connection, Executable, bindparam, delete

from conversation.messages import Address, Json
from storage.schema import chat_sessions
from storage.times import to_ms
from storage.upsert import insert_into

KEY = [chat_sessions.c.account, chat_sessions.c.chat]
_forget = delete(chat_sessions).where(
    chat_sessions.c.account == bindparam("of_account"), chat_sessions.c.chat == bindparam("of_chat")
)


def claim(tx: Connection, address: Address, at: datetime) -> Json | None:
    """Get or begin the session and lock it till the commit, in one statement; None when nothing was said yet."""
    row = {"account": address.account, "chat": address.chat, "updated_at": to_ms(at)}
    state: Json | None = tx.execute(_claim(tx.dialect.name), row).scalar_one()
    return state


def save(tx: Connection, address: Address, state: Json | None, at: datetime) -> None:
    """Keep the state of a session; None forgets it."""
    if state is None:
        tx.execute(_forget, {"of_account": address.account, "of_chat": address.chat})
        return
    row = {"account": address.account, "chat": address.chat, "state": state, "updated_at": to_ms(at)}
    tx.execute(_save(tx.dialect.name), row)


@cache  # building a statement costs more than running it
def _claim(dialect: str) -> Executable:
    new = insert_into(dialect, chat_sessions)
    locked = new.on_conflict_do_update(index_elements=KEY, set_={"updated_at": new.excluded.updated_at})
    return locked.returning(chat_sessions.c.state)


@cache
def _save(dialect: str) -> Executable:
    new = insert_into(dialect, chat_sessions)
    return new.on_conflict_do_update(
        index_elements=KEY, set_={"state": new.excluded.state, "updated_at": new.excluded.updated_at}
    )
