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

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TurnRecords:
    """The port `conversation.chat.Records` over the turn's own transaction."""

    registry: Registry
    tx: Connection
    heard: Heard
    default_language: str = "vi"

    @property
    def actor(self) -> Actor:
        """Who writes, looked up each time, because a command may just have registered them."""
        person = people.person_at(self.tx, self.heard.address)
        return Actor(self.heard.at, person.id if person else None, self.heard.address, self.heard.update)

    def speaker(self) -> Speaker:
        """How the person wants to be talked to."""
        person = people.person_at(self.tx, self.heard.address)
        if person is None:
            return Speaker(language=self.default_language)
        return Speaker(person.id, person.honorific, person.name, person.language or self.default_language)

    def look(self, query: Query[T]) -> T:
        """Answer a query."""
        return look(self.registry, self.tx, self.actor, query)

    def do(self, command: Command[T]) -> T:
        """Perform a command in its own savepoint."""
        return perform(self.registry, self.tx, self.actor, command)

    def offers(self) -> Sequence[Offer]:
        """Questions delivered to this chat and not taken up."""
        return offers.open_offers(self.tx, self.heard.address, self.heard.at)

    def offer(self, number: int) -> Offer | None:
        """One of this chat's offers."""
        return offers.offer(self.tx, self.heard.address, number)

    def take(self, number: int) -> None:
        """The person took the offer up."""
        offers.take(self.tx, number, self.heard.at)
