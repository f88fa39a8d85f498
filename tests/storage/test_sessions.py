"""Where a conversation stands, and that two turns of one person wait for each other."""

from __future__ import annotations

import asyncio

from sqlalchemy import Connection

from conversation.messages import Address
from storage import sessions
from storage.database import Database
from tests.storage.conftest import NOW

LAN = Address("telegram:8123", "42")


async def test_a_session_begins_is_kept_and_is_forgotten(database: Database) -> None:
    assert await database.write(sessions.claim, LAN, NOW) is None
    await database.write(sessions.save, LAN, {"talk": "phản ánh"}, NOW)
    assert await database.write(sessions.claim, LAN, NOW) == {"talk": "phản ánh"}
    assert await database.write(sessions.claim, Address("zalo:1", "42"), NOW) is None
    await database.write(sessions.save, LAN, None, NOW)
    assert await database.write(sessions.claim, LAN, NOW) is None


async def test_two_turns_of_one_person_do_not_overtake_each_other(database: Database) -> None:
    def turn(tx: Connection) -> None:
        state = sessions.claim(tx, LAN, NOW) or {"turns": 0}
        sessions.save(tx, LAN, {"turns": state["turns"] + 1}, NOW)

    await asyncio.gather(*(database.write(turn) for _ in range(40)))
    assert await database.write(sessions.claim, LAN, NOW) == {"turns": 40}
