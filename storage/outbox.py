"""Letters that wait to be sent: posted in the transaction that decides, claimed and settled by the sender.

A letter's key lives for ever in `deliveries`; its row in `outbox` lives until it is settled.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum
from functools import cache
from typing import Any, Literal

from sqlalchemy import (
    Connection,
    Row,
    Select,
    bindparam,
    false,
    func,
    insert,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.sql.dml import ReturningInsert

from conversation.messages import Address, Choice, Json, Opening, Said
from storage import rerouting
from storage.database import leave_no_trace
from storage.rerouting import close
from storage.schema import channel_accounts, deliveries, offers, outbox
from storage.times import to_ms
from storage.upsert import insert_into

LONGEST_WAIT = timedelta(days=3)
"""What could not be said for so long is news no more."""
CHOICE_DATA = 64
"""Bytes of a button's data; source: Bot API, InlineKeyboardButton."""


class Lane(IntEnum):
    """Who goes first, and whose budget pays."""

    REPLY = 0
    PERSONAL = 3
    BULK = 5


@dataclass(frozen=True, slots=True)
class Letter:
    """One claimed letter."""

    id: int
    address: Address
    lane: Lane
    said: Said
    attempts: int
    """Times it may have been sent already."""
    delivery: int | None
    """None for a reply."""
    acknowledges: str
    """The pressed button that it answers."""
    secret: bool
    """Whether its words must leave no trace in the database once sent."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a letter ended."""

    status: Literal["sent", "blocked", "failed", "skipped", "uncertain"]
    reason: str = ""
    message_id: str = ""
    until: datetime | None = None
    """When what was skipped may be said after all."""


@dataclass(frozen=True, slots=True)
class _Recipient:
    address: Address | None
    person: int | None
    skipped: str = ""


_HOLDER = select(channel_accounts.c.person_id, channel_accounts.c.blocked_at).where(
    channel_accounts.c.account == bindparam("of_account"), channel_accounts.c.chat == bindparam("of_chat")
)
_OFFER = insert(offers).returning(offers.c.id)
_ENQUEUE = insert(outbox).inline()  # nobody needs the new id
REPLY = _ENQUEUE.values(
    account=bindparam("of_account"),
    chat=bindparam("of_chat"),
    lane=literal_column(str(Lane.REPLY.value)),
    not_before=bindparam("at"),
    postponed=false(),
    payload=bindparam("said"),
    posted_at=bindparam("at"),
)
"""Written with as few parameters as can be: each costs time, and this is said in every turn."""
_fall_due = (
    update(outbox)
    .where(text("postponed"), outbox.c.account == bindparam("of_account"), outbox.c.not_before <= bindparam("now"))
    .values(postponed=False)
)
"""So that a claim never walks past letters that are to be sent tomorrow; conditions as the indexes have them."""


# --- posting --------------------------------------------------------------------------------------------------------


def reply(
    tx: Connection, address: Address, said: Said, at: datetime, *, acknowledges: str = "", secret: bool = False
) -> None:
    """Answer an update; empty words with `acknowledges` only stop a button's spinning."""
    here = {"of_account": address.account, "of_chat": address.chat, "at": to_ms(at)}
    tx.execute(REPLY, here | {"said": answer(said, acknowledges=acknowledges, secret=secret)})


def answer(said: Said, *, acknowledges: str = "", secret: bool = False) -> Json:
    """What `REPLY` inserts as `said`; ValueError when a choice's data would be too long."""
    payload = said.to_json()
    if acknowledges:
        payload["acknowledges"] = acknowledges
    if secret:
        payload["secret"] = True
    return _sendable(payload)


def post(  # noqa: PLR0913 - each argument is a decision of the caller
    tx: Connection,
    to: int | Address,
    said: Said,
    *,
    key: str,
    at: datetime,
    due: datetime | None = None,
    expires: datetime | None = None,
    lane: Lane = Lane.PERSONAL,
    opens: Opening | None = None,
    about: int | None = None,
) -> int | None:
    """Post a letter to a person or an address once: a repeated key does nothing and returns None.

    The delivery's id is returned; it is `skipped` at once when nobody can be reached. With `opens`, the data of the
    choices are plain keys of that talk's question. Somebody else whom it is `about` may be erased before it is said,
    and then their name is taken out. Raises ValueError when a choice's data would be too long.
    """
    recipient = _of_address(tx, to) if isinstance(to, Address) else _of_person(tx, to)
    delivery = _deliver_once(tx, key, recipient, at)
    if delivery is not None and recipient.address is not None and not recipient.skipped:
        if opens is not None:
            said = _offer(tx, recipient.address, said, opens, delivery, at)
        timing = {"due": due, "expires": expires}
        letter = _letter_row(recipient.address, said.to_json(), lane, at, delivery=delivery, **timing)
        tx.execute(_ENQUEUE, letter | {"subject_id": about})
    return delivery


def _of_person(tx: Connection, person: int) -> _Recipient:
    row = tx.execute(rerouting.ANYWHERE, {"of_person": person}).first()
    if row is None:
        return _Recipient(None, person, "no_channel")
    return _Recipient(Address(row.account, row.chat), person, "" if row.blocked_at is None else "blocked")


def _of_address(tx: Connection, address: Address) -> _Recipient:
    row = tx.execute(_HOLDER, {"of_account": address.account, "of_chat": address.chat}).first()
    if row is None:
        return _Recipient(address, None)
    return _Recipient(address, row.person_id, "" if row.blocked_at is None else "blocked")


def _deliver_once(tx: Connection, key: str, to: _Recipient, at: datetime) -> int | None:
    now = to_ms(at)
    row: Json = {"key": key, "person_id": to.person, "posted_at": now}
    row |= {"status": "skipped", "reason": to.skipped, "settled_at": now} if to.skipped else {"status": "waiting"}
    inserted: int | None = tx.execute(_once(tx.dialect.name), row).scalar()
    return inserted


@cache
def _once(dialect: str) -> ReturningInsert[int]:
    return insert_into(dialect, deliveries).on_conflict_do_nothing().returning(deliveries.c.id)


def _offer(tx: Connection, address: Address, said: Said, opens: Opening, delivery: int, at: datetime) -> Said:
    row = {
        "account": address.account,
        "chat": address.chat,
        "talk": opens.talk,
        "question": opens.question,
        "given": opens.given,
        "choices": [[choice.data, choice.label] for choice in said.choices],
        "delivery_id": delivery,
        "posted_at": to_ms(at),
    }
    offer = tx.execute(_OFFER, row).scalar_one()
    return replace(said, choices=tuple(Choice(f"o{offer}:{c.data}", c.label) for c in said.choices))


def _letter_row(
    address: Address,
    payload: Json,
    lane: Lane,
    at: datetime,
    *,
    due: datetime | None = None,
    expires: datetime | None = None,
    delivery: int | None = None,
) -> Json:
    return {
        "account": address.account,
        "chat": address.chat,
        "lane": lane.value,
        "not_before": to_ms(due or at),
        "postponed": due is not None and due > at,
        "expires_at": None if expires is None else to_ms(expires),
        "payload": _sendable(payload),
        "delivery_id": delivery,
        "posted_at": to_ms(at),
    }


def _sendable(payload: Json) -> Json:
    for data, _label in payload.get("choices", ()):
        if len(data.encode()) > CHOICE_DATA:
            raise ValueError(f"the data of a choice is over {CHOICE_DATA} bytes: {data!r}")
    return payload


# --- claiming -------------------------------------------------------------------------------------------------------


def claim(
    tx: Connection,
    account: str,
    now: datetime,
    limit: int,
    *,
    bulk: int | None = None,
    except_chats: Collection[str] = (),
) -> list[Letter]:
    """Take up to `limit` due letters, `bulk` of them broadcast; replies first, and of each chat the oldest only.

    Expired ones that are met on the way are settled.
    """
    bulk = limit if bulk is None else bulk
    tx.execute(_fall_due, {"of_account": account, "now": to_ms(now)})
    letters: dict[str, Letter] = {}
    for row in tx.execute(_ready(account, except_chats).limit(limit)).all():
        if row.expires_at is not None and row.expires_at <= to_ms(now):
            close(tx, row.id, row.delivery_id, now, status="expired")
        elif row.chat not in letters and (row.lane != Lane.BULK or bulk > 0):
            letters[row.chat] = _letter(row)
            bulk -= row.lane == Lane.BULK
    if letters:
        taken = [letter.id for letter in letters.values()]
        tx.execute(update(outbox).where(outbox.c.id.in_(taken)).values(claimed=True))
    return list(letters.values())


def _ready(account: str, except_chats: Collection[str]) -> Select[Any]:
    return (
        select(outbox)
        .where(text("NOT claimed AND NOT postponed"), outbox.c.account == account)
        .where(outbox.c.chat.not_in(except_chats))
        .order_by(outbox.c.lane, outbox.c.id)
        .with_for_update(skip_locked=True)  # SQLite has one writer and needs no lock
    )


def _letter(row: Row[Any]) -> Letter:
    return Letter(
        id=row.id,
        address=Address(row.account, row.chat),
        lane=Lane(row.lane),
        said=Said.from_json(row.payload),
        attempts=row.attempts,
        delivery=row.delivery_id,
        acknowledges=row.payload.get("acknowledges", ""),
        secret=row.payload.get("secret", False),
    )


def put_back(tx: Connection, letter: Letter, *, counts: bool) -> None:
    """Give a claimed letter back for another try, ahead of all younger ones; `counts` when it may have been sent."""
    values = {"claimed": False, "attempts": letter.attempts + counts}
    tx.execute(update(outbox).where(outbox.c.id == letter.id).values(values))


def release_claimed(tx: Connection, account: str, *, except_chats: Collection[str] = ()) -> int:
    """Give back what was claimed and not settled, and so may have been sent; only who has the sender's lease may."""
    claimed = (outbox.c.account == account, text("claimed"), outbox.c.chat.not_in(except_chats))
    given_back = update(outbox).where(*claimed).values(claimed=False, attempts=outbox.c.attempts + 1)
    return tx.execute(given_back).rowcount


def waiting(tx: Connection) -> dict[Lane, int]:
    """How many letters wait, by lane."""
    counted = tx.execute(select(outbox.c.lane, func.count()).group_by(outbox.c.lane)).all()
    return {Lane(lane): count for lane, count in counted}


# --- settling -------------------------------------------------------------------------------------------------------


def settle(tx: Connection, letter: Letter, outcome: Outcome, at: datetime) -> None:
    """Write down how a letter ended; one that found the person gone goes to their other chat, and so do the rest.

    So does one that was not allowed here, alone; without another chat it waits for when it is, if that is soon enough.
    """
    if outcome.status == "blocked":
        block(tx, letter.address, at)
    refused = outcome.reason if outcome.status == "skipped" else None
    if outcome.status in ("blocked", "skipped") and rerouting.go_elsewhere(tx, letter.id, letter.address, refused):
        return
    if outcome.until is not None and _waits(tx, letter, outcome.until):
        return
    told = {"status": outcome.status, "reason": outcome.reason or None, "message_id": outcome.message_id or None}
    close(tx, letter.id, letter.delivery, at, **told)
    if outcome.status == "sent" and letter.delivery is not None:
        mine = offers.c.delivery_id == letter.delivery
        tx.execute(update(offers).where(mine).values(delivered_at=to_ms(at)))
    if letter.secret:
        leave_no_trace(tx)


def _waits(tx: Connection, letter: Letter, until: datetime) -> bool:
    """Keep a letter for a later hour; False when it would be too late by then."""
    in_time = or_(outbox.c.expires_at.is_(None), outbox.c.expires_at > to_ms(until))
    young = outbox.c.posted_at > to_ms(until - LONGEST_WAIT)
    kept = update(outbox).where(outbox.c.id == letter.id, in_time, young)
    return tx.execute(kept.values(claimed=False, postponed=True, not_before=to_ms(until))).rowcount == 1


def block(tx: Connection, address: Address, at: datetime) -> None:
    """Remember that a person blocked the bot; the letters that wait for them go to their other chat, or are skipped."""
    here = (channel_accounts.c.account == address.account, channel_accounts.c.chat == address.chat)
    unblocked = (*here, channel_accounts.c.blocked_at.is_(None))
    tx.execute(update(channel_accounts).where(*unblocked).values(blocked_at=to_ms(at)))
    rerouting.leave_chat(tx, address, at, "blocked")
