"""Letters that one person's act sends to another: worded in the reader's language, posted in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from conversation.messages import Choice, Opening, Said, Words
from conversation.speech import Speaker, Speech
from handlers.languages import SOURCE, translator
from storage import outbox, people


def speech_for(tx: Connection, person: int) -> Speech:
    """How a registered person is talked to."""
    known = people.person(tx, person)
    if known is None:
        return Speech(Speaker(person), translator(SOURCE))
    language = known.language or SOURCE
    return Speech(Speaker(person, known.honorific, known.name, language), translator(language))


def write_to(
    tx: Connection,
    person: int,
    words: Words,
    *,
    key: str,
    at: datetime,
    options: Mapping[str, Words] | None = None,
    opens: Opening | None = None,
    about: int | None = None,
) -> int | None:
    """Post a letter, perhaps `about` somebody else, its options opening a talk; None when the key was posted before."""
    speech = speech_for(tx, person)
    choices = tuple(Choice(name, speech.render(label)) for name, label in (options or {}).items())
    return outbox.post(tx, person, Said(speech.render(words), choices), key=key, at=at, opens=opens, about=about)
