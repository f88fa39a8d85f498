"""What one update does to the records: the unit of work between a channel and the conversation."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from bot.channels.documents import documents_of
from conversation.id_numbers import HIDDEN, hide_id_numbers
from conversation.messages import N_, Heard, Joined, Left, Said, phrase
from conversation.speech import Speech
from conversation.turn import turn
from handlers.feature import Registry
from handlers.languages import translator
from handlers.offices import called
from handlers.records import TurnRecords, speaker_of
from storage import inbox, outbox, people, turns
from storage.database import leave_no_trace
from storage.turns import Begun

FOR_ANOTHER = N_("(Làm giúp **{who}**)")

Event = Heard | Left | Joined


@dataclass(frozen=True, slots=True)
class Desk:
    """What a turn needs besides the transaction."""

    registry: Registry
    default_language: str = "vi"

    def take(self, tx: Connection, event: Event) -> bool:
        """Apply one update; False when it was applied before."""
        if isinstance(event, Heard):
            event = without_id_numbers(event)
            begun = turns.begin(tx, event)
            if begun is not None:
                self._converse(tx, event, begun)
            return begun is not None
        if not inbox.first_time(tx, event.address.account, event.update, event.at):
            return False
        people.set_blocked(tx, event.address, event.at if isinstance(event, Left) else None)
        return True

    def speech(self, tx: Connection, heard: Heard) -> Speech:
        """How the person who writes is talked to."""
        speaker = speaker_of(people.person_at(tx, heard.address), self.default_language)
        return Speech(speaker, translator(speaker.language))

    def _converse(self, tx: Connection, heard: Heard, begun: Begun) -> None:
        address, state = heard.address, begun.state
        if begun.blocked:  # whoever writes can be written to, even if we were not told that they came back
            people.set_blocked(tx, address, None)
        carried = documents_of(address.account)
        records = TurnRecords(self.registry, tx, heard, begun, self.default_language, carried)
        outcome = turn(self.registry.talks, state, heard, records, translator)
        forgets = outcome.keeps is None
        helped, said = records.helping, outcome.says
        if helped is not None:
            said = _for_another(tx, records, helped, said)
        says = said or ([Said("")] if heard.callback else [])  # a pressed button spins until it is answered
        replies = [
            outbox.answer(
                said, acknowledges="" if place else heard.callback, secret=forgets or said.document is not None
            )
            for place, said in enumerate(says)
        ]
        turns.finish(tx, address, replies, outcome.keeps, heard.at)
        if forgets:
            leave_no_trace(tx)


def _for_another(tx: Connection, records: TurnRecords, number: int, says: tuple[Said, ...]) -> tuple[Said, ...]:
    """Who acts for somebody is told so each time, for it would be easily forgotten."""
    helped = people.person(tx, number)
    speaker = records.speaker()
    who = called(helped.honorific, helped.name) if helped else ""
    told = Speech(speaker, translator(speaker.language)).render(phrase(FOR_ANOTHER, who=who))
    first = next((each for each in says if each.text), None)
    return tuple(replace(each, text=f"{told}\n{each.text}") if each is first else each for each in says)


def without_id_numbers(heard: Heard) -> Heard:
    """What was said, as it may be kept: nothing that follows sees the number of an identity card."""
    text = hide_id_numbers(heard.text)
    return replace(heard, text=text, hidden=True) if HIDDEN in text else heard
