"""What registration asks of the records."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from conversation.messages import Query
from handlers.feature import Actor
from handlers.purposes import NEWS
from storage import people, units
from storage.units import Unit


@dataclass(frozen=True, slots=True)
class Myself:
    """Somebody registered: where they live, and whether news is sent to them."""

    unit: Unit | None
    receives_news: bool


@dataclass(frozen=True, slots=True)
class Me(Query[Myself | None]):
    """Who writes; None when not registered."""


def me(tx: Connection, actor: Actor, _query: Me) -> Myself | None:
    """Look the actor up."""
    person = people.person(tx, actor.person) if actor.person is not None else None
    if person is None:
        return None
    unit = units.unit(tx, person.unit_code) if person.unit_code else None
    return Myself(unit, people.agrees(tx, person.id, NEWS))
