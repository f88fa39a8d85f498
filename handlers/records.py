"""The records as one message's conversation sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

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

    def person(self) -> Person | None:
        """Who writes, if registered; looked up once, and again after a command, which may just have registered them."""
        if not self._looked:
            self._person, self._looked = people.person_at(self.tx, self.heard.address), True
        return self._person

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
        """Answer a query."""
        return look(self.registry, self.tx, self.actor, query)

    def do(self, command: Command[T]) -> T:
        """Perform a command in its own savepoint."""
        actor, self._looked = self.actor, False
        return perform(self.registry, self.tx, actor, command)

    def offers(self) -> Sequence[Offer]:
        """Questions delivered to this chat and not taken up."""
        return offers.open_offers(self.tx, self.heard.address, self.heard.at)

    def offer(self, number: int) -> Offer | None:
        """One of this chat's offers."""
        return offers.offer(self.tx, self.heard.address, number)

    def take(self, number: int) -> None:
        """The person took the offer up."""
        offers.take(self.tx, number, self.heard.at)
