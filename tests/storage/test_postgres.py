"""What only a server does: deadlocks, locks held too long, connections cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from conversation.messages import Address
from storage import contents, people, sessions
from storage.database import Database, DatabaseUnavailable, open_database
from storage.first_records import load_first_records
from storage.postgres import engine_of
from tests.storage.conftest import NOW
from tests.storage.test_databases_exist import ask
from tests.storage.test_turns import begin
from tests.storage.words import execute, put, words

LAN, BINH = Address("telegram:8123", "1"), Address("telegram:8123", "2")


@pytest.fixture
async def database(empty_postgres: str, tmp_path: Path) -> AsyncIterator[Database]:
    """The records on a server."""
    opened = await open_database(empty_postgres, tmp_path, now=NOW)
    yield opened
    await opened.close()


async def test_a_deadlock_is_tried_again_and_both_succeed(database: Database) -> None:
    for who in (LAN, BINH):
        await database.write(sessions.save, who, {"turns": 0}, NOW)
    runs: list[str] = []

    def both(tx: Connection, name: str, first: Address, second: Address) -> None:
        runs.append(name)
        for who in (first, second):
            state = begin(tx, who).state or {"turns": 0}
            sessions.save(tx, who, {"turns": state["turns"] + 1}, NOW)
            tx.execute(text("SELECT pg_sleep(0.2)"))

    await asyncio.gather(database.write(both, "a", LAN, BINH), database.write(both, "b", BINH, LAN))
    assert len(runs) > 2  # one of them was the victim
    assert (await database.write(begin, LAN)).state == {"turns": 2}
    assert (await database.write(begin, BINH)).state == {"turns": 2}


async def test_a_turn_that_waited_sees_what_the_other_changed(database: Database) -> None:
    def registers(tx: Connection) -> int:
        begin(tx, LAN)
        tx.execute(text("SELECT pg_sleep(0.3)"))
        sessions.save(tx, LAN, {"registered": True}, NOW)
        return people.register(tx, LAN, "bac", None, NOW)

    first = asyncio.create_task(database.write(registers))
    await asyncio.sleep(0.1)
    begun = await database.write(begin, LAN)
    assert begun.state == {"registered": True}
    assert begun.person == people.Person(await first, "", "bac", "", None)


async def test_a_lock_that_does_not_come_is_the_storages_fault(database: Database) -> None:
    await database.write(sessions.save, LAN, {}, NOW)
    held, release = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        engine = database._writers  # type: ignore[attr-defined]
        async with engine.begin() as tx:
            await tx.run_sync(begin, LAN)
            held.set()
            await release.wait()

    holding = asyncio.create_task(hold())
    await held.wait()
    async with asyncio.timeout(10):
        with pytest.raises(DatabaseUnavailable) as refusal:
            await database.write(begin, LAN)
    assert refusal.value.kind == "busy"
    release.set()
    await holding
    assert (await database.write(begin, LAN)).state == {}


async def test_an_account_without_rights_is_told_so(database: Database) -> None:
    def work(tx: Connection) -> None:
        tx.execute(text("SET LOCAL ROLE pg_read_all_stats"))
        tx.execute(text("CREATE TABLE public.mine (one int)"))

    with pytest.raises(DatabaseUnavailable, match="không đủ quyền"):
        await database.write(work)


async def test_a_cut_connection_is_named_and_the_next_write_succeeds(database: Database) -> None:
    with pytest.raises(DatabaseUnavailable) as refusal:
        await database.write(execute, "SELECT pg_terminate_backend(pg_backend_pid())")
    assert refusal.value.kind == "unreachable"
    await database.write(put, "again")
    assert await database.read(words) == {"again"}


async def test_connections_cut_while_idle_are_not_noticed(database: Database) -> None:
    await asyncio.gather(*(database.write(put, f"w{i}") for i in range(20)))
    others = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'caunoi@%'"
    assert (await ask(database.url, others)) != [0]
    await asyncio.sleep(0.1)
    await asyncio.gather(*(database.write(put, f"x{i}") for i in range(20)))
    assert len(await database.read(words)) == 40


async def test_reports_do_not_take_the_writers_connections(database: Database) -> None:
    reports = [asyncio.create_task(database.read(execute, "SELECT pg_sleep(0.5)")) for _ in range(12)]
    await asyncio.sleep(0.1)
    async with asyncio.timeout(0.3):
        await database.write(put, "meanwhile")
    await asyncio.gather(*reports)


async def test_a_server_whose_name_is_lost_is_unreachable(database: Database) -> None:
    database._writers = engine_of(make_url("postgresql+asyncpg://u@no-such-host.invalid/x"), 1, "test")  # type: ignore[attr-defined]
    with pytest.raises(DatabaseUnavailable) as refusal:
        await database.write(put, "never")
    assert refusal.value.kind == "unreachable"


async def test_connections_that_are_all_taken_are_no_fault_of_the_work(database: Database, empty_postgres: str) -> None:
    database._writers = writers = engine_of(make_url(empty_postgres), 1, "test")  # type: ignore[attr-defined]
    writers.pool._timeout = 0.1  # type: ignore[attr-defined]
    async with writers.begin():
        with pytest.raises(DatabaseUnavailable) as refusal:
            await database.write(put, "never")
    assert refusal.value.kind == "busy"


async def test_bytes_that_are_just_written_anew_are_removed_all_the_same(database: Database) -> None:
    def mixes(tx: Connection) -> None:
        contents.mix(tx, ["abc"])
        tx.execute(text("SELECT pg_sleep(0.3)"))

    await database.write(contents.put, "abc", b"somebody's photo")
    mixing = asyncio.create_task(database.write(mixes))
    await asyncio.sleep(0.1)
    await database.write(contents.remove_unused, "abc")
    await mixing
    assert await database.read(contents.read, "abc") is None


async def test_processes_that_start_at_once_fill_new_records_once(database: Database) -> None:
    await asyncio.gather(*(database.write(load_first_records) for _ in range(3)))
    assert await database.read(lambda tx: tx.scalar(text("SELECT count(*) FROM units"))) == 3355
