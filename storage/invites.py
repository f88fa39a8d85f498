"""One-time codes for offices: kept as hashes, single use, with a limit to wrong tries."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, exists, func, insert, or_, select, update

from conversation.answers import fold
from conversation.messages import Address
from storage.people import Role
from storage.schema import code_misses, invites, roles
from storage.times import to_ms

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0 O 1 I L, which look alike; twelve of them are 59 random bits."""
GROUPS, GROUP = 3, 4
FEWEST_DIGITS = 2
"""So that no code reads like a word, nor a word like a code; it costs less than a bit."""
VALID_FOR = timedelta(hours=72)
MISSES_WITHIN, MOST_MISSES = timedelta(hours=1), 5

_INVITE = select(invites.c.issuer_id, invites.c.used_by, *(invites.c[name] for name in Role.__dataclass_fields__))
_UNDECIDED = (
    invites.c.used_at.is_not(None),
    invites.c.issuer_id.is_not(None),  # 0.2.0 knew no issuers: what was taken then, was had at once
    invites.c.confirmed_at.is_(None),
    invites.c.refused_at.is_(None),
)

_SHAPE = re.compile(rf"[{LETTERS.lower()}]{{4}}(?:[ -]?[{LETTERS.lower()}]{{4}})*")


@dataclass(frozen=True, slots=True)
class Invite:
    """An office to be taken up."""

    office: Role
    issuer: int | None
    """The person who issued it; None for the operator's tools."""
    used_by: int | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An office that was taken, and that waits for its issuer's word."""

    code_hash: str
    used_at: int
    invite: Invite


def new_code(groups: int = GROUPS) -> str:
    """As in `7KQ4-M2XP-9TRC`."""
    while True:
        letters = "".join(secrets.choice(LETTERS) for _ in range(groups * GROUP))
        if looks_like_code(letters, groups):
            return "-".join(letters[start : start + GROUP] for start in range(0, len(letters), GROUP))


def looks_like_code(text: str, groups: int = GROUPS) -> bool:
    """Whether a whole message has the shape of a code, dashes or spaces or neither, in any case."""
    folded = fold(text)
    letters, digits = (sum(map(kind, folded)) for kind in (str.isalnum, str.isdecimal))
    return bool(_SHAPE.fullmatch(folded)) and letters == groups * GROUP and FEWEST_DIGITS <= digits < letters


def hash_of(code: str) -> str:
    """What is kept of a code: enough to know it again, not to tell it."""
    return hashlib.sha256(re.sub("[^0-9a-z]", "", fold(code)).encode()).hexdigest()


def issue(tx: Connection, office: Role, issued_by: str, at: datetime, issuer: int | None = None) -> str:
    """A new code, told once and kept nowhere."""
    code = new_code()
    scope = {name: getattr(office, name) for name in Role.__dataclass_fields__}
    tx.execute(
        insert(invites).values(
            code_hash=hash_of(code),
            issued_by=issued_by,
            issuer_id=issuer,
            issued_at=to_ms(at),
            expires_at=to_ms(at + VALID_FOR),
            **scope,
        )
    )
    return code


def usable(tx: Connection, code_hash: str, at: datetime) -> Invite | None:
    """The invite behind a hash, unless it was used or is too old."""
    return _one(tx, invites.c.code_hash == code_hash, invites.c.used_at.is_(None), invites.c.expires_at > to_ms(at))


def waiting(tx: Connection, code_hash: str) -> Invite | None:
    """An invite that was used, and about which its issuer has not decided."""
    return _one(tx, invites.c.code_hash == code_hash, *_UNDECIDED)


def _one(tx: Connection, *where: ColumnElement[bool]) -> Invite | None:
    row = tx.execute(_INVITE.where(*where)).one_or_none()
    return Invite(Role(*row[2:]), *row[:2]) if row else None


def decide(tx: Connection, code_hash: str, at: datetime, *, right: bool) -> bool:
    """Say whether the right person took the office; False when that was said before."""
    said = {"confirmed_at" if right else "refused_at": to_ms(at)}
    undecided = (invites.c.code_hash == code_hash, *_UNDECIDED)
    return tx.execute(update(invites).where(*undecided).values(said)).rowcount > 0


def undecided(tx: Connection, before: datetime) -> list[Waiting]:
    """What was taken before then and still waits, the longest first."""
    query = _INVITE.add_columns(invites.c.code_hash, invites.c.used_at)
    rows = tx.execute(query.where(*_UNDECIDED, invites.c.used_at <= to_ms(before)).order_by(invites.c.used_at)).all()
    return [Waiting(row[-2], row[-1], Invite(Role(*row[2:-2]), *row[:2])) for row in rows]


def in_office(person: ColumnElement[int] | int) -> ColumnElement[bool]:
    """Whether somebody holds an office, or took one that its issuer may still confirm."""
    holds = exists().where(roles.c.person_id == person, roles.c.revoked_at.is_(None))
    return or_(holds, exists().where(invites.c.used_by == person, *_UNDECIDED))


def has_office(tx: Connection, person: int) -> bool:
    """As `in_office`, of one person."""
    return bool(tx.scalar(select(in_office(person))))


def take_back(tx: Connection, issuer: int, at: datetime) -> None:
    """Codes of theirs that nobody has used are worth nothing from now on."""
    unused = (invites.c.issuer_id == issuer, invites.c.used_at.is_(None))
    tx.execute(update(invites).where(*unused).values(expires_at=to_ms(at)))


def refuse_all(tx: Connection, person: int, at: datetime) -> None:
    """Nobody need decide any more about somebody who is gone."""
    tx.execute(update(invites).where(invites.c.used_by == person, *_UNDECIDED).values(refused_at=to_ms(at)))


def use_up(tx: Connection, code_hash: str, person: int, at: datetime, *, decided: bool) -> bool:
    """Use an invite, `decided` when nobody need confirm it; False when somebody was faster."""
    unused = (invites.c.code_hash == code_hash, invites.c.used_at.is_(None), invites.c.expires_at > to_ms(at))
    used = {"used_at": to_ms(at), "used_by": person, "confirmed_at": to_ms(at) if decided else None}
    return tx.execute(update(invites).where(*unused).values(used)).rowcount > 0


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
