"""What was erased is on the disk no more."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

from sqlalchemy import Connection

from conversation.messages import Address, Said
from storage import outbox
from storage.database import Database, leave_no_trace, open_database
from tests.storage.conftest import NOW
from tests.storage.words import forget, put

SECRET = "0912 345 678 Đường Láng"


def holding_secret(folder: Path) -> set[str]:
    """The files in which the secret can be read."""
    return {file.name for file in folder.iterdir() if file.is_file() and SECRET.encode() in file.read_bytes()}


def erase(tx: Connection) -> None:
    """Erase it as `my_data` does."""
    forget(tx)
    leave_no_trace(tx)


async def test_an_ordinary_erasure_leaves_a_trace_in_the_log(sqlite: Database, tmp_path: Path) -> None:
    await sqlite.write(put, SECRET)
    await sqlite.write(forget)
    assert holding_secret(tmp_path) == {"caunoi.db-wal"}  # so the tests below can see what they look for


async def test_leaving_no_trace_empties_the_log_before_the_answer(sqlite: Database, tmp_path: Path) -> None:
    await sqlite.write(put, SECRET)
    await sqlite.write(erase)
    assert (tmp_path / "caunoi.db-wal").stat().st_size == 0
    assert holding_secret(tmp_path) == set()


async def test_a_reader_delays_it_but_not_the_others(sqlite: Database, tmp_path: Path) -> None:
    log = tmp_path / "caunoi.db-wal"
    reader = sqlite3.connect(tmp_path / "caunoi.db", isolation_level=None)
    await sqlite.write(put, SECRET)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM counters").fetchone()
    async with asyncio.timeout(2):  # SQLite's own patience would be 5 seconds
        await sqlite.write(erase)
        await sqlite.write(put, "meanwhile")
    assert log.stat().st_size > 0
    reader.close()
    async with asyncio.timeout(5):
        while log.stat().st_size:  # noqa: ASYNC110 - a file; and without another commit
            await asyncio.sleep(0.01)
    assert holding_secret(tmp_path) == set()


async def test_what_is_deleted_is_overwritten(sqlite: Database, tmp_path: Path) -> None:
    await sqlite.write(put, SECRET)
    await sqlite.write(leave_no_trace)
    assert holding_secret(tmp_path) == {"caunoi.db"}
    await sqlite.write(forget)
    await sqlite.close()
    assert holding_secret(tmp_path) == set()


async def test_an_answer_that_its_chat_never_took_leaves_no_trace(sqlite: Database, tmp_path: Path) -> None:
    there = Address("telegram:1", "7")
    await sqlite.write(outbox.reply, there, Said(SECRET), NOW, secret=True)
    await sqlite.write(outbox.block, there, NOW)
    assert holding_secret(tmp_path) == set()


async def test_a_crash_before_the_log_was_emptied_is_made_up_for(sqlite: Database, tmp_path: Path) -> None:
    await sqlite.write(put, SECRET)
    await sqlite.write(forget)
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for file in tmp_path.glob("caunoi.db*"):
        (crashed / file.name).write_bytes(file.read_bytes())
    assert holding_secret(crashed) == {"caunoi.db-wal"}

    again = await open_database(f"sqlite:///{crashed}/caunoi.db", tmp_path, now=NOW)
    assert holding_secret(crashed) == set()
    await again.close()
