"""Which offices there are to end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from conversation.messages import Query, Words
from handlers import policy
from handlers.enrolling import oneself
from handlers.feature import Actor
from handlers.holding import as_object
from handlers.offices import office_words
from handlers.policy import MANAGED_BY, Action
from storage import people, rights
from storage.people import Role
from storage.rights import Held


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
    """The actor's own offices first, then those they may end."""


@dataclass(frozen=True, slots=True)
class WhoHolds(Query[Sequence[Holding]]):
    """All offices over a unit or below it, or everywhere: for those who may know."""

    unit: str = ""


def offices_to_end(tx: Connection, actor: Actor, _query: OfficesToEnd) -> Sequence[Holding]:
    """Not for those who act for somebody else."""
    if actor.person is None:
        return ()
    oneself(tx, actor)
    own = rights.held_by(tx, actor.person)
    below = [each for each in _reached(tx, actor) if each.person != actor.person and _may_end(tx, actor, each)]
    return [*_described(tx, actor, own), *_described(tx, actor, below)]


def _reached(tx: Connection, actor: Actor) -> list[Held]:
    mine = [held for role in MANAGED_BY for held in policy.offices(tx, actor, Action.ROLES_REVOKE, role)]
    places = dict.fromkeys(held.office.unit_code for held in mine)
    found = [each for unit in places for each in rights.below(tx, unit)]
    found += rights.helping(tx, actor.person or 0)
    return list({each.id: each for each in found}.values())


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
