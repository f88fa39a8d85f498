"""What people can ask of the program that is to be killed: each deed leaves an effect that can be counted.

`/ghi <words>` adds one to the counter `note:<words>`, and the words are said; `/thu <name> <people>` posts a broadcast
to so many people; `/hen <words>` says the words and sets a timer that notes them, and one that always fails;
`/anh <id> <words>` has a file fetched, one that no job can fetch, and one removed; `/hong` fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from conversation.chat import Chat, Talk
from conversation.messages import N_, Address, Command, FileRef, Json, Said
from handlers.feature import Actor, Feature
from sandbox.world import FIRST_USER, World
from storage import files, jobs, outbox
from storage.outbox import Lane
from storage.schema import counters
from storage.times import day_of
from storage.upsert import insert_into

NOTE = "note:"
RING, BROKEN = "ring", "broken"


@dataclass(frozen=True, slots=True)
class Note(Command[None]):
    """Add one to the counter of these words."""

    words: str


@dataclass(frozen=True, slots=True)
class Broadcast(Command[None]):
    """Post the same words to many people."""

    words: str
    people: int


@dataclass(frozen=True, slots=True)
class Plan(Command[None]):
    """Set the timers."""

    words: str


@dataclass(frozen=True, slots=True)
class Fetch(Command[None]):
    """Have the files fetched and removed."""

    ref: str
    words: str


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
    account = actor.address.account
    for chat in chats(account, deed.people):
        to, key = Address(account, chat), f"{deed.words}:{chat}"
        outbox.post(tx, to, Said(deed.words), key=key, at=actor.at, lane=Lane.BULK)


def chats(account: str, people: int) -> Iterator[str]:
    """The chats of the first so many people who came to this account in the sandbox."""
    world = World()
    zalo = {"zalo_bot": world.zalo_bot, "zalo_oa": world.zalo_oa}.get(account.partition(":")[0])
    for number in range(people):
        yield zalo.id_for(zalo.first_number + number) if zalo else str(FIRST_USER + number)


def plan(tx: Connection, actor: Actor, deed: Plan) -> None:
    """Both are due at once."""
    for kind in (RING, BROKEN):
        jobs.enqueue(tx, kind, {"words": deed.words}, actor.at, f"{kind}:{deed.words}")


def ring(tx: Connection, _due: datetime, payload: Json) -> None:
    """Note the words."""
    count(tx, payload["words"])


def fail(_tx: Connection, _due: datetime, _payload: Json) -> None:
    """Never succeed."""
    raise ArithmeticError


def fetch(tx: Connection, actor: Actor, deed: Fetch) -> None:
    """One that is there, or is not what it says; one that is none; and one whose bytes nobody has."""
    assert actor.address is not None
    files.expect(tx, FileRef("photo", deed.ref), actor.address.account, day_of(actor.at))
    jobs.enqueue(tx, files.FETCH, {"file": "không"}, actor.at, f"{files.FETCH}:{deed.words}")
    jobs.enqueue(tx, files.ERASE, {"sha256": "0" * 64}, actor.at, f"{files.ERASE}:{deed.words}")


def take_note(chat: Chat) -> None:
    """Do it and say so."""
    words = str(chat.given.argument)
    chat.do(Note(words))
    chat.say(words)


def send_letters(chat: Chat) -> None:
    """Post them, and say nothing."""
    words, _, people = str(chat.given.argument).partition(" ")
    chat.do(Broadcast(words, int(people)))


def set_timers(chat: Chat) -> None:
    """Set them and say so."""
    words = str(chat.given.argument)
    chat.do(Plan(words))
    chat.say(words)


def have_fetched(chat: Chat) -> None:
    """Have it done, and say nothing."""
    ref, _, words = str(chat.given.argument).partition(" ")
    chat.do(Fetch(ref, words))


def break_down(_chat: Chat) -> None:
    """Fail whatever happens."""
    raise ArithmeticError


DEEDS = Feature(
    name="deeds",
    talks=(
        Talk("note", take_note, N_("ghi"), opens_with=("/ghi",), asks_first=False),
        Talk("broadcast", send_letters, N_("thư"), opens_with=("/thu",), asks_first=False),
        Talk("timers", set_timers, N_("hẹn"), opens_with=("/hen",), asks_first=False),
        Talk("files", have_fetched, N_("ảnh"), opens_with=("/anh",), asks_first=False),
        Talk("trouble", break_down, N_("hỏng"), opens_with=("/hong",), asks_first=False),
    ),
    commands={Note: note, Broadcast: broadcast, Plan: plan, Fetch: fetch},
    timers={RING: ring, BROKEN: fail},
)
