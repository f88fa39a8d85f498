"""The chats somebody writes from, and the one-time codes by which another chat becomes theirs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, not_, or_, select, update

from conversation.messages import Address
from storage import data_links, rerouting, sessions
from storage.invites import hash_of, in_office, looks_like_code, new_code
from storage.schema import channel_accounts, link_codes, offers, people
from storage.times import to_ms

GROUPS = 2
"""Half as long as an invite, so that neither is taken for the other; 39 random bits for a quarter of an hour."""
VALID_FOR = timedelta(minutes=15)
UNLINKED = "unlinked"
"""Why a letter was not said: its chat is nobody's any more, and there is no other."""


@dataclass(frozen=True, slots=True)
class OwnChat:
    """A chat that somebody writes from."""

    address: Address
    linked_at: int
    blocked: bool
    unproven: bool
    """Whether it carries no office until a code proves it."""

    @property
    def key(self) -> str:
        """Its name in buttons."""
        return key_of(self.address)


def key_of(address: Address) -> str:
    """A name for a chat that tells nothing."""
    return hashlib.sha256(f"{address.account}/{address.chat}".encode()).hexdigest()[:12]


def is_code(text: str) -> bool:
    """Whether a whole message has the shape of a link code."""
    return looks_like_code(text, GROUPS)


def issue(tx: Connection, person: int, by: int, at: datetime) -> str:
    """A new code, told once and kept nowhere; the person's earlier ones hold no more."""
    over = or_(link_codes.c.person_id == person, link_codes.c.expires_at <= to_ms(at))
    tx.execute(delete(link_codes).where(over))
    code = new_code(GROUPS)
    times = {"issued_at": to_ms(at), "expires_at": to_ms(at + VALID_FOR)}
    tx.execute(insert(link_codes).values(code_hash=hash_of(code), person_id=person, issued_by=by, **times))
    return code


def usable(tx: Connection, code_hash: str, at: datetime) -> int | None:
    """Whose code it is, unless it was used or is too old."""
    return tx.scalar(select(link_codes.c.person_id).where(*_usable(code_hash, at)))


def use_up(tx: Connection, code_hash: str, at: datetime) -> bool:
    """Use a code; False when somebody was faster."""
    return tx.execute(update(link_codes).where(*_usable(code_hash, at)).values(used_at=to_ms(at))).rowcount > 0


def _usable(code_hash: str, at: datetime) -> tuple[ColumnElement[bool], ...]:
    unused = (link_codes.c.code_hash == code_hash, link_codes.c.used_at.is_(None))
    # whoever made it for somebody else must not come by an office that these took up since
    from_its_owner = link_codes.c.issued_by == link_codes.c.person_id
    return *unused, link_codes.c.expires_at > to_ms(at), or_(from_its_owner, ~in_office(link_codes.c.person_id))


# --- chats ----------------------------------------------------------------------------------------------------------


def chats_of(tx: Connection, person: int, *, lock: bool = False) -> Sequence[OwnChat]:
    """Where somebody writes from, oldest first; with `lock`, nobody lets one of them go before this ends."""
    mine = select(channel_accounts).where(channel_accounts.c.person_id == person).order_by(channel_accounts.c.linked_at)
    rows = tx.execute(mine.with_for_update() if lock else mine)
    return [
        OwnChat(Address(row.account, row.chat), row.linked_at, row.blocked_at is not None, row.unproven) for row in rows
    ]


def attach(tx: Connection, person: int, address: Address, at: datetime) -> None:
    """A chat that was nobody's becomes somebody's."""
    row = {"account": address.account, "chat": address.chat, "person_id": person, "linked_at": to_ms(at)}
    tx.execute(insert(channel_accounts).values(row))


def is_unproven(tx: Connection, address: Address) -> bool:
    """Whether a chat carries none of its owner's offices."""
    return bool(tx.scalar(select(channel_accounts.c.unproven).where(*_is(address))))


def prove(tx: Connection, address: Address) -> None:
    """From now on this chat carries its owner's offices."""
    tx.execute(update(channel_accounts).where(*_is(address)).values(unproven=False))


def prove_only(tx: Connection, person: int, address: Address) -> None:
    """Of somebody's chats only this one carries offices; codes that were made in another hold no more."""
    mine = channel_accounts.c.person_id == person
    tx.execute(update(channel_accounts).where(mine).values(unproven=not_(and_(*_is(address)))))
    tx.execute(delete(link_codes).where(link_codes.c.person_id == person))


def prove_all(tx: Connection, person: int) -> None:
    """All of somebody's chats are equal again."""
    tx.execute(update(channel_accounts).where(channel_accounts.c.person_id == person).values(unproven=False))


def _is(address: Address) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return channel_accounts.c.account == address.account, channel_accounts.c.chat == address.chat


def detach(tx: Connection, person: int, address: Address, at: datetime) -> None:
    """A chat becomes nobody's again: what waits for it goes to another, what was said there is forgotten."""
    tx.execute(delete(channel_accounts).where(*_is(address)))
    rerouting.leave_chat(tx, address, at, UNLINKED)
    tx.execute(delete(offers).where(offers.c.account == address.account, offers.c.chat == address.chat))
    sessions.save(tx, address, None, at)
    data_links.forget(tx, person, address)
    if preferred(tx, person) not in {chat.address.account for chat in chats_of(tx, person)}:
        prefer(tx, person, None)


def prefer(tx: Connection, person: int, account: str | None) -> None:
    """Where somebody wants to be written to; None for where they linked last."""
    tx.execute(update(people).where(people.c.id == person).values(preferred_account=account))


def preferred(tx: Connection, person: int) -> str | None:
    """The bot account somebody wants to be written to by, if they said so."""
    return tx.scalar(select(people.c.preferred_account).where(people.c.id == person))
