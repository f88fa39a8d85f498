"""What the talks about several apps ask of the records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from conversation.messages import Query, Words, phrase
from handlers import policy
from handlers.actor import Actor
from handlers.dates import clock_words, local
from handlers.linking import texts
from handlers.policy import Action, Reach
from storage import invites, linking, people, units
from storage.linking import OwnChat
from storage.people import Person
from storage.times import from_ms

MOST_NAMESAKES = 8
APPS = {"telegram": "Telegram", "zalo_bot": "Zalo", "zalo_oa": "Zalo OA"}


@dataclass(frozen=True, slots=True)
class Place:
    """A chat of the actor's, as it is called where it is read."""

    key: str
    account: str
    label: Words
    usable: bool


@dataclass(frozen=True, slots=True)
class MyPlaces(Query[Sequence[Place]]):
    """Where the actor writes from."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """Who made a code, and who is here already."""

    owner: int
    there: Words
    here: Words | None
    """None when nobody was registered here."""
    office_here: bool
    """Whether they hold an office, which no code of somebody else's takes over."""
    proves: bool
    """Whether this chat is the owner's, and will carry their office."""
    first: bool
    """Whether the owner had no chat before: somebody else entered them."""


@dataclass(frozen=True, slots=True)
class WhoMeet(Query[Meeting | None]):
    """Whom a code brings together, while it can be used."""

    code_hash: str


@dataclass(frozen=True, slots=True)
class Namesakes(Query[Sequence[tuple[int, Words]]]):
    """People of the actor's units with this name, or whose last word it is."""

    name: str


def my_places(tx: Connection, actor: Actor, _query: MyPlaces) -> Sequence[Place]:
    """Oldest first; this one is called «Ở đây»."""
    chats = linking.chats_of(tx, actor.person) if actor.person is not None else []
    return [Place(chat.key, chat.address.account, _label(actor, chat), not chat.blocked) for chat in chats]


def _label(actor: Actor, chat: OwnChat) -> Words:
    if actor.address is None or chat.address == actor.address:
        return texts.HERE
    app, here = (APPS.get(account.partition(":")[0]) for account in (chat.address.account, actor.address.account))
    return _since(chat) if app == here else app or texts.ELSEWHERE


def _since(chat: OwnChat) -> Words:
    at = local(from_ms(chat.linked_at))
    return phrase(texts.SINCE, clock=clock_words(at), day=at.day, month=at.month)


def who_meet(tx: Connection, actor: Actor, query: WhoMeet) -> Meeting | None:
    """Enough to know oneself by, and no more."""
    number = linking.usable(tx, query.code_hash, actor.at)
    owner = people.person(tx, number) if number is not None else None
    if owner is None:
        return None
    here = people.person(tx, actor.person) if actor.person is not None else None
    return Meeting(
        owner=owner.id,
        there=_called(tx, owner),
        here=_called(tx, here) if here else None,
        office_here=bool(here and invites.has_office(tx, here.id)),
        proves=actor.address is not None and actor.person == owner.id and linking.is_unproven(tx, actor.address),
        first=not linking.chats_of(tx, owner.id),
    )


def namesakes(tx: Connection, actor: Actor, query: Namesakes) -> Sequence[tuple[int, Words]]:
    """In the units that the actor looks after."""
    mine = policy.units_of(policy.offices(tx, actor, Action.PEOPLE_LINK), Action.PEOPLE_LINK, Reach.SCOPE)
    paths = [unit.path for unit in units.units_by_code(tx, mine).values()]
    found = {each.id: each for path in paths for each in people.named_like(tx, query.name, path, MOST_NAMESAKES)}
    return [(number, _called(tx, each)) for number, each in found.items()][:MOST_NAMESAKES]


def _called(tx: Connection, person: Person) -> Words:
    unit = units.unit(tx, person.unit_code) if person.unit_code else None
    name: Words = person.name or texts.NO_NAME
    return phrase(texts.NAME_AND_UNIT, name=name, unit=unit.full_name) if unit else name
