"""What a feature is, and the one path by which chat, web, command line and timers act on the records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from conversation.messages import Command, Heard, Json, Opening, Query, Rejected, T_co, Template, Words
from conversation.talks import Talk, Talks
from handlers import policy
from handlers.actor import Actor, Forbidden

__all__ = ["Actor", "Feature", "MenuItem", "PersonalData", "Registry", "Rejected", "look", "perform"]


class PersonalData(Protocol):
    """What a feature keeps about a person: shown, taken away and erased with everything else."""

    columns: frozenset[str]
    """`table.column` names about people that this feature answers for."""
    erases: tuple[Template, ...]
    """What goes when the person asks for erasure, as in «Cầu Nối sẽ xóa: <…>»."""
    keeps: tuple[Template, ...]
    """What stays without the person's name, and why, as in «Giữ lại: <…>»."""

    def summary(self, tx: Connection, person: int) -> Iterable[Words]:
        """What is kept now, in a few words each, as in «Cầu Nối đang lưu về bác: <…>»."""

    def export(self, tx: Connection, person: int) -> Json:
        """All of it, as the person may take it away."""

    def erase(self, tx: Connection, person: int, at: datetime) -> None:
        """Erase it, while `channel_accounts` still tells where the person writes from."""


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A line of the menu, shown to those it is for."""

    talk: str
    label: Template
    place: int
    needs: policy.Action | None = None
    """What those who see it may do somewhere; None for everybody."""
    visitors: bool = False
    """Whether those who have not registered see it."""
    registered: bool = True
    """Whether those who have registered see it."""
    own: bool = False
    """Whether it is each person's alone, so that nobody sees it who acts for somebody else."""
    helping: bool = False
    """Whether only those who act for somebody else see it."""
    agreeing_to: tuple[str, ...] = ()
    """Purposes to one of which those agree who see it; empty for everybody."""
    not_agreeing_to: str = ""
    """The purpose to which those do not agree who see it."""


@dataclass(frozen=True)
class Feature:
    """One thing the bot does, whole."""

    name: str
    talks: tuple[Talk, ...] = ()
    queries: Mapping[type[Query[Any]], Callable[..., Any]] = field(default_factory=dict)
    commands: Mapping[type[Command[Any]], Callable[..., Any]] = field(default_factory=dict)
    suggests: Callable[[Heard], Opening | None] | None = None
    """Reads a message nobody asked for and may propose a talk about it."""
    alarms: Callable[[Heard], Opening | None] | None = None
    """Reads a cry for help, which goes before any question."""
    codes: Callable[[Heard], Opening | None] | None = None
    """Reads a short code typed as the whole message, such as `PA 0427`."""
    timers: Mapping[str, Callable[[Connection, datetime, Json], None]] = field(default_factory=dict)
    plans: Callable[[Connection, datetime], None] | None = None
    """Sees to it that its timer is planned; called at start and each hour."""
    personal_data: PersonalData | None = None
    menu: tuple[MenuItem, ...] = ()


class Registry:
    """All features, by what they answer to."""

    def __init__(self, features: Iterable[Feature]) -> None:
        self.features = tuple(features)
        self.talks = Talks(
            tuple(talk for feature in self.features for talk in feature.talks),
            tuple(feature.codes for feature in self.features if feature.codes),
            tuple(feature.suggests for feature in self.features if feature.suggests),
            tuple(feature.alarms for feature in self.features if feature.alarms),
        )
        self.queries = {kind: run for feature in self.features for kind, run in feature.queries.items()}
        self.commands = {kind: run for feature in self.features for kind, run in feature.commands.items()}
        self.timers = {kind: run for feature in self.features for kind, run in feature.timers.items()}

    def plan(self, tx: Connection, now: datetime) -> None:
        """See to it that timers which must always be planned are."""
        for feature in self.features:
            if feature.plans:
                feature.plans(tx, now)


def look(registry: Registry, tx: Connection, actor: Actor, query: Query[T_co]) -> T_co:
    """Answer a query inside the caller's transaction."""
    try:
        answer: T_co = registry.queries[type(query)](tx, actor, query)
    except Forbidden as refusal:
        policy.note_refusal(tx, actor, refusal.attempt)
        raise
    return answer


def perform(registry: Registry, tx: Connection, actor: Actor, command: Command[T_co]) -> T_co:
    """Run a command in a savepoint of the caller's transaction; `Rejected` leaves no trace but that it was forbidden.

    What is done for somebody else is written down for them to see.
    """
    try:
        with tx.begin_nested():
            result: T_co = registry.commands[type(command)](tx, actor, command)
            if actor.on_behalf_of is not None:
                policy.note_help(tx, actor, type(command).__name__)
    except Forbidden as refusal:
        policy.note_refusal(tx, actor, refusal.attempt)
        raise
    return result
