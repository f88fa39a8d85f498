"""Answers about units, and about those who look after them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from conversation.messages import N_, Query, Words, phrase
from handlers import policy
from handlers.feature import Actor
from handlers.offices import Responsible, office_words, responsible_for
from handlers.place import (
    ChildrenOf,
    CommuneOf,
    FindUnits,
    ForPoster,
    OfficeCalled,
    PosterOf,
    ProvinceNamed,
    ResponsibleFor,
    UnitBy,
    in_sentence,
    join_code,
)
from handlers.policy import Action, Object
from storage import people, units
from storage.place_search import search_places
from storage.unit_history import units_today
from storage.unit_search import GOOD, Match, named_province, search
from storage.units import COMMUNE, Unit

NO_SUCH_UNIT = N_("Không có đơn vị nào mang mã «{unit}».")
WHO_HELPS = N_("{who}, {office}")
MOST_MATCHES = 40
"""Enough to tell in how many provinces a common name is found."""


def find_units(tx: Connection, _actor: Actor, query: FindUnits) -> list[Match]:
    """Search by new and old names; a hamlet typed alone is found where no commune is called so."""
    found = search(tx, query.words, limit=MOST_MATCHES, province=query.province)
    if any(match.score >= GOOD for match in found):
        return found
    places = search_places(tx, query.words, limit=MOST_MATCHES, province=query.province)
    return places if any(match.unit.depth > COMMUNE for match in places) else found


def province_named(tx: Connection, _actor: Actor, query: ProvinceNamed) -> Unit | None:
    """A province by its name alone."""
    return named_province(tx, query.words)


def unit_by(tx: Connection, _actor: Actor, query: UnitBy) -> Unit | None:
    """A unit in use, or the one that took its place: posters hang on walls for years."""
    today = units_today(tx, query.code)
    return today[0] if len(today) == 1 else None


def children_of(tx: Connection, _actor: Actor, query: ChildrenOf) -> list[Unit]:
    """Hamlets of a commune, groups of a hamlet."""
    return units.children(tx, query.code)


def commune_of(tx: Connection, actor: Actor, query: CommuneOf) -> Unit:
    """The commune above, or the unit itself."""
    code = query.code or _own_unit(tx, actor)
    found = units.unit(tx, code)
    if found is None:
        raise LookupError(code)
    if found.depth <= COMMUNE:
        return found
    return units.unit(tx, found.path.split("/")[COMMUNE]) or found


def responsible(tx: Connection, actor: Actor, query: ResponsibleFor) -> list[Responsible]:
    """By the nearest office they hold."""
    unit = query.unit or _own_unit(tx, actor)
    return responsible_for(tx, unit, but=actor.person) if unit else []


def office_called(tx: Connection, _actor: Actor, query: OfficeCalled) -> Words:
    """For anybody who has one before them."""
    return office_words(tx, query.office)


def poster_of(tx: Connection, actor: Actor, query: PosterOf) -> ForPoster:
    """For those who may put up posters there; the nearest helper is named."""
    unit = unit_by(tx, actor, UnitBy(query.unit))
    on = Object(unit.code, kind="unit", number=unit.code) if unit else None
    policy.require(tx, actor, Action.POSTERS_MAKE, on, NO_SUCH_UNIT, unit=query.unit)
    if unit is None:
        raise LookupError(query.unit)
    helper = next(iter(responsible_for(tx, unit.code)), None)
    who = phrase(WHO_HELPS, who=helper.called, office=helper.office) if helper else ""
    return ForPoster(unit, in_sentence(commune_of(tx, actor, CommuneOf(unit.code))), join_code(unit), who)


def _own_unit(tx: Connection, actor: Actor) -> str:
    me = people.person(tx, actor.person) if actor.person is not None else None
    return (me and me.unit_code) or ""


QUERIES: Mapping[type[Query[Any]], Callable[..., Any]] = {
    FindUnits: find_units,
    ProvinceNamed: province_named,
    UnitBy: unit_by,
    ChildrenOf: children_of,
    CommuneOf: commune_of,
    ResponsibleFor: responsible,
    OfficeCalled: office_called,
    PosterOf: poster_of,
}
