"""What `write` and `read` promise, on both engines."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from conversation.messages import Rejected, Template
from storage.database import Database, leave_no_trace, open_database
from storage.schema import chat_sessions
from tests.storage.words import execute, put, words


async def test_what_was_written_is_there_after_reopening(database_url: str, tmp_path: Path) -> None:
    for word in ("một", "hai"):
        database = await open_database(database_url, tmp_path, now=datetime.now(UTC))
        assert await database.write(put, word, value=1) == word
        await database.close()
    database = await open_database(database_url, tmp_path, now=datetime.now(UTC))
    assert await database.read(words) == {"một", "hai"}
    await database.close()


async def test_a_failed_unit_undoes_itself_and_nobody_else(database: Database) -> None:
    def half(tx: Connection) -> None:
        put(tx, "half")
        raise Rejected(Template("không"))

    outcomes = await asyncio.gather(
        *(database.write(put, f"w{i}") for i in range(5)),
        database.write(half),
        *(database.write(put, f"w{i}") for i in range(5, 10)),
        return_exceptions=True,
    )
    assert isinstance(outcomes[5], Rejected)
    assert await database.read(words) == {f"w{i}" for i in range(10)}


async def test_a_broken_rule_is_told_to_its_own_caller(database: Database) -> None:
    await database.write(put, "once")
    outcomes = await asyncio.gather(
        database.write(put, "before"), database.write(put, "once"), database.write(put, "after"),
        return_exceptions=True,
    )  # fmt: skip
    assert isinstance(outcomes[1], IntegrityError)
    assert await database.read(words) == {"once", "before", "after"}


@pytest.mark.parametrize("escape", [SystemExit(3), StopIteration(), KeyboardInterrupt()])
async def test_nothing_a_unit_raises_ends_the_loop(database: Database, escape: BaseException) -> None:
    def escaping(tx: Connection, word: str = "") -> None:
        if word:
            put(tx, word)
        raise escape

    with pytest.raises(RuntimeError, match=type(escape).__name__):
        await database.write(escaping, "gone")
    with pytest.raises(RuntimeError, match=type(escape).__name__):
        await database.read(escaping)
    await database.write(put, "alive")
    assert await database.read(words) == {"alive"}


async def test_a_cancelled_caller_disturbs_nobody(database: Database) -> None:
    writes = [asyncio.create_task(database.write(put, f"w{i}")) for i in range(200)]
    await asyncio.sleep(0)
    for write in writes[::3]:
        write.cancel()
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    told = {word for word in outcomes if isinstance(word, str)}
    assert told >= {f"w{i}" for i in range(200) if i % 3}
    assert await database.read(words) >= told
    await database.write(put, "alive")


async def test_a_savepoint_inside_a_unit_undoes_only_itself(database: Database) -> None:
    def unit(tx: Connection) -> None:
        put(tx, "kept")
        with suppress(IntegrityError), tx.begin_nested():
            put(tx, "dropped")
            put(tx, "kept")
        put(tx, "kept as well")

    await database.write(unit)
    assert await database.read(words) == {"kept", "kept as well"}


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(Exception, match=r"(?i)read-?\s?only|ghi được"):
        await database.read(put, "smuggled")
    assert await database.read(words) == set()


async def test_a_slow_reader_keeps_its_moment_and_keeps_nobody_waiting(database: Database) -> None:
    reading, written = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def twice(tx: Connection) -> tuple[set[str], set[str]]:
        before = words(tx)
        loop.call_soon(reading.set)
        for _ in range(2000):
            tx.execute(text("SELECT 1"))
            if written.is_set():
                break
        return before, words(tx)

    slow = asyncio.create_task(database.read(twice))
    await reading.wait()
    await database.write(put, "meanwhile")
    written.set()
    assert await slow == (set(), set())
    assert await database.read(words) == {"meanwhile"}


async def test_closing_writes_what_was_queued(database_url: str, tmp_path: Path) -> None:
    database = await open_database(database_url, tmp_path, now=datetime.now(UTC))
    writes = [asyncio.create_task(database.write(put, f"w{i}")) for i in range(100)]
    await asyncio.sleep(0)
    if database.dialect == "postgresql":
        await asyncio.gather(*writes)  # a pool must not be taken from under those who use it
    await database.close()
    await database.close()
    assert {await write for write in writes} == {f"w{i}" for i in range(100)}


async def test_vietnamese_is_stored_as_it_is_read(database: Database) -> None:
    def store(tx: Connection) -> str:
        tx.execute(text("INSERT INTO chat_sessions (account, chat, updated_at) VALUES ('a', 'c', 1)"))
        tx.execute(update(chat_sessions).values(state={"nói": "Đường hẻm"}))
        return str(tx.scalar(text("SELECT CAST(state AS TEXT) FROM chat_sessions")))

    assert await database.write(store) == '{"nói":"Đường hẻm"}'


async def test_leaving_no_trace_is_harmless_anywhere(database: Database) -> None:
    await database.write(leave_no_trace)
    await database.write(put, "alive")


async def test_references_are_checked(database: Database) -> None:
    with pytest.raises(DBAPIError):
        await database.write(execute, "INSERT INTO unit_closure VALUES ('nobody', 'nobody', 0)")
