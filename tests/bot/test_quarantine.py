"""Updates set aside: seen without anybody's words, tried once more, or given up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from bot.features import registry
from bot.operations import carry_out
from bot.turns import Desk
from conversation.messages import Json
from storage import inbox
from storage.database import Database, open_database
from storage.schema import inbox_updates, outbox
from tests.bot.mute import BOT, NOW
from tests.bot.test_cli import caunoi

WORDS = "Đèn đường hẻm 47 hư"
LATER = NOW + timedelta(days=2)


def update(number: int, text: str = "/start") -> Json:
    person = {"id": 7, "is_bot": False, "first_name": "Hoa"}
    message = {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}, "from": person, "text": text}
    return {"update_id": number, "message": message}


def set_aside(tx: Connection, number: int, payload: Json) -> None:
    for _ in range(inbox.MOST_ATTEMPTS):
        inbox.note_failure(tx, BOT, str(number), NOW, "ValueError", payload)


@pytest.fixture
async def database(loaded_database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_database(loaded_database_url, tmp_path / "data", now=NOW)
    for number in (1, 2):
        await opened.write(set_aside, number, update(number, f"{WORDS} {number}"))
    yield opened
    await opened.close()


async def order(database: Database, name: str, **what: Any) -> list[Json]:
    done = await database.write(carry_out, registry(), LATER, name, {"language": "vi", **what})
    updates: list[Json] = done["updates"]
    return updates


def kept(tx: Connection) -> dict[str, tuple[str, Any, int]]:
    rows = tx.execute(select(inbox_updates))
    return {row.update_id: (row.state, row.payload, row.attempts) for row in rows}


def replies(tx: Connection) -> int:
    return tx.scalar(select(func.count()).select_from(outbox)) or 0


async def test_the_list_never_shows_what_somebody_said(database: Database) -> None:
    shown = await order(database, "quarantine-list")
    assert [one["update"] for one in shown] == ["1", "2"]
    assert shown[0] == {"account": BOT, "update": "1", "at": NOW.isoformat(), "attempts": 3, "error": "ValueError"}
    assert WORDS not in json.dumps(shown, ensure_ascii=False)


async def test_one_that_is_tried_again_takes_effect_once_and_its_words_go(database: Database) -> None:
    assert [one["done"] for one in await order(database, "quarantine-retry", updates=["1"])] == [True]
    assert await database.read(replies) > 0
    now = await database.read(kept)
    assert (now["1"][:2], now["2"][0]) == (("done", None), "quarantined")
    assert await order(database, "quarantine-retry", updates=["1"]) == []


async def test_one_that_fails_again_stays_and_stops_no_other(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = Desk.take

    def fails(self: Desk, tx: Connection, event: Any) -> bool:
        done = take(self, tx, event)
        if event.update == "1":
            raise KeyError(WORDS)
        return done

    monkeypatch.setattr(Desk, "take", fails)
    tried = await order(database, "quarantine-retry", updates=None)
    assert [(one["update"], one["done"], one["error"]) for one in tried] == [
        ("1", False, "KeyError"),
        ("2", True, "ValueError"),
    ]
    now = await database.read(kept)
    assert now["1"] == ("quarantined", update(1, f"{WORDS} 1"), 4)
    assert now["2"][:2] == ("done", None)


async def test_what_is_nobodys_word_is_given_up(database: Database) -> None:
    await database.write(set_aside, 3, {"update_id": 3, "strange": {}})
    (tried,) = await order(database, "quarantine-retry", updates=["3"])
    assert (tried["done"], tried["heard"]) == (True, False)
    assert (await database.read(kept))["3"][:2] == ("done", None)


async def test_one_that_is_dropped_is_erased_and_does_not_come_back(database: Database) -> None:
    assert len(await order(database, "quarantine-drop", updates=["2"], account="zalo:1")) == 0
    assert len(await order(database, "quarantine-drop", updates=["2"], account=BOT)) == 1
    assert (await database.read(kept))["2"][:2] == ("done", None)
    assert not await database.write(inbox.first_time, BOT, "2", LATER)


def test_the_commands(tmp_path: Path) -> None:
    async def fill() -> None:
        database = await open_database(f"sqlite:///{tmp_path / 'caunoi.db'}", tmp_path / "data", now=NOW)
        for number in (1, 2):
            await database.write(set_aside, number, update(number, f"{WORDS} {number}"))
        await database.close()

    asyncio.run(fill())
    shown = caunoi(tmp_path, "quarantine", "list")
    assert (shown.stdout.count("ValueError"), WORDS in shown.stdout) == (2, False)
    assert caunoi(tmp_path, "quarantine", "retry", "1").stdout == "tin 1: xong\n"
    assert caunoi(tmp_path, "quarantine", "drop", "--all").stdout == "Đã bỏ 1 tin và xóa nội dung.\n"
    assert caunoi(tmp_path, "quarantine", "list", "--json").stdout == "[]\n"
    for words in (("retry",), ("drop", "9"), ("retry", "9", "--all")):
        refused = caunoi(tmp_path, "quarantine", *words)
        assert (refused.returncode, "quarantine list" in refused.stderr) == (1, True)
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert not [file for file in files if f"{WORDS} 2".encode() in file.read_bytes()]
