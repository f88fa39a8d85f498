"""The thread that writes to SQLite."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import Connection

from storage.database import Database, DatabaseUnavailable
from storage.sqlite_writer import LARGEST_BATCH, SqliteWriter, Unit
from tests.storage.words import put, words


async def test_what_queues_up_shares_a_commit(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    commit = SqliteWriter._commit

    def counting(writer: SqliteWriter, batch: list[Unit]) -> None:
        sizes.append(len(batch))
        commit(writer, batch)

    monkeypatch.setattr(SqliteWriter, "_commit", counting)
    await asyncio.gather(*(sqlite.write(put, f"w{i}") for i in range(300)))
    assert sum(sizes) == 300
    assert max(sizes) == LARGEST_BATCH
    assert len(sizes) < 30


async def test_nobody_is_told_before_the_commit(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    commit = SqliteWriter._commit

    def noting(writer: SqliteWriter, batch: list[Unit]) -> None:
        assert not any(unit.done.done() for unit in batch)
        commit(writer, batch)
        order.append("committed")

    monkeypatch.setattr(SqliteWriter, "_commit", noting)
    await sqlite.write(put, "word")
    order.append("told")
    assert order == ["committed", "told"]


async def test_a_unit_raising_cancelled_error_is_not_a_cancellation(sqlite: Database) -> None:
    def confused(_tx: Connection) -> None:
        raise asyncio.CancelledError

    with pytest.raises(RuntimeError, match="CancelledError"):
        await sqlite.write(confused)


async def test_a_unit_cancelled_in_the_queue_never_begins(sqlite: Database) -> None:
    write = asyncio.ensure_future(sqlite.write(put, "never"))
    await asyncio.sleep(0)  # queued now, and the thread has not had a look yet, or has: both are fine
    write.cancel()
    await asyncio.gather(write, return_exceptions=True)
    await sqlite.write(put, "next")
    assert await sqlite.read(words) >= {"next"}


async def test_a_savepoint_left_open_is_undone_with_its_unit(sqlite: Database) -> None:
    def careless(tx: Connection) -> None:
        tx.begin_nested()
        put(tx, "lost")

    outcomes = await asyncio.gather(
        sqlite.write(put, "before"),
        sqlite.write(careless),
        sqlite.write(put, "after"),
        return_exceptions=True,
    )
    assert isinstance(outcomes[1], RuntimeError)
    assert await sqlite.read(words) == {"before", "after"}


async def test_a_unit_that_commits_by_itself_confirms_nobody(sqlite: Database) -> None:
    def forbidden(tx: Connection) -> None:
        tx.commit()

    with pytest.raises(DatabaseUnavailable):
        await sqlite.write(forbidden)
    assert await sqlite.write(put, "alive") == "alive"


async def test_a_dead_writer_is_announced_and_nobody_waits_for_it(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(SqliteWriter, "_commit", broken)
    outcomes = await asyncio.gather(*(sqlite.write(put, f"w{i}") for i in range(100)), return_exceptions=True)
    assert {getattr(outcome, "kind", outcome) for outcome in outcomes} == {"stopped"}
    with pytest.raises(MemoryError):
        await asyncio.wait_for(asyncio.shield(sqlite.failed), 5)
    with pytest.raises(DatabaseUnavailable):
        await sqlite.write(put, "late")


async def test_a_closed_database_says_so(sqlite: Database) -> None:
    await sqlite.close()
    with pytest.raises(DatabaseUnavailable, match="đã đóng"):
        await sqlite.write(put, "late")


async def test_the_file_is_written_as_decided(sqlite: Database) -> None:
    def settings(tx: Connection) -> dict[str, Any]:
        names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        return {name: tx.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}

    assert await sqlite.write(settings) == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1,
    }  # fmt: skip
