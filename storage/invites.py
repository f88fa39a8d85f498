"""One-time codes for offices: kept as hashes, single use, with a limit to wrong tries."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from conversation.answers import fold
from conversation.messages import Address
from storage.schema import code_misses, invites
from storage.times import to_ms

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0 O 1 I L, which look alike; twelve of them are 59 random bits."""
GROUPS, GROUP = 3, 4
FEWEST_DIGITS = 2
"""So that no code reads like a word, nor a word like a code; it costs less than a bit."""
VALID_FOR = timedelta(hours=72)
MISSES_WITHIN, MOST_MISSES = timedelta(hours=1), 5

_SHAPE = re.compile(rf"[{LETTERS.lower()}]{{4}}(?:[ -]?[{LETTERS.lower()}]{{4}}){{2}}")


@dataclass(frozen=True, slots=True)
class Invite:
    """An office to be taken up."""

    role: str
    unit_code: str


def new_code() -> str:
    """As in `7KQ4-M2XP-9TRC`."""
    while True:
        letters = "".join(secrets.choice(LETTERS) for _ in range(GROUPS * GROUP))
        if looks_like_code(letters):
            return "-".join(letters[start : start + GROUP] for start in range(0, len(letters), GROUP))


def looks_like_code(text: str) -> bool:
    """Whether a whole message has the shape of a code, dashes or spaces or neither, in any case."""
    folded = fold(text)
    digits = sum(map(str.isdecimal, folded))
    return bool(_SHAPE.fullmatch(folded)) and FEWEST_DIGITS <= digits < GROUPS * GROUP


def hash_of(code: str) -> str:
    """What is kept of a code: enough to know it again, not to tell it."""
    return hashlib.sha256(re.sub("[^0-9a-z]", "", fold(code)).encode()).hexdigest()


def issue(tx: Connection, role: str, unit_code: str, issued_by: str, at: datetime) -> str:
    """A new code, told once and kept nowhere."""
    code = new_code()
    tx.execute(
        insert(invites).values(
            code_hash=hash_of(code),
            role=role,
            unit_code=unit_code,
            issued_by=issued_by,
            issued_at=to_ms(at),
            expires_at=to_ms(at + VALID_FOR),
        )
    )
    return code


def usable(tx: Connection, code_hash: str, at: datetime) -> Invite | None:
    """The invite behind a hash, unless it was used or is too old."""
    query = select(invites.c.role, invites.c.unit_code).where(
        invites.c.code_hash == code_hash, invites.c.used_at.is_(None), invites.c.expires_at > to_ms(at)
    )
    row = tx.execute(query).one_or_none()
    return Invite(*row) if row else None


def use_up(tx: Connection, code_hash: str, person: int, at: datetime) -> bool:
    """Use an invite; False when somebody was faster."""
    unused = (invites.c.code_hash == code_hash, invites.c.used_at.is_(None), invites.c.expires_at > to_ms(at))
    return tx.execute(update(invites).where(*unused).values(used_at=to_ms(at), used_by=person)).rowcount > 0


# wrong tries --------------------------------------------------------------------------------------------------


def too_many_misses(tx: Connection, address: Address, at: datetime) -> bool:
    """Whether a chat has guessed wrong too often of late."""
    recent = (*_is(address), code_misses.c.at > to_ms(at - MISSES_WITHIN))
    return (tx.scalar(select(func.count()).select_from(code_misses).where(*recent)) or 0) >= MOST_MISSES


def note_miss(tx: Connection, address: Address, at: datetime) -> None:
    """Count a wrong code; those of long ago are forgotten."""
    tx.execute(delete(code_misses).where(code_misses.c.at <= to_ms(at - MISSES_WITHIN)))
    tx.execute(insert(code_misses).values(account=address.account, chat=address.chat, at=to_ms(at)))


def forget_misses(tx: Connection, address: Address) -> None:
    """After a right one, or when the person is erased."""
    tx.execute(delete(code_misses).where(*_is(address)))


def _is(address: Address) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return code_misses.c.account == address.account, code_misses.c.chat == address.chat
