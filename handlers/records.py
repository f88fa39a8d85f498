"""The records as one message's conversation sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from sqlalchemy import Connection

from conversation.messages import Command, Heard, Query
from conversation.speech import Speaker
from conversation.state import Offer
from handlers.feature import Actor, Registry, look, perform
from storage import offers, people
from storage.people import Person
from storage.turns import Begun

T = TypeVar("T")


@dataclass(slots=True)
class TurnRecords:
    """The port `conversation.chat.Records` over the turn's own transaction."""

    registry: Registry
    tx: Connection
    heard: Heard
    begun: Begun
    default_language: str = "vi"
    documents: tuple[str, ...] = ("",)
    """How the names of documents end that the channel carries."""
    _acted: bool = False
    _seen: dict[Query[Any], Any] = field(default_factory=dict)

    def person(self) -> Person | None:
        """Who writes, if registered; looked up again after a command, which may just have registered them."""
        if self._acted:
            self.begun = replace(self.begun, person=people.person_at(self.tx, self.heard.address))
            if self.begun.helping is not None:
                self.begun = replace(self.begun, helping=people.helped_from(self.tx, self.heard.address))
            self._acted = False
        return self.begun.person

    @property
    def helping(self) -> int | None:
        """For whom the person who writes acts, when it is not for themselves."""
        return self.begun.helping if self.person() else None

    @property
    def actor(self) -> Actor:
        """Who acts when they say so."""
        person = self.person()
        acts = Actor(self.heard.at, person.id if person else None, self.heard.address, self.heard.update)
        return replace(acts, on_behalf_of=self.helping) if self.helping is not None else acts

    def speaker(self) -> Speaker:
        """How the person wants to be talked to."""
        return speaker_of(self.person(), self.default_language)

    def look(self, query: Query[T]) -> T:
        """Answer a query, once: asked again before anything is changed, it has the same answer."""
        if query not in self._seen:
            self._seen[query] = look(self.registry, self.tx, self.actor, query)
        answer: T = self._seen[query]
        return answer

    def do(self, command: Command[T]) -> T:
        """Perform a command in its own savepoint."""
        actor, self._acted = self.actor, True
        self._seen.clear()
        return perform(self.registry, self.tx, actor, command)

    def offers(self) -> Sequence[Offer]:
        """Questions delivered to this chat and not taken up."""
        return self.begun.offers

    def offer(self, number: int) -> Offer | None:
        """One of this chat's offers."""
        return offers.offer(self.tx, self.heard.address, number)

    def take(self, number: int) -> None:
        """The person took the offer up."""
        self._seen.clear()
        self.begun = replace(self.begun, offers=[each for each in self.begun.offers if each.number != number])
        offers.take(self.tx, number, self.heard.at)

    def carries(self, name: str) -> bool:
        """Whether a document of this name can be sent where the message came from."""
        return name.endswith(self.documents)


def speaker_of(person: Person | None, default_language: str) -> Speaker:
    """How the person wants to be talked to."""
    if person is None:
        return Speaker(language=default_language)
    return Speaker(person.id, person.honorific, person.name, person.language or default_language)
