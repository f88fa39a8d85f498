"""What people can ask of the program that is to be killed: each deed leaves an effect that can be counted.

`/ghi <words>` adds one to the counter `note:<words>`, and the words are said; `/thu <name> <people>` posts a broadcast
to so many people.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from conversation.chat import Chat, Talk
from conversation.messages import N_, Address, Command, Said
from handlers.feature import Actor, Feature
from sandbox.world import FIRST_USER
from storage import outbox
from storage.outbox import Lane
from storage.schema import counters
from storage.upsert import insert_into

NOTE = "note:"


@dataclass(frozen=True, slots=True)
class Note(Command[None]):
    """Add one to the counter of these words."""

    words: str


@dataclass(frozen=True, slots=True)
class Broadcast(Command[None]):
    """Post the same words to many people."""

    words: str
    people: int


def count(tx: Connection, words: str) -> None:
    """Note that it happened once more."""
    row = insert_into(tx.dialect.name, counters).values(name=NOTE + words, value=1)
    tx.execute(row.on_conflict_do_update(index_elements=["name"], set_={"value": counters.c.value + 1}))


def note(tx: Connection, _actor: Actor, deed: Note) -> None:
    """Count the words."""
    count(tx, deed.words)


def broadcast(tx: Connection, actor: Actor, deed: Broadcast) -> None:
    """A letter to each, the asker's account its sender."""
    assert actor.address is not None
    for person in range(FIRST_USER, FIRST_USER + deed.people):
        to, key = Address(actor.address.account, str(person)), f"{deed.words}:{person}"
        outbox.post(tx, to, Said(deed.words), key=key, at=actor.at, lane=Lane.BULK)


def take_note(chat: Chat) -> None:
    """Do it and say so."""
    words = str(chat.given.argument)
    chat.do(Note(words))
    chat.say(words)


def send_letters(chat: Chat) -> None:
    """Post them, and say nothing."""
    words, _, people = str(chat.given.argument).partition(" ")
    chat.do(Broadcast(words, int(people)))


DEEDS = Feature(
    name="deeds",
    talks=(
        Talk("note", take_note, N_("ghi"), opens_with=("/ghi",), asks_first=False),
        Talk("broadcast", send_letters, N_("thư"), opens_with=("/thu",), asks_first=False),
    ),
    commands={Note: note, Broadcast: broadcast},
)
