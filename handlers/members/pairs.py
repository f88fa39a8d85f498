"""Two people who may be one: an officer looks, and decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from conversation.messages import Command, Query, Rejected
from handlers import policy
from handlers.actor import Actor
from handlers.members import pair_texts as texts
from handlers.policy import Action, Object
from handlers.purposes import OF_PLACE
from handlers.seeing import note_seen
from storage import audit, duplicates, entering, joining, memberships, units
from storage.duplicates import Pair, Suspect

MOST = 200


@dataclass(frozen=True, slots=True)
class UndecidedPairs(Query[Sequence[Pair]]):
    """Pairs that the actor may decide on, in a unit or wherever they may."""

    unit: str = ""


@dataclass(frozen=True, slots=True)
class ShowPair(Command[None]):
    """Be shown two people who may be one: it is written down about both."""

    one: int
    other: int


@dataclass(frozen=True, slots=True)
class DecidePair(Command[None]):
    """Say whether two people are one; `same` makes one of them, which cannot be undone."""

    one: int
    other: int
    decision: Literal["same", "different"]


def undecided_pairs(tx: Connection, actor: Actor, query: UndecidedPairs) -> Sequence[Pair]:
    """Only those whose both people are within reach."""
    codes = [query.unit] if query.unit else _units_of(tx, actor)
    found = {
        (pair.older.id, pair.younger.id): pair
        for code in dict.fromkeys(codes)
        if (unit := units.unit(tx, code)) is not None
        for pair in duplicates.undecided(tx, unit.path, MOST)
    }
    return [pair for pair in found.values() if all(_may(tx, actor, each) for each in (pair.older, pair.younger))]


def _units_of(tx: Connection, actor: Actor) -> list[str]:
    return [held.office.unit_code for held in policy.offices(tx, actor, Action.DUPLICATES_DECIDE)]


def show_pair(tx: Connection, actor: Actor, command: ShowPair) -> None:
    """Each can see who looked."""
    pair = _reached(tx, actor, command.one, command.other)
    note_seen(tx, actor, (pair.older.id, pair.younger.id), "view")


def _reached(tx: Connection, actor: Actor, one: int, other: int) -> Pair:
    """A pair out of reach, or decided already, is as good as none."""
    pair = duplicates.pair(tx, one, other)
    if pair is None or not all(_may(tx, actor, each) for each in (pair.older, pair.younger)):
        on = Object(kind="pair", number=f"{one}:{other}")
        policy.require(tx, actor, Action.DUPLICATES_DECIDE, on if pair else None, texts.NO_PAIR)
    assert pair is not None  # noqa: S101 - required above
    return pair


def decide_pair(tx: Connection, actor: Actor, command: DecidePair) -> None:
    """By an officer of the place of both; of two at once, the second finds no pair any more."""
    duplicates.hold(tx, command.one, command.other)
    pair = _reached(tx, actor, command.one, command.other)
    if command.decision == "same" and not actor.operator and pair.older.has_chat and pair.younger.has_chat:
        raise Rejected(texts.BOTH_WRITE)  # else whoever writes from the one takes over what is the other's
    by = actor.operator or actor.person or ""
    if command.decision == "different":
        duplicates.keep_apart(tx, command.one, command.other, actor.at)
        for each in (pair.older, pair.younger):
            audit.note(tx, by, actor.at, "told_apart", "person", str(each.id), subject=each.id)
    else:
        joining.join(tx, pair.older.id, pair.younger.id, by, actor.at, of_place=OF_PLACE)
        entering.forget_who_entered(tx, pair.older.id)


def _may(tx: Connection, actor: Actor, who: Suspect) -> bool:
    """By the place where somebody lives, in one of their organisations."""
    code = who.path.rstrip("/").rpartition("/")[2]
    of = {held.organisation_code for held in memberships.memberships_of(tx, who.id)} or {""}
    return any(policy.may(tx, actor, Action.DUPLICATES_DECIDE, Object(code, each, person=None)) for each in of)
