"""Whatever arrives is answered kindly or set aside: never a crash, never half a row.

Each case goes the whole way from Telegram's JSON to the committed reply, on both databases, to a stranger, to somebody
in the middle of registering, and to somebody asked for words.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest
from sqlalchemy import Connection, select

from bot.channels.telegram import Telegram
from bot.features import registry
from bot.turns import Desk
from conversation.messages import Json
from storage.database import Database, open_database
from storage.schema import chat_sessions, inbox_updates, outbox
from storage.units import add_unit

TOKEN = "123456789:AAabcdefghijklmnopqrstuvwxyz0123456"
START = datetime(2026, 11, 23, 2, tzinfo=UTC)
ENGLISH = ("error", "invalid", "traceback", "exception", "none")
BEFORE = {
    "a stranger": [],
    "in the middle of registering": ["/start u_26878-01", "1"],
    "asked for words": ["/phananh"],
}


def said_by(who: int, **content: Any) -> Json:
    return {
        "message_id": 1, "date": 1795400000, "from": {"id": who, "is_bot": False, "first_name": "X"},
        "chat": {"id": who, "type": "private"}, **content,
    }  # fmt: skip


def message(**content: Any) -> Json:
    return {"message": said_by(7, **content)}


def tapped(data: Any, **more: Any) -> Json:
    person = {"id": 7, "is_bot": False, "first_name": "X"}
    return {
        "callback_query": {"id": "9", "from": person, "message": said_by(7), "chat_instance": "1", "data": data} | more
    }


PHOTO = [{"file_id": "p", "file_unique_id": "u", "width": 1, "height": 1, "file_size": 10}]
CASES: dict[str, Json] = {
    "nothing typed": message(text=""),
    "zero-width only": message(text="\u200b\u200d\ufeff"),
    "5,000 characters": message(text="rác " * 1250),
    "one word of 4,096 letters": message(text="a" * 4096),
    "decomposed marks": message(text="đường he\u0309m 47 hư"),
    "a lone surrogate": message(text="đèn \ud83d hư"),
    "only a lone surrogate": message(text="\udc00"),
    "a NUL": message(text="đèn\x00đường hư rồi"),
    "our own bold marks": message(text="\x02đậm\x03"),
    "right-to-left override": message(text="\u202eđèn đường hư"),
    "format syntax": message(text="{you} {0} %s **x** <b>&amp;"),
    "a template": message(text="{{7*7}} ${7*7} <script>alert(1)</script>"),
    "SQL": message(text="'); DROP TABLE people; --"),
    "an old encoding": message(text="ÐÌn ®­êng h­ h×nh"),
    "emoji alone": message(text="👍🏽"),
    "a family of emoji": message(text="👨‍👩‍👧‍👦" * 100),
    "combining marks": message(text="a" + "\u0301" * 3000),
    "digits of another script": message(text="٢"),
    "a number too large": message(text="9" * 400),
    "a sticker": message(sticker={"file_id": "s", "file_unique_id": "u", "width": 1, "height": 1, "type": "regular"}),
    "a place": message(location={"latitude": 10.8, "longitude": 106.7}),
    "a document": message(document={"file_id": "d", "file_unique_id": "u", "file_name": "don.docx"}),
    "a photo alone": message(photo=PHOTO),
    "a photo without sizes": message(photo=[]),
    "a photo of an album": message(photo=PHOTO, media_group_id="a1"),
    "a voice message": message(voice={"file_id": "v", "file_unique_id": "u", "duration": 3}),
    "another person's number": message(contact={"phone_number": "0912345678", "first_name": "A", "user_id": 99}),
    "a number without owner": message(contact={"phone_number": "0912345678", "first_name": "A"}),
    "a number that is none": message(contact={"phone_number": "\x00\ud83d", "first_name": "A", "user_id": 7}),
    "an unknown command": message(text="/khongco gi ca"),
    "a command for another bot": message(text="/start@otherbot u_26878"),
    "a link to an unknown unit": message(text="/start u_99999999"),
    "a link with junk": message(text="/start " + "A" * 64),
    "a link that is no code": message(text="/start ../../etc/passwd"),
    "an edited message": {"edited_message": said_by(7, text="sửa lại")},
    "a forged button": tapped("zzzzzz:consent:yes"),
    "a button of nothing": tapped(""),
    "a button without data": {"callback_query": {"id": "9", "from": {"id": 7}, "message": said_by(7)}},
    "a button of 4,000 letters": tapped("x" * 4000),
    "a button with a surrogate": tapped("\ud83d:\x00:đ"),
    "an offer of somebody else": tapped("o1:yes"),
    "an offer beyond numbers": tapped("o" + "9" * 60 + ":yes"),
    "a button in a foreign chat": tapped("x:y:z", message=said_by(8)),
    "a button of an old message": tapped("x:y:z", message=said_by(7) | {"date": 0}),
    "words in a group": {"message": said_by(7, text="chào") | {"chat": {"id": -5, "type": "group", "title": "KP4"}}},
    "a channel post": {"channel_post": {"message_id": 1, "chat": {"id": -9, "type": "channel"}, "text": "x"}},
    "an unknown kind": {"hologram": {"from": {"id": 7}}},
    "an empty update": {},
    "a message that is a list": {"message": []},
    "a message from nobody": {"message": {"text": "x"}},
    "a chat id that is words": {"message": said_by(7, text="x") | {"chat": {"id": "abc", "type": "private"}}},
    "ids beyond 64 bits": {"message": said_by(2**80, text="x")},
    "text that is a number": message(text=12),
    "deep nesting": message(text="x", reply_to_message=json.loads("[" * 500 + "]" * 500)),
    "a date in milliseconds": {"message": said_by(7, text="chào") | {"date": 1795400000000}},
    "blocked": {"my_chat_member": {"chat": {"id": 7, "type": "private"}, "from": {"id": 7}, "date": 1,
                "old_chat_member": {"status": "member"}, "new_chat_member": {"status": "kicked"}}},
    "unblocked": {"my_chat_member": {"chat": {"id": 7, "type": "private"}, "from": {"id": 7}, "date": 1,
                  "old_chat_member": {"status": "kicked"}, "new_chat_member": {"status": "member"}}},
    "membership of nobody": {"my_chat_member": {}},
}  # fmt: skip
UNHEARD = {
    "a button without data", "a button in a foreign chat", "a channel post", "an unknown kind", "an empty update",
    "a message that is a list", "a message from nobody", "text that is a number", "membership of nobody",
    "a chat id that is words", "a photo without sizes", "ids beyond 64 bits",
}  # fmt: skip


async def nothing(*_: object) -> NoReturn:
    raise AssertionError("nothing is sent here")


class Counter:
    """Takes updates as the intake does, one after another."""

    def __init__(self, database: Database) -> None:
        self.database, self.desk = database, Desk(registry())
        self.channel = Telegram(TOKEN, nothing, nothing)
        self.now, self.updates = START, 0

    async def take(self, update: Json) -> bool:
        """Whether there was anything to take."""
        self.updates += 1
        self.now += timedelta(seconds=30)
        event = self.channel.hear({"update_id": self.updates, **update}, self.now)
        return event is not None and await self.database.write(self.desk.take, event)


@pytest.fixture
async def counter(loaded_database_url: str, tmp_path: Path) -> AsyncIterator[Counter]:
    database = await open_database(loaded_database_url, tmp_path / "data", now=START)
    await database.write(add_unit, "26878", "Khu phố 4")
    counter = Counter(database)
    yield counter
    await counter.channel.close()
    await database.close()


def words_waiting(tx: Connection) -> list[str]:
    return [payload["text"] for payload in tx.execute(select(outbox.c.payload).order_by(outbox.c.id)).scalars()]


def whole(tx: Connection) -> bool:
    """Everything stored reads back, and nothing was set aside."""
    list(tx.execute(select(chat_sessions.c.state)))
    return set(tx.execute(select(inbox_updates.c.state)).scalars()) <= {"done"}


@pytest.mark.parametrize("before", BEFORE)
async def test_every_bad_input_is_taken_kindly(counter: Counter, before: str) -> None:
    for name, update in CASES.items():
        for typed in BEFORE[before]:
            await counter.take(message(text=typed))
        said = len(await counter.database.read(words_waiting))
        heard = await counter.take(update)
        new = (await counter.database.read(words_waiting))[said:]
        assert heard == (name not in UNHEARD), name
        assert await counter.database.read(whole), name
        assert all(word not in text.casefold() for text in new for word in ENGLISH), (name, new)
        if heard and name not in ("blocked", "unblocked"):
            assert new, f"{name}: nothing was answered"
