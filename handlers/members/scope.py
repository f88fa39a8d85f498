"""Which part of the two trees a list is about."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from conversation.messages import Query, Rejected
from handlers.actor import Actor
from handlers.members import list_texts as texts
from handlers.policy import Action, Object, require
from storage import branches, organisations, units
from storage.units import NO_SUCH_UNIT, Unit


@dataclass(frozen=True, slots=True)
class Scope:
    """An organisation in a unit and everything below it; an empty code means all organisations."""

    unit: Unit
    organisation: str
    organisation_name: str = ""


@dataclass(frozen=True, slots=True)
class ScopeOf(Query[Scope]):
    """The part of the trees that a unit's code and the name of an organisation mean, for whoever may import there."""

    unit: str
    organisation: str
    whole: bool = False
    """Whether no name means all organisations."""


def find_scope(tx: Connection, actor: Actor, query: ScopeOf) -> Scope:
    """An organisation that is not named is the only one there, or must be named."""
    named = query.organisation or ("" if query.whole else _only_one(tx, query.unit))
    found = organisations.named(tx, named) if named else None
    return scope_of(tx, actor, Action.MEMBERS_IMPORT, query.unit, found.code if found else named)


def scope_of(tx: Connection, actor: Actor, action: Action, unit_code: str, organisation: str) -> Scope:
    """Refuse whoever may not do this there; the organisation is a code."""
    unit = units.unit(tx, unit_code)
    on = Object(unit_code, organisation, kind="unit", number=unit_code)
    require(tx, actor, action, on if unit and unit.active else None, NO_SUCH_UNIT, unit=unit_code)
    name = organisations.in_use(tx, organisation).name if organisation else ""
    return Scope(units.require_unit(tx, unit_code), organisation, name)


def _only_one(tx: Connection, unit_code: str) -> str:
    there = {branch.organisation_code for branch in branches.branches_under(tx, unit_code)}
    if not there:
        raise Rejected(texts.NO_BRANCHES_THERE)
    if len(there) > 1:
        raise Rejected(texts.WHICH_ORGANISATION, all=", ".join(sorted(there)))
    return there.pop()
