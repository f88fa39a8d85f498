"""Letters that cannot be said where they were to be said: the same letter goes to the person's other chat.

It is the same row with another address, moved in one transaction, so it is never there twice. What may have been said
already stays where it is: two platforms know nothing of each other, and somebody would read it twice. Answers to what
somebody wrote stay too, for elsewhere their numbers would answer another question; they end with their chat.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, delete, exists, func, not_, or_, select, text, update

from conversation.messages import Address
from storage.database import leave_no_trace
from storage.schema import channel_accounts, consents, deliveries, offers, outbox, people, roles
from storage.times import to_ms

OFF = "channel_off"
"""Why nobody was reached: the channel is no longer used, and they have no other."""

_PREFERRED = func.coalesce(people.c.preferred_account, "") == channel_accounts.c.account
_HOLDS_OFFICE = exists().where(roles.c.person_id == people.c.id, roles.c.revoked_at.is_(None))
ANYWHERE = (
    select(channel_accounts.c.account, channel_accounts.c.chat, channel_accounts.c.blocked_at)
    .join(people, people.c.id == channel_accounts.c.person_id)
    .where(channel_accounts.c.person_id == bindparam("of_person"))
    .where(or_(not_(channel_accounts.c.unproven), not_(_HOLDS_OFFICE)))
    .order_by(channel_accounts.c.blocked_at.is_not(None), _PREFERRED.desc(), channel_accounts.c.linked_at.desc())
    .limit(1)
)
"""Where a person is written to: as they prefer, else where they linked last and did not block.

Whoever holds an office is written to in chats that carry it alone: others may be in other hands.
"""
_HERE = and_(channel_accounts.c.account == bindparam("account"), channel_accounts.c.chat == bindparam("chat"))
_ELSEWHERE = ANYWHERE.where(
    not_(_HERE),
    channel_accounts.c.account.not_in(bindparam("avoid", expanding=True)),
    channel_accounts.c.blocked_at.is_(None),
    exists().where(consents.c.person_id == people.c.id, consents.c.withdrawn_at.is_(None)),
)
"""Another chat of somebody who still agrees to something."""
_WAITS_HERE = and_(outbox.c.account == bindparam("account"), outbox.c.chat == bindparam("chat"))
_THERE: dict[str, Any] = {"account": bindparam("to_account"), "chat": bindparam("to_chat")}
_MOVE = update(outbox).where(outbox.c.id == bindparam("letter")).values(**_THERE, claimed=False)
_MOVE_OFFER = update(offers).where(offers.c.delivery_id == bindparam("delivery")).values(**_THERE)
_COLUMNS = ("id", "account", "chat", "attempts", "claimed", "delivery_id")
_LETTER: Select[Any] = select(
    *(outbox.c[name] for name in _COLUMNS), deliveries.c.person_id, deliveries.c.reason
).select_from(outbox.outerjoin(deliveries, deliveries.c.id == outbox.c.delivery_id))


def close(tx: Connection, letter: int, delivery: int | None, at: datetime, **told: str | None) -> None:
    """Take a letter out of the outbox, and write down how it ended."""
    tx.execute(delete(outbox).where(outbox.c.id == letter))
    if delivery is not None:
        tx.execute(update(deliveries).where(deliveries.c.id == delivery).values(settled_at=to_ms(at), **told))


def go_elsewhere(tx: Connection, letter: int, here: Address, refused: str | None = None) -> bool:
    """Move the letter that its chat refuses; False when it stays: it may have been said, or there is nowhere else.

    One that is not here any more was seen to before, when the answer of the records was lost. Why it was `refused` for
    good is remembered: one that is refused there too stays there, or two chats would hand it to each other for ever.
    """
    at_home = {"account": here.account, "chat": here.chat}
    row = tx.execute(_LETTER.where(outbox.c.id == letter, _WAITS_HERE), at_home).one_or_none()
    if row is None:
        return True
    if row.attempts or (refused and row.reason) or not _moves(tx, row):
        return False
    if refused:
        tx.execute(update(deliveries).where(deliveries.c.id == row.delivery_id).values(reason=refused))
    return True


def leave_chat(tx: Connection, address: Address, at: datetime, reason: str) -> None:
    """Say elsewhere what waits for a chat that is no more, or skip it."""
    here = (outbox.c.account == address.account, outbox.c.chat == address.chat)
    letters = tx.execute(_locked(_LETTER.where(*here, text("NOT claimed")))).all()
    for row in letters:
        if row.attempts or not _moves(tx, row):
            close(tx, row.id, row.delivery_id, at, status="skipped", reason=reason)
    _answers_leave_no_trace(tx, letters)


def leave_account(tx: Connection, account: str, avoid: Collection[str], after: int, most: int) -> int:
    """Say elsewhere what waits for a bot account that is out of order, if there is an elsewhere.

    Some letters at a time are looked at, those after the letter `after`; the last of them is returned, 0 at the end.
    `avoid` names the accounts that are out of order, this one included.
    """
    reachable = exists().where(
        channel_accounts.c.person_id == deliveries.c.person_id,
        channel_accounts.c.account.not_in(avoid),
        channel_accounts.c.blocked_at.is_(None),
    )
    told = _of(account, most).where(outbox.c.delivery_id.is_not(None), outbox.c.id > after)
    letters = tx.execute(told.add_columns(reachable.label("reachable"))).all()
    for row in letters:
        if row.reachable and not row.claimed and not row.attempts and row.reason is None:
            _moves(tx, row, avoid)
    return letters[-1].id if len(letters) == most else 0


def close_account(tx: Connection, account: str, avoid: Collection[str], at: datetime, most: int) -> int:
    """Bring what waits for an account that nobody sends from any more to an end, here or elsewhere; how much."""
    letters = tx.execute(_of(account, most)).all()
    for row in letters:
        if row.attempts or row.claimed:
            close(tx, row.id, row.delivery_id, at, status="uncertain", reason=OFF)
        elif row.reason is not None or not _moves(tx, row, avoid):
            close(tx, row.id, row.delivery_id, at, status="skipped", reason=row.reason or OFF)
    _answers_leave_no_trace(tx, letters)
    return len(letters)


def _answers_leave_no_trace(tx: Connection, letters: Sequence[Row[Any]]) -> None:
    """One of those that ended with their chat may have been secret."""
    if any(row.delivery_id is None for row in letters):
        leave_no_trace(tx)


def _of(account: str, most: int) -> Select[Any]:
    """The oldest of what waits for a bot account."""
    return _locked(_LETTER.where(outbox.c.account == account).order_by(outbox.c.id).limit(most))


def _locked(letters: Select[Any]) -> Select[Any]:
    """Those that nobody is claiming just now: they would be said here and there."""
    return letters.with_for_update(of=outbox, skip_locked=True)


def _moves(tx: Connection, row: Row[Any], avoid: Collection[str] = ()) -> bool:
    here = {"of_person": row.person_id, "account": row.account, "chat": row.chat, "avoid": list(avoid)}
    to = tx.execute(_ELSEWHERE, here).first() if row.person_id is not None else None
    if to is None:
        return False
    there = {"to_account": to.account, "to_chat": to.chat}
    tx.execute(_MOVE, {"letter": row.id, **there})
    tx.execute(_MOVE_OFFER, {"delivery": row.delivery_id, **there})
    return True


def waiting_by_account(tx: Connection) -> dict[str, int]:
    """How much waits for each bot account."""
    counted = tx.execute(select(outbox.c.account, func.count()).group_by(outbox.c.account))
    return {account: count for account, count in counted}


def accounts_written_to(tx: Connection) -> Iterator[str]:
    """The bot accounts that letters wait for, found by steps along the index however many letters there are."""
    account = tx.scalar(select(func.min(outbox.c.account)))
    while account is not None:
        yield account
        account = tx.scalar(select(func.min(outbox.c.account)).where(outbox.c.account > account))
