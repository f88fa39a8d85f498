"""Where each conversation stands."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, and_, bindparam, delete, select
from sqlalchemy.dialects import sqlite

from conversation.messages import Address, Json
from storage.schema import channel_accounts, chat_sessions
from storage.times import to_ms
from storage.upsert import insert_into

KEY = [chat_sessions.c.account, chat_sessions.c.chat]
_forget = delete(chat_sessions).where(
    chat_sessions.c.account == bindparam("of_account"), chat_sessions.c.chat == bindparam("of_chat")
)


def save(tx: Connection, address: Address, state: Json | None, at: datetime) -> None:
    """Keep the state of a session; None forgets it."""
    here: Json = {"of_account": address.account, "of_chat": address.chat}
    if state is None:
        tx.execute(_forget, here)
    else:
        tx.execute(saving(tx.dialect.name), here | {"state_kept": state, "at": to_ms(at)})


def forget_name(tx: Connection, persons: Collection[int], name: str, at: datetime) -> None:
    """Break off what these people are being asked, where it tells somebody's name."""
    of_theirs = and_(
        channel_accounts.c.account == chat_sessions.c.account,
        channel_accounts.c.chat == chat_sessions.c.chat,
        channel_accounts.c.person_id.in_(persons),
    )
    query = select(chat_sessions).join(channel_accounts, of_theirs).order_by(*KEY).with_for_update(of=chat_sessions)
    for row in tx.execute(query).all() if name else ():
        if name in json.dumps(row.state, ensure_ascii=False):
            save(tx, Address(row.account, row.chat), None, at)


@cache  # building a statement costs more than running it
def saving(dialect: str) -> sqlite.Insert:
    """The statement that keeps `state_kept` as the session of `of_account` and `of_chat`."""
    new = insert_into(dialect, chat_sessions).values(
        account=bindparam("of_account"),
        chat=bindparam("of_chat"),
        state=bindparam("state_kept"),
        updated_at=bindparam("at"),
    )
    return new.on_conflict_do_update(
        index_elements=KEY, set_={"state": new.excluded.state, "updated_at": new.excluded.updated_at}
    )
