"""What must be done by one process at a time is done by one, and by another when that one is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from storage import leading
from storage.database import Database, open_database
from tests.storage.conftest import NOW
from tests.storage.test_databases_exist import ask

HELD = "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND granted"


@pytest.fixture
async def two(empty_postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[Database]]:
    """The same records, opened by two processes."""
    monkeypatch.setattr(leading, "TRY_AGAIN_SECONDS", 0.05)
    monkeypatch.setattr(leading, "WATCH_SECONDS", 0.05)
    opened = [await open_database(empty_postgres, tmp_path, now=NOW) for _ in range(2)]
    yield opened
    for database in opened:
        await database.close()


def at_work(who: str, working: list[str]) -> Callable[[], Coroutine[Any, Any, None]]:
    async def work() -> None:
        working.append(who)
        try:
            await asyncio.Event().wait()
        finally:
            working.remove(who)

    return work


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)


async def test_one_works_and_the_other_takes_over(two: list[Database]) -> None:
    working: list[str] = []
    first = asyncio.create_task(two[0].lead("sender:1", at_work("first", working)))
    await until(lambda: working == ["first"])
    second = asyncio.create_task(two[1].lead("sender:1", at_work("second", working)))
    other = asyncio.create_task(two[1].lead("sender:2", at_work("other", working)))
    await until(lambda: len(working) == 2)
    await asyncio.sleep(0.2)
    assert sorted(working) == ["first", "other"]
    first.cancel()
    await until(lambda: "second" in working)
    for task in (second, other):
        task.cancel()
    await asyncio.gather(first, second, other, return_exceptions=True)
    assert working == []


async def test_who_lost_the_lock_stops_and_waits_for_it_again(two: list[Database]) -> None:
    working: list[str] = []
    leads = asyncio.create_task(two[0].lead("sender:1", at_work("it", working)))
    await until(lambda: working == ["it"])
    await ask(two[0].url, HELD)
    await until(lambda: working == [])
    await until(lambda: working == ["it"])
    leads.cancel()
    await asyncio.gather(leads, return_exceptions=True)


async def test_work_that_ends_or_fails_ends_so(two: list[Database]) -> None:
    async def ends() -> None: ...

    async def fails() -> None:
        raise RuntimeError("a fault of the program")

    await two[0].lead("sender:1", ends)
    with pytest.raises(RuntimeError, match="fault of the program"):
        await two[0].lead("sender:1", fails)


async def test_a_file_has_one_process_anyway(sqlite: Database) -> None:
    working: list[str] = []
    leads = asyncio.create_task(sqlite.lead("sender:1", at_work("it", working)))
    await until(lambda: working == ["it"])
    leads.cancel()
    await asyncio.gather(leads, return_exceptions=True)
