"""What people ask about their own data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from conversation.messages import Query, Rejected, Words
from handlers.enrolling import oneself
from handlers.feature import Actor
from handlers.holding import keep_an_admin
from handlers.letters import speech_for
from handlers.my_data.keepers import Keepers
from handlers.my_data.link_texts import GONE
from handlers.my_data.takeaway import FORMS
from handlers.offices import OFFICES, SOMEBODY, called, office_words
from storage import audit, branches, data_links, people, personal, rights
from storage.times import day_of, from_ms

MOST_SIGHTS, MINUTE_MS = 20, 60_000


@dataclass(frozen=True, slots=True)
class WhatIsKept(Query[Sequence[Words]]):
    """A few words for each thing that is kept about the actor."""


@dataclass(frozen=True, slots=True)
class HavePhone(Query[bool]):
    """Whether a phone number of the actor is kept."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """A yes in force, and who wrote it down when it was not given in the chat."""

    consent: people.Consent
    entered_by: Words


@dataclass(frozen=True, slots=True)
class MyConsents(Query[Sequence[Agreed]]):
    """What the actor agrees to now."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that leads somewhere: until when, and the language of who asked for it; nothing else about them."""

    until: datetime
    language: str


@dataclass(frozen=True, slots=True)
class OpenLink(Query[Opened]):
    """What a link's page tells."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody did, and what office they hold now."""

    entry: audit.Entry
    office: Words
    branch: str = ""
    """Whose list was opened."""


@dataclass(frozen=True, slots=True)
class WhoSawIt(Query[Sequence[Sight]]):
    """What others did with it, newest first."""


@dataclass(frozen=True, slots=True)
class ErasingDoes:
    """What goes, and what stays without a name."""

    erases: Sequence[Words]
    keeps: Sequence[Words]


@dataclass(frozen=True, slots=True)
class WhatErasingDoes(Query[ErasingDoes]):
    """What would happen."""


@dataclass(frozen=True, slots=True)
class FetchByLink(Query[Callable[[], bytes]]):
    """What makes all of it in the form of this name, which takes a while; shortly after a button was pressed."""

    token: str = field(repr=False)
    name: str


def what_is_kept(keepers: Keepers) -> Callable[[Connection, Actor, WhatIsKept], Sequence[Words]]:
    """Collected from all features."""
    return lambda tx, actor, _query: list(keepers.summary(tx, oneself(tx, actor)))


def open_link(tx: Connection, actor: Actor, query: OpenLink) -> Opened:
    """Looking changes nothing and tells of nobody: apps look at links before people do."""
    link = data_links.find(tx, query.token, actor.at)
    if link is None:
        raise Rejected(GONE)
    return Opened(link.until, speech_for(tx, link.person).speaker.language)


def fetch_by_link(keepers: Keepers) -> Callable[[Connection, Actor, FetchByLink], Callable[[], bytes]]:
    """As it is now; whoever pressed gets it."""

    def fetch(tx: Connection, actor: Actor, query: FetchByLink) -> Callable[[], bytes]:
        form, person = FORMS.get(query.name), data_links.opened(tx, query.token, actor.at)
        if form is None or person is None:
            raise Rejected(GONE)
        return partial(form, keepers.export(tx, person), speech_for(tx, person), actor.at)

    return fetch


def what_erasing_does(keepers: Keepers) -> Callable[[Connection, Actor, WhatErasingDoes], ErasingDoes]:
    """Collected from all features."""
    erases = [words for keeper in keepers.all for words in keeper.erases]
    keeps = [words for keeper in keepers.all for words in keeper.keeps]

    def does(tx: Connection, actor: Actor, _query: WhatErasingDoes) -> ErasingDoes:
        keep_an_admin(tx, rights.held_by(tx, oneself(tx, actor)))  # told before anything is confirmed
        return ErasingDoes(erases, keeps)

    return does


def have_phone(tx: Connection, actor: Actor, _query: HavePhone) -> bool:
    """Only whether."""
    return personal.has_phone(tx, oneself(tx, actor))


def my_consents(tx: Connection, actor: Actor, _query: MyConsents) -> Sequence[Agreed]:
    """Those in force."""
    return [Agreed(each, _called(tx, each.entered_by)) for each in people.consents_in_force(tx, oneself(tx, actor))]


def _called(tx: Connection, number: int | None) -> Words:
    known = people.person(tx, number) if number is not None else None
    return called(known.honorific, known.name) if known else SOMEBODY


def who_saw_it(tx: Connection, actor: Actor, _query: WhoSawIt) -> Sequence[Sight]:
    """From the log: what was done about them alone, and the lists they were on; what sounds the same is told once."""
    me = oneself(tx, actor)
    found = sorted([*audit.by_others(tx, me), *audit.lists_opened(tx, me)], key=lambda each: each.at)
    once = {_sounds(each): each for each in found}
    return [_sight(tx, entry) for entry in sorted(once.values(), key=lambda each: -each.at)[:MOST_SIGHTS]]


def _sounds(entry: audit.Entry) -> tuple[object, ...]:
    """A list that somebody opens is told once a day; two records that became one person were looked at as one."""
    if entry.action == audit.LISTED:
        return day_of(from_ms(entry.at)), entry.actor_id, entry.object_id
    if entry.object_kind == "person":
        return entry.at // MINUTE_MS, entry.actor_id, entry.action, entry.reason
    return (entry.id,)


def _sight(tx: Connection, entry: audit.Entry) -> Sight:
    listed = branches.branch(tx, int(entry.object_id)) if entry.action == audit.LISTED else None
    return Sight(entry, _office(tx, entry.actor_id), listed.name if listed else "")


def _office(tx: Connection, number: int | None) -> Words:
    """Whom they help is nobody else's affair."""
    held = people.roles_of(tx, number) if number is not None else []
    own = next((each for each in held if not each.helps_id), None)
    if own is not None:
        return office_words(tx, own)
    return OFFICES[held[0].role] if held else ""
