"""What one update does to the records: the unit of work between a channel and the conversation."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from conversation.messages import Heard, Joined, Left, Said
from conversation.speech import Speech
from conversation.turn import turn
from handlers.feature import Registry
from handlers.languages import translator
from handlers.records import TurnRecords
from storage import inbox, outbox, people, sessions
from storage.database import leave_no_trace

Event = Heard | Left | Joined


@dataclass(frozen=True, slots=True)
class Desk:
    """What a turn needs besides the transaction."""

    registry: Registry
    default_language: str = "vi"

    def take(self, tx: Connection, event: Event) -> bool:
        """Apply one update; False when it was applied before."""
        if not inbox.first_time(tx, event.address.account, event.update, event.at):
            return False
        match event:
            case Heard():
                self._converse(tx, event)
            case Left():
                people.set_blocked(tx, event.address, event.at)
            case Joined():
                people.set_blocked(tx, event.address, None)
        return True

    def speech(self, tx: Connection, heard: Heard) -> Speech:
        """How the person who writes is talked to."""
        speaker = TurnRecords(self.registry, tx, heard, self.default_language).speaker()
        return Speech(speaker, translator(speaker.language))

    def _converse(self, tx: Connection, heard: Heard) -> None:
        address = heard.address
        state = sessions.claim(tx, address, heard.at)
        records = TurnRecords(self.registry, tx, heard, self.default_language)
        outcome = turn(self.registry.talks, state, heard, records, translator)
        forgets = outcome.keeps is None
        for place, said in enumerate(outcome.says):
            callback = heard.callback if place == 0 else ""
            outbox.reply(tx, address, said, heard.at, acknowledges=callback, secret=forgets)
        if heard.callback and not outcome.says:
            outbox.reply(tx, address, Said(""), heard.at, acknowledges=heard.callback)
        sessions.save(tx, address, outcome.keeps, heard.at)
        if forgets:
            leave_no_trace(tx)
