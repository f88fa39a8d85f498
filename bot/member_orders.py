"""Orders about lists of members; a list is read where the file lies, and comes here in parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from conversation.messages import Json, Words
from conversation.speech import Speaker, Speech, plain
from handlers.actor import Actor
from handlers.feature import Registry, look, perform
from handlers.languages import SOURCE, translator
from handlers.members.exporting import ExportMembers
from handlers.members.importing import CheckList, ImportList, Outcome
from handlers.members.pair_script import suspect
from handlers.members.pairs import DecidePair, UndecidedPairs
from handlers.members.scope import ScopeOf
from handlers.members.sheet import Entry, Problem
from storage.duplicates import Suspect


def say(words: Words) -> str:
    """For an operator, who reads Vietnamese."""
    return plain(Speech(Speaker(), translator(SOURCE)).render(words))


def told(problem: Problem) -> Json:
    """A problem in words."""
    return {"row": problem.row, "words": say(problem.words), "fatal": problem.fatal}


def scope(tx: Connection, registry: Registry, now: datetime, order: Mapping[str, Any]) -> Json:
    """Which organisation a list is of, and where."""
    query = ScopeOf(order["unit"], order["organisation"], whole=order.get("whole", False))
    found = look(registry, tx, _actor(now, order), query)
    return {"organisation": found.organisation, "of": found.organisation_name, "unit_name": found.unit.full_name}


def check(tx: Connection, registry: Registry, now: datetime, order: Mapping[str, Any]) -> Json:
    """What a part of a list would do."""
    query = CheckList(order["organisation"], order["unit"], _entries(order))
    return _told(look(registry, tx, _actor(now, order), query))


def enter(tx: Connection, registry: Registry, now: datetime, order: Mapping[str, Any]) -> Json:
    """Enter a part of a list."""
    command = ImportList(order["organisation"], order["unit"], _entries(order), order["source"])
    return _told(perform(registry, tx, _actor(now, order), command))


def export(tx: Connection, registry: Registry, now: datetime, order: Mapping[str, Any]) -> Json:
    """A page of members."""
    asked = (order["unit"], order["organisation"], order["reason"], order["with_phones"], order["after"])
    page = perform(registry, tx, _actor(now, order), ExportMembers(*asked))
    return {"members": [astuple(each) for each in page.members], "phones": page.phones, "next": page.next}


def list_pairs(tx: Connection, registry: Registry, now: datetime, order: Mapping[str, Any]) -> Json:
    """People of a unit who may be one."""
    found = look(registry, tx, _actor(now, order), UndecidedPairs(order["unit"]))
    return {
        "pairs": [
            {"older": pair.older.id, "younger": pair.younger.id, "words": f"{_who(pair.older)} | {_who(pair.younger)}"}
            for pair in found
        ]
    }


def _who(who: Suspect) -> str:
    return say(suspect(who))


def decide(tx: Connection, registry: Registry, now: datetime, order: Mapping[str, Any]) -> Json:
    """What an operator decided."""
    perform(registry, tx, _actor(now, order), DecidePair(order["one"], order["other"], order["decision"]))
    return {"decided": order["decision"]}


def _actor(now: datetime, order: Mapping[str, Any]) -> Actor:
    return Actor(now, operator=f"cli:{order['by']}")


def _entries(order: Mapping[str, Any]) -> tuple[Entry, ...]:
    return tuple(Entry(*each) for each in order["entries"])


def _told(outcome: Outcome) -> Json:
    return {"new": outcome.new, "there": outcome.there, "problems": [told(each) for each in outcome.problems]}


OPERATIONS = {
    "members-scope": scope,
    "members-check": check,
    "members-import": enter,
    "members-export": export,
    "duplicates-list": list_pairs,
    "duplicates-decide": decide,
}
