"""What must be done by one process at a time is done by one, and by another when that one is gone or asleep."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from conversation.messages import Json
from storage import leases, outbox
from storage.database import Database, open_database
from storage.leading import Timing, Work
from storage.leases import Lease, LeaseLost
from storage.postgres import PostgresDatabase
from tests.storage.conftest import NOW
from tests.storage.test_databases_exist import ask

HELD = "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND granted"
QUICK = Timing(try_again=0.02, beat=0.05, silent=0.3, frozen=0.9)
NEVER_BEATS = Timing(try_again=0.02, beat=60, silent=0.3, frozen=0.9)


@pytest.fixture
async def two(empty_postgres: str, tmp_path: Path) -> AsyncIterator[list[Database]]:
    """The same records, opened by two processes."""
    opened = [await open_database(empty_postgres, tmp_path, now=NOW) for _ in range(2)]
    for database in opened:
        timed(database, QUICK)
    yield opened
    for database in opened:
        await database.close()


def timed(database: Database, timing: Timing) -> None:
    assert isinstance(database, PostgresDatabase)
    database.timing = timing


def at_work(who: str, working: list[str], held: list[Lease] | None = None) -> Work:
    async def work(lease: Lease) -> None:
        working.append(who)
        if held is not None:
            held.append(lease)
        try:
            await asyncio.Event().wait()
        finally:
            working.remove(who)

    return work


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)


async def end(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def shown(database: Database, name: str) -> Json:
    return next(row for row in await database.read(leases.all_of_them) if row["name"] == name)


async def test_one_works_and_the_other_takes_over(two: list[Database]) -> None:
    working: list[str] = []
    first = asyncio.create_task(two[0].lead("sender:1", at_work("first", working)))
    await until(lambda: working == ["first"])
    second = asyncio.create_task(two[1].lead("sender:1", at_work("second", working)))
    other = asyncio.create_task(two[1].lead("sender:2", at_work("other", working)))
    await until(lambda: len(working) == 2)
    await asyncio.sleep(1.2)  # longer than a heart may be still
    assert sorted(working) == ["first", "other"]
    before = await shown(two[1], "sender:1")
    await end(first)
    await until(lambda: "second" in working)
    after = await shown(two[0], "sender:1")
    assert after["epoch"] == before["epoch"] + 1
    assert (before["held"], before["beat_age_seconds"]) == (True, 0)
    assert before["owner"] != after["owner"]
    await end(second, other)
    assert working == []
    assert not (await shown(two[0], "sender:1"))["held"]


async def test_who_lost_the_lock_stops_and_waits_for_it_again(two: list[Database]) -> None:
    working: list[str] = []
    held: list[Lease] = []
    leads = asyncio.create_task(two[0].lead("sender:1", at_work("it", working, held)))
    await until(lambda: working == ["it"])
    held[0].check()
    await ask(two[0].url, HELD)
    await until(lambda: working == [])
    with pytest.raises(LeaseLost):
        held[0].check()
    await until(lambda: working == ["it"])
    assert held[1].epoch == held[0].epoch + 1
    await end(leads)


async def test_who_sleeps_is_replaced_and_can_do_nothing_under_the_old_number(two: list[Database]) -> None:
    timed(two[0], NEVER_BEATS)
    working: list[str] = []
    held: list[Lease] = []
    asleep = asyncio.create_task(two[0].lead("sender:1", at_work("asleep", working, held)))
    await until(lambda: working == ["asleep"])
    standing_by = asyncio.create_task(two[1].lead("sender:1", at_work("awake", working, held)))
    began = asyncio.get_running_loop().time()
    await until(lambda: "awake" in working)
    assert asyncio.get_running_loop().time() - began > 0.6
    with pytest.raises(LeaseLost):  # before its next request, though nobody told it anything
        held[0].check()
    for work in (outbox.release_claimed, outbox.claim):
        with pytest.raises(LeaseLost):
            await two[1].write(held[0].guard(work), "telegram:1", NOW, 1)
    await two[1].write(held[1].guard(outbox.release_claimed), "telegram:1")
    await end(asleep, standing_by)


async def test_a_sleeper_s_open_transaction_keeps_nobody_out(two: list[Database]) -> None:
    timed(two[0], NEVER_BEATS)
    working: list[str] = []
    held: list[Lease] = []
    asleep = asyncio.create_task(two[0].lead("sender:1", at_work("asleep", working, held)))
    await until(lambda: working == ["asleep"])
    assert isinstance(two[0], PostgresDatabase)
    async with two[0]._writers.connect() as transaction:
        await transaction.run_sync(held[0].fence)  # in the midst of a claim, with the lease's row locked
        standing_by = asyncio.create_task(two[1].lead("sender:1", at_work("awake", working)))
        await until(lambda: "awake" in working)
        await transaction.invalidate()
    await end(asleep, standing_by)


async def test_a_claim_that_has_begun_is_waited_for(two: list[Database]) -> None:
    """The next holder's first claim sees all that the one before has claimed."""
    first = await two[0].write(leases.take, "sender:1", "first")
    assert isinstance(two[0], PostgresDatabase)
    async with two[0]._writers.begin() as transaction:
        await transaction.run_sync(first.fence)
        taking = asyncio.create_task(two[1].write(leases.take, "sender:1", "second"))
        await asyncio.sleep(0.2)
        assert not taking.done()
    assert (await taking).epoch == first.epoch + 1
    assert not await two[0].write(leases.beat, first)


async def test_work_that_ends_or_fails_ends_so(two: list[Database]) -> None:
    async def ends(_lease: Lease) -> None: ...

    async def fails(_lease: Lease) -> None:
        raise RuntimeError("a fault of the program")

    await two[0].lead("sender:1", ends)
    with pytest.raises(RuntimeError, match="fault of the program"):
        await two[0].lead("sender:1", fails)


async def test_a_file_has_one_process_anyway_and_its_leases_show_too(sqlite: Database) -> None:
    working: list[str] = []
    held: list[Lease] = []
    for epoch in (1, 2):
        leads = asyncio.create_task(sqlite.lead("sender:1", at_work("it", working, held)))
        await until(lambda: working == ["it"])
        held[-1].check()
        await sqlite.write(held[-1].fence)
        now = await shown(sqlite, "sender:1")
        assert (now["held"], now["epoch"], now["held_seconds"]) == (True, epoch, 0)
        await end(leads)
    with pytest.raises(LeaseLost):
        await sqlite.write(held[0].fence)
    assert not (await shown(sqlite, "sender:1"))["held"]


async def test_nobody_holds_a_lease_of_a_file_that_was_killed_or_restored(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'caunoi.db'}"
    killed = await open_database(url, tmp_path, now=NOW)
    await killed.write(leases.take, "sender", "a dead process")
    await killed.close()
    opened = await open_database(url, tmp_path, now=NOW)
    (lease,) = await opened.read(leases.all_of_them)
    await opened.close()
    assert (lease["held"], lease["epoch"]) == (False, 1)


async def test_a_pause_outlives_its_holder(database: Database) -> None:
    first = await database.write(leases.take, "sender:1", "first")
    assert first.pause_left == 0
    await database.write(leases.pause, first, 10072)
    await database.write(leases.pause, first, 3)
    second = await database.write(leases.take, "sender:1", "second")
    assert 10000 < second.pause_left <= 10072
    await database.write(leases.pause, first, 99999)  # by one who has it no more
    assert (await database.write(leases.take, "sender:1", "third")).pause_left <= 10072
