"""What people ask about their own data."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from conversation.messages import Query, Words
from handlers.enrolling import oneself
from handlers.feature import Actor
from handlers.holding import keep_an_admin
from handlers.my_data.keepers import Keepers
from storage import audit, people, rights


@dataclass(frozen=True, slots=True)
class WhatIsKept(Query[Sequence[Words]]):
    """A few words for each thing that is kept about the actor."""


@dataclass(frozen=True, slots=True)
class MyConsents(Query[Sequence[people.Consent]]):
    """What the actor agrees to now."""


@dataclass(frozen=True, slots=True)
class TakeAway(Query[str]):
    """All of it as a JSON text."""


@dataclass(frozen=True, slots=True)
class WhoSawIt(Query[Sequence[audit.Entry]]):
    """What others did with it, newest first."""


@dataclass(frozen=True, slots=True)
class ErasingDoes:
    """What goes, and what stays without a name."""

    erases: Sequence[Words]
    keeps: Sequence[Words]


@dataclass(frozen=True, slots=True)
class WhatErasingDoes(Query[ErasingDoes]):
    """What would happen."""


def what_is_kept(keepers: Keepers) -> Callable[[Connection, Actor, WhatIsKept], Sequence[Words]]:
    """Collected from all features."""
    return lambda tx, actor, _query: list(keepers.summary(tx, oneself(tx, actor)))


def take_away(keepers: Keepers) -> Callable[[Connection, Actor, TakeAway], str]:
    """Collected from all features, readable as it stands."""
    return lambda tx, actor, _query: json.dumps(keepers.export(tx, oneself(tx, actor)), ensure_ascii=False, indent=2)


def what_erasing_does(keepers: Keepers) -> Callable[[Connection, Actor, WhatErasingDoes], ErasingDoes]:
    """Collected from all features."""
    erases = [words for keeper in keepers.all for words in keeper.erases]
    keeps = [words for keeper in keepers.all for words in keeper.keeps]

    def does(tx: Connection, actor: Actor, _query: WhatErasingDoes) -> ErasingDoes:
        keep_an_admin(tx, rights.held_by(tx, oneself(tx, actor)))  # told before anything is confirmed
        return ErasingDoes(erases, keeps)

    return does


def my_consents(tx: Connection, actor: Actor, _query: MyConsents) -> Sequence[people.Consent]:
    """Those in force."""
    return people.consents_in_force(tx, oneself(tx, actor))


def who_saw_it(tx: Connection, actor: Actor, _query: WhoSawIt) -> Sequence[audit.Entry]:
    """From the log."""
    return audit.by_others(tx, oneself(tx, actor))
