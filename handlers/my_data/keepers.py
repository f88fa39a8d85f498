"""Everything that all features keep about people, as one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from conversation.messages import Json, Words
from handlers.feature import PersonalData


@dataclass(frozen=True, slots=True)
class Keepers:
    """The features that keep something, the one that knows people's chats first."""

    all: tuple[PersonalData, ...]

    def summary(self, tx: Connection, person: int) -> Iterator[Words]:
        """What is kept now, in a few words each."""
        for keeper in self.all:
            yield from keeper.summary(tx, person)

    def export(self, tx: Connection, person: int) -> Json:
        """All of it in one document."""
        document: Json = {}
        for keeper in self.all:
            document |= keeper.export(tx, person)
        return document

    def erase(self, tx: Connection, person: int, at: datetime) -> None:
        """Erase it, people's chats last, since the others are found by them."""
        for keeper in reversed(self.all):
            keeper.erase(tx, person, at)
