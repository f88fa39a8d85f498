"""Asking to be called by a human, and choosing a language."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from conversation.messages import Command, Phrase, Rejected, Words, phrase
from conversation.speech import HONORIFICS
from handlers.enrolling import known, oneself
from handlers.feature import Actor
from handlers.languages import LANGUAGES
from handlers.letters import write_to
from handlers.menu import texts
from handlers.offices import responsible_for
from handlers.phones import readable
from handlers.policy import Action
from storage import audit, people, units
from storage.times import day_of

MOST_CALLED = 3


@dataclass(frozen=True, slots=True)
class CallMe(Command[bool]):
    """Ask those who look after one's place to call back; False when they were asked today already."""

    phone: str = ""


@dataclass(frozen=True, slots=True)
class SpeakTo(Command[None]):
    """Be spoken to in another language."""

    language: str


def call_me(tx: Connection, actor: Actor, command: CallMe) -> bool:
    """The phone number travels in the letter and is kept nowhere."""
    me = people.person(tx, known(tx, actor, Action.CALLS_ASK))
    if me is None or me.unit_code is None:
        raise Rejected(texts.REGISTER_TO_BE_CALLED)
    letter = _letter(tx, me, me.unit_code, command.phone)
    today = day_of(actor.at)
    posted = [
        write_to(tx, helper.person, letter, key=f"call:{me.id}:{helper.person}:{today}", at=actor.at, about=me.id)
        for helper in responsible_for(tx, me.unit_code, but=me.id)[:MOST_CALLED]
    ]
    audit.note(
        tx,
        actor.person or me.id,
        actor.at,
        "asked_to_be_called",
        "person",
        str(me.id),
        subject=me.id,
        on_behalf_of=actor.on_behalf_of,
    )
    return any(delivery is not None for delivery in posted)


def _letter(tx: Connection, me: people.Person, unit_code: str, phone: str) -> Phrase:
    unit = units.unit(tx, unit_code)
    title = HONORIFICS.get(me.honorific, "")
    who: Words = phrase(texts.TITLE_AND_NAME, title=title, name=me.name) if me.name else texts.SOMEBODY_THERE
    template = texts.LETTER if phone else texts.LETTER_NO_PHONE
    return phrase(template, who=who, unit=unit.full_name if unit else unit_code, phone=readable(phone))


def speak_to(tx: Connection, actor: Actor, command: SpeakTo) -> None:
    """Remember the language."""
    if command.language not in LANGUAGES:
        raise ValueError(command.language)
    people.change(tx, oneself(tx, actor), language=command.language)
