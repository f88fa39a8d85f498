"""The records as one message's conversation sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection

from conversation.messages import Command, Heard, Query
from conversation.speech import Speaker
from conversation.state import Offer
from handlers.feature import Actor, Registry, look, perform
from storage import offers, people
from storage.people import Person

T = TypeVar("T")


@dataclass(slots=True)
class TurnRecords:
    """The port `conversation.chat.Records` over the turn's own transaction."""

    registry: Registry
    tx: Connection
    heard: Heard
    default_language: str = "vi"
    _person: Person | None = None
    _looked: bool = False
    _seen: dict[Query[Any], Any] = field(default_factory=dict)
    _offers: Sequence[Offer] | None = None

    def person(self) -> Person | None:
        """Who writes, if registered; looked up once, and again after a command, which may just have registered them."""
        if not self._looked:
            self._person, self._looked = people.person_at(self.tx, self.heard.address), True
        return self._person

    def _look_anew(self) -> None:
        """What was seen may have changed."""
        self._looked, self._offers = False, None
        self._seen.clear()

    @property
    def actor(self) -> Actor:
        """Who acts when they say so."""
        person = self.person()
        return Actor(self.heard.at, person.id if person else None, self.heard.address, self.heard.update)

    def speaker(self) -> Speaker:
        """How the person wants to be talked to."""
        person = self.person()
        if person is None:
            return Speaker(language=self.default_language)
        return Speaker(person.id, person.honorific, person.name, person.language or self.default_language)

    def look(self, query: Query[T]) -> T:
        """Answer a query, once: asked again before anything is changed, it has the same answer."""
        if query not in self._seen:
            self._seen[query] = look(self.registry, self.tx, self.actor, query)
        answer: T = self._seen[query]
        return answer

    def do(self, command: Command[T]) -> T:
        """Perform a command in its own savepoint."""
        actor = self.actor
        self._look_anew()
        return perform(self.registry, self.tx, actor, command)

    def offers(self) -> Sequence[Offer]:
        """Questions delivered to this chat and not taken up."""
        if self._offers is None:
            self._offers = offers.open_offers(self.tx, self.heard.address, self.heard.at)
        return self._offers

    def offer(self, number: int) -> Offer | None:
        """One of this chat's offers."""
        return offers.offer(self.tx, self.heard.address, number)

    def take(self, number: int) -> None:
        """The person took the offer up."""
        self._look_anew()
        offers.take(self.tx, number, self.heard.at)
