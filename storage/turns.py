"""What every turn reads first and writes last: on PostgreSQL in one statement each, for its round trips cost most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Row,
    Select,
    String,
    and_,
    bindparam,
    func,
    literal_column,
    select,
)

from conversation.messages import Address, Heard, Json
from conversation.state import Offer
from storage import inbox, offers, outbox, people, sessions
from storage.people import Person
from storage.schema import Big, channel_accounts, chat_sessions
from storage.times import to_ms
from storage.upsert import insert_into

Found = tuple[Any, ...]
ONE = literal_column("1", Integer)
"""Written into the statement: each parameter costs time."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What is known when a turn begins."""

    state: Json | None
    """Where the conversation stands; None when nothing was said yet."""
    person: Person | None
    """Who writes, if registered."""
    offers: list[Offer]
    """Questions delivered to this chat and not taken up, newest first."""
    blocked: bool = False
    """Whether they were thought to have blocked the bot."""
    helping: int | None = None
    """For whom they act, when it is not for themselves."""


def begin(tx: Connection, heard: Heard) -> Begun | None:
    """Note the update, and get or begin its session, locked till the commit; None when it has taken effect before."""
    here = {"of_account": heard.address.account, "of_chat": heard.address.chat, "since": offers.since(heard.at)}
    if tx.dialect.name == "sqlite":  # has one writer, so there is nothing to lock
        new = inbox.first_time(tx, heard.address.account, heard.update, heard.at)
        return _begun(tx.execute(_STANDING, here).all()) if new else None
    rows = tx.execute(_ARRIVAL, {**here, "of_update": heard.update, "at": to_ms(heard.at)}).all()
    if rows and rows[0].waited:  # for another turn, which may have changed what was read but not locked
        rows = tx.execute(_STANDING, here).all()
    return _begun(rows) if rows else None


def finish(tx: Connection, address: Address, replies: Sequence[Json], state: Json | None, at: datetime) -> None:
    """Post the replies, made by `outbox.answer`, and keep where the conversation stands; None forgets it."""
    here = {"of_account": address.account, "of_chat": address.chat, "at": to_ms(at)}
    joined = state is not None and tx.dialect.name == "postgresql"
    for reply in replies[:-1] if joined else replies:
        tx.execute(outbox.REPLY, here | {"said": reply})
    if joined and replies:
        tx.execute(_REPLY_AND_SAVE, here | {"said": replies[-1], "state_kept": state})
    else:
        sessions.save(tx, address, state, at)


def _begun(rows: Sequence[Row[*Found]]) -> Begun:
    after_person = 1 + len(people.PERSON)
    state, *about = rows[0][:after_person]
    letters = [row[after_person : after_person + len(offers.OFFER)] for row in rows]
    person = Person(*about) if about[0] is not None else None
    found = [offers.read(letter) for letter in letters if letter[0] is not None]
    return Begun(state, person, found, rows[0].blocked_at is not None, rows[0].helping_id)


# --- statements -----------------------------------------------------------------------------------------------------


def _found(here: FromClause, state: ColumnElement[Json]) -> Select[*Found]:
    """The session of the address in `here`, who writes, and a row for each open offer, at least one."""
    account, chat = here.c.account, here.c.chat
    is_theirs = and_(channel_accounts.c.account == account, channel_accounts.c.chat == chat)
    joined = (
        here.outerjoin(chat_sessions, and_(chat_sessions.c.account == account, chat_sessions.c.chat == chat))
        .outerjoin(channel_accounts, is_theirs)
        .outerjoin(people.PERSON[0].table, people.PERSON[0] == channel_accounts.c.person_id)
        .outerjoin(offers.OFFER[0].table, offers.are_open(account, chat))
    )
    found = select(state, *people.PERSON, *offers.OFFER, channel_accounts.c.blocked_at, channel_accounts.c.helping_id)
    return found.select_from(joined).order_by(*offers.NEWEST_FIRST)


def _standing() -> Select[*Found]:
    account, chat = (bindparam(f"of_{name}", type_=String).label(name) for name in ("account", "chat"))
    return _found(select(account, chat).subquery("here"), chat_sessions.c.state)


def _arrival() -> Select[*Found]:
    """Insert the update, if it is new the session, and read what is found: as it was before the statement began.

    If the statement had to wait for the session, its version is not the next after the one found.
    """
    first = inbox.arriving("postgresql").cte("first")
    chat, at = bindparam("of_chat", type_=String), bindparam("at", type_=Big)
    begins = insert_into("postgresql", chat_sessions).from_select(
        ["account", "chat", "updated_at", "version"], select(first.c.account, chat, at, ONE)
    )
    goes_on = begins.on_conflict_do_update(index_elements=sessions.KEY, set_={"version": chat_sessions.c.version + ONE})
    columns = (chat_sessions.c[name] for name in ("account", "chat", "state", "version"))
    locked = goes_on.returning(*columns).cte("locked")
    waited = locked.c.version != func.coalesce(chat_sessions.c.version, literal_column("0")) + ONE
    return _found(locked, locked.c.state).add_columns(waited.label("waited"))


_STANDING, _ARRIVAL = _standing(), _arrival()
_REPLY_AND_SAVE = sessions.saving("postgresql").add_cte(outbox.REPLY.cte("reply"))
