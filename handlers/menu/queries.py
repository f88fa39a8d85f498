"""What the menu asks of the records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass

from sqlalchemy import Connection

from conversation.messages import Query
from handlers import policy
from handlers.feature import Actor, MenuItem
from storage import people

ASIDE = 50
"""From here on a line stands in its place, whoever it is for."""


@dataclass(frozen=True, slots=True)
class MenuOf(Query[list[MenuItem]]):
    """The lines that the actor sees."""


def menu_of(items: Iterable[MenuItem]) -> Callable[[Connection, Actor, MenuOf], list[MenuItem]]:
    """A query over all lines there are: an officer's daily work first, what is seldom needed in its place."""
    in_order = sorted(items, key=lambda item: (item.needs is None or item.place >= ASIDE, item.place))

    def visible(tx: Connection, actor: Actor, _query: MenuOf) -> list[MenuItem]:
        if actor.person is None:
            return [item for item in in_order if item.visitors]
        doable = {None, *policy.doable(tx, actor)}
        agreed = {consent.purpose for consent in people.consents_in_force(tx, actor.person)}
        fitting = [item for item in in_order if _suits(item, actor) and _agrees(item, agreed)]
        return [item for item in fitting if item.registered and item.needs in doable]

    return visible


def _agrees(item: MenuItem, agreed: Set[str]) -> bool:
    return item.not_agreeing_to not in agreed and (not item.agreeing_to or not agreed.isdisjoint(item.agreeing_to))


def _suits(item: MenuItem, actor: Actor) -> bool:
    return not item.helping if actor.on_behalf_of is None else not item.own
