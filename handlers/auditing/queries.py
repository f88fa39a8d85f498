"""The log of a place, as far as somebody may read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from conversation.messages import Query, Words
from handlers import policy
from handlers.auditing import texts
from handlers.feature import Actor
from handlers.offices import office_words
from handlers.policy import Action, Object, Role
from storage import audit, branches, people, rights, units
from storage.audit import TIMER, Entry
from storage.people import Role as Office
from storage.rights import Held

AT_ONCE = 5


@dataclass(frozen=True, slots=True)
class LogsToRead(Query[Sequence[Held]]):
    """The actor's own offices by which they read a log."""


@dataclass(frozen=True, slots=True)
class Line:
    """An act on somebody else's data, and the name and office of who did it; no name for who never held one.

    Helpers have none either: whom they help is nobody else's affair.
    """

    entry: Entry
    name: str
    office: Words
    about: Words
    """Whose list it was, or which office; never a person."""


@dataclass(frozen=True, slots=True)
class LogOf(Query[Sequence[Line]]):
    """Some of what was done in a place, newest first, `before` an entry."""

    unit: str
    organisation: str = ""
    before: int | None = None


def logs_to_read(tx: Connection, actor: Actor, _query: LogsToRead) -> Sequence[Held]:
    """None of a single branch: what is done to its members is in the log of their place."""
    held = policy.offices(tx, actor, Action.AUDIT_READ)
    return [each for each in held if not each.office.branch_id]


def log_of(tx: Connection, actor: Actor, query: LogOf) -> Sequence[Line]:
    """About people who live there; of an organisation, about its members."""
    known = units.unit(tx, query.unit)
    on = Object(query.unit, query.organisation, kind="log", number=query.unit) if known else None
    policy.require(tx, actor, Action.AUDIT_READ, on, texts.NO_LOG)
    found = audit.in_place(tx, query.unit, query.organisation, query.before, AT_ONCE)
    return [_line(tx, each) for each in found]


def _line(tx: Connection, entry: Entry) -> Line:
    about = _about(tx, entry)
    if entry.actor_id is None:
        return Line(entry, "", texts.BY_ITSELF if entry.actor_name == TIMER else texts.OPERATOR, about)
    if not rights.ever_held(tx, entry.actor_id, but=Role.HELPER):
        return Line(entry, "", texts.SOMEBODY, about)
    held = next((each for each in people.roles_of(tx, entry.actor_id) if each.role != Role.HELPER), None)
    return Line(entry, entry.actor_name, office_words(tx, held) if held else "", about)


def _about(tx: Connection, entry: Entry) -> Words:
    if entry.object_kind == audit.BRANCH:
        found = branches.branch(tx, int(entry.object_id))
        return found.name if found else ""
    of, _, unit = entry.object_id.partition("@")
    if entry.object_kind == "office":
        return office_words(tx, Office(of, unit))
    known = units.unit(tx, unit) if entry.object_kind == audit.MEMBER_LIST else None
    return known.full_name if known else ""
