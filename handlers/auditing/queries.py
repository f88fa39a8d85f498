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
from handlers.policy import Action, Object
from storage import audit, branches, people, rights, units
from storage.audit import Entry
from storage.rights import Held

AT_ONCE = 5


@dataclass(frozen=True, slots=True)
class LogsToRead(Query[Sequence[Held]]):
    """The actor's own offices by which they read a log."""


@dataclass(frozen=True, slots=True)
class Line:
    """An act on somebody else's data, and the name and office of who did it; no name for who never held one."""

    entry: Entry
    name: str
    office: Words
    branch: str
    """Whose list it was about."""


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
    about = branches.branch(tx, int(entry.object_id)) if entry.object_kind == audit.BRANCH else None
    branch = about.name if about else ""
    if entry.actor_id is None or not rights.ever_held(tx, entry.actor_id):
        return Line(entry, "", texts.OPERATOR if entry.actor_id is None else texts.SOMEBODY, branch)
    held = next(iter(people.roles_of(tx, entry.actor_id)), None)
    return Line(entry, entry.actor_name, office_words(tx, held) if held else "", branch)
