"""Where a conversation stands, what is known when a turn begins, and that turns of one person do not overtake."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import count

from sqlalchemy import Connection

from conversation.messages import Address, Choice, Heard, Json, Opening, Said
from storage import offers, outbox, people, turns
from storage.database import Database
from storage.outbox import Outcome
from storage.turns import Begun
from tests.storage.conftest import NOW

LAN = Address("telegram:8123", "42")
_numbers = count(1)


def begin(tx: Connection, address: Address = LAN) -> Begun:
    """Begin a turn with an update never seen before."""
    begun = turns.begin(tx, Heard(address, str(next(_numbers)), NOW, "x"))
    assert begun is not None
    return begun


def say(tx: Connection, state: Json | None, *said: str) -> None:
    """A whole turn of Lan's: say something, and keep the state."""
    begin(tx)
    turns.finish(tx, LAN, [outbox.answer(Said(words)) for words in said], state, NOW)


async def test_a_session_begins_is_kept_and_is_forgotten(database: Database) -> None:
    assert (await database.write(begin)).state is None
    await database.write(say, {"talk": "phản ánh"})
    assert (await database.write(begin)).state == {"talk": "phản ánh"}
    assert (await database.write(begin, Address("zalo:1", "42"))).state is None
    await database.write(say, None)
    assert (await database.write(begin)).state is None


async def test_an_update_begins_one_turn_only(database: Database) -> None:
    again = Heard(LAN, "again", NOW, "x")
    assert await database.write(turns.begin, again) == Begun(None, None, [])
    assert await database.write(turns.begin, again) is None


async def test_two_turns_of_one_person_do_not_overtake_each_other(database: Database) -> None:
    def turn(tx: Connection) -> None:
        state = begin(tx).state or {"turns": 0}
        turns.finish(tx, LAN, [], {"turns": state["turns"] + 1}, NOW)

    await asyncio.gather(*(database.write(turn) for _ in range(40)))
    assert (await database.write(begin)).state == {"turns": 40}


async def test_replies_are_posted_in_order_with_the_session(database: Database) -> None:
    await database.write(say, {"talk": "x"}, "một", "hai", "ba")
    await database.write(say, None, "bốn")

    def claimed(tx: Connection) -> list[str]:
        said = []
        while letters := outbox.claim(tx, LAN.account, NOW, 9):
            said += [letter.said.text for letter in letters]
            outbox.settle(tx, letters[0], Outcome("sent"), NOW)
        return said

    assert await database.write(claimed) == ["một", "hai", "ba", "bốn"]


async def test_who_writes_and_what_they_were_asked_is_known_at_once(database: Database) -> None:
    def asked(tx: Connection) -> int:
        number = people.register(tx, LAN, "bac", None, NOW)
        people.change(tx, number, name="Trần Thị Lan")
        for key in ("first", "second", "taken", "not yet delivered"):
            letter = Said("Họp?", (Choice("yes", "Có"),))
            outbox.post(tx, number, letter, key=key, at=NOW, opens=Opening("rsvp", {"about": key}, "coming"))
            if key != "not yet delivered":
                [claimed] = outbox.claim(tx, LAN.account, NOW, 1)
                outbox.settle(tx, claimed, Outcome("sent"), NOW + timedelta(seconds=len(key)))
        offers.take(tx, 3, NOW)
        return number

    number = await database.write(asked)
    begun = await database.write(begin)
    assert begun.person == people.Person(number, "Trần Thị Lan", "bac", "", None)
    assert [offer.opening for offer in begun.offers] == [
        Opening("rsvp", {"about": "second"}, "coming"),
        Opening("rsvp", {"about": "first"}, "coming"),
    ]
    assert begun.offers[0].shown == [("yes", "Có")]
    later = Heard(LAN, "later", NOW + timedelta(days=31), "x")
    assert (await database.write(turns.begin, later)) == Begun(None, begun.person, [])
