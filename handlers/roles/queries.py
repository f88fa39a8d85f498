"""Which offices there are to end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection

from conversation.answers import fold
from conversation.messages import Query, Words
from handlers import policy
from handlers.enrolling import oneself
from handlers.feature import Actor
from handlers.holding import as_object
from handlers.offices import OFFICES, office_words
from handlers.policy import MANAGED_BY, Action
from storage import people, rights
from storage.people import Role
from storage.rights import Held

AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Holding:
    """Somebody and their office."""

    id: int
    own: bool
    name: str
    office: Role
    called: Words
    """As in «cán bộ phường An Hội Đông»."""


@dataclass(frozen=True, slots=True)
class OfficesToEnd(Query[Sequence[Holding]]):
    """The actor's own offices first, then at most so many of those they may end, `after` the last one seen.

    Words keep to those whose holder, place or kind is called so.
    """

    words: str = ""
    after: int = 0
    most: int = 100


@dataclass(frozen=True, slots=True)
class WhoHolds(Query[Sequence[Holding]]):
    """All offices over a unit or below it, or everywhere: for those who may know."""

    unit: str = ""


def offices_to_end(tx: Connection, actor: Actor, query: OfficesToEnd) -> Sequence[Holding]:
    """Not for those who act for somebody else."""
    if actor.person is None:
        return ()
    oneself(tx, actor)
    own = () if query.words or query.after else rights.held_by(tx, actor.person)
    below = islice(_below(tx, actor, actor.person, query), query.most)
    return [*_described(tx, actor, own), *_described(tx, actor, list(below))]


def _below(tx: Connection, actor: Actor, me: int, query: OfficesToEnd) -> Iterator[Held]:
    """Read some at a time: the records know where somebody's offices reach, the policy decides on each."""
    mine = [held for role in MANAGED_BY for held in policy.offices(tx, actor, Action.ROLES_REVOKE, role)]
    wanted = rights.Wanted(me, {held.office.unit_code for held in mine}, query.words, _called(query.words))
    after, more = query.after, True
    while more:
        found = rights.reached(tx, wanted, after, AT_ONCE)
        yield from (each for each in found if _may_end(tx, actor, each))
        after, more = found[-1].id if found else after, len(found) == AT_ONCE


def _called(words: str) -> list[str]:
    """The kinds of office that words name: «tổ trưởng»."""
    return [role for role, title in OFFICES.items() if words and fold(title) == fold(words)]


def _may_end(tx: Connection, actor: Actor, held: Held) -> bool:
    return policy.may(tx, actor, Action.ROLES_REVOKE, as_object(held.office))


def who_holds(tx: Connection, actor: Actor, query: WhoHolds) -> Sequence[Holding]:
    """By the right to each."""
    found = rights.below(tx, query.unit) if query.unit else rights.everywhere(tx)
    seen = [each for each in found if policy.may(tx, actor, Action.ROLES_READ, as_object(each.office))]
    return list(_described(tx, actor, seen))


def _described(tx: Connection, actor: Actor, held: Sequence[Held]) -> Iterator[Holding]:
    for each in held:
        known = people.person(tx, each.person)
        if known is not None:
            yield Holding(each.id, each.person == actor.person, known.name, each.office, office_words(tx, each.office))
