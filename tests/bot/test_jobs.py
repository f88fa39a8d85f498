"""Timers and jobs that fail: tried again, further and further apart, and set aside at last; the others go on."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.channels.channel import Misconfigured, Throttled, Unreachable
from bot.jobs import FIRST_RETRY_SECONDS, LONGEST_RETRY_SECONDS, MOST_ATTEMPTS, Timers, Worker
from conversation.messages import Json
from handlers.feature import Feature, Registry
from storage import jobs, leases
from storage.database import Database, DatabaseUnavailable, open_database
from storage.schema import jobs as rows
from tests.bot.mute import NOW


@dataclass
class Hands:
    """A clock that is moved by hand."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


def state(tx: Connection) -> tuple[str, int]:
    """How the only job stands, and after how many attempts."""
    row = tx.execute(select(rows.c.state, rows.c.attempts)).one()
    return row.state, row.attempts


@pytest.fixture
async def database(new_database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_database(new_database_url, tmp_path / "data", now=NOW)
    yield opened
    await opened.close()


async def test_a_timer_that_always_fails_is_set_aside_and_stops_nobody(database: Database) -> None:
    fired: list[str] = []

    def bad(_tx: Connection, _due: datetime, _payload: Json) -> None:
        fired.append("bad")
        raise RuntimeError("a fault of the feature")

    def good(_tx: Connection, _due: datetime, _payload: Json) -> None:
        fired.append("good")

    def plan(tx: Connection) -> None:
        for kind in ("bad", "good"):
            jobs.enqueue(tx, kind, {}, NOW, kind)

    await database.write(plan)
    clock = Hands()
    timers = Timers(database, Registry([Feature("it", timers={"bad": bad, "good": good})]), clock, lambda: None)
    await timers.fire_due()
    assert fired == ["bad", "good"]
    while (await database.read(state))[0] == "ready":
        clock.at += timedelta(seconds=FIRST_RETRY_SECONDS * 2**MOST_ATTEMPTS)
        await timers.fire_due()
        assert len(fired) <= MOST_ATTEMPTS + 1
    assert await database.read(state) == ("dead", MOST_ATTEMPTS)
    assert fired.count("bad") == MOST_ATTEMPTS


async def test_records_that_are_away_are_no_fault_of_the_timer(database: Database) -> None:
    def unlucky(_tx: Connection, _due: datetime, _payload: Json) -> None:
        fault = sqlite3.OperationalError("database is locked")
        fault.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise fault

    await database.write(jobs.enqueue, "unlucky", {}, NOW, "unlucky")
    timers = Timers(database, Registry([Feature("it", timers={"unlucky": unlucky})]), Hands(), lambda: None)
    with pytest.raises(DatabaseUnavailable):
        await timers.fire_due()
    assert await database.read(state) == ("ready", 0)


@pytest.mark.parametrize(
    "failure", [Unreachable("down"), Throttled(7), Misconfigured("token"), OSError("full")], ids=repr
)
async def test_a_job_waits_for_as_long_as_the_platform_or_the_disk_is_away(
    database: Database, failure: Exception
) -> None:
    trouble, done = [failure] * 3 * MOST_ATTEMPTS, asyncio.Event()

    async def fetch(_payload: Json) -> None:
        if trouble:
            raise trouble.pop()
        done.set()

    await database.write(jobs.enqueue, "fetch", {}, NOW, "fetch")
    clock, wake = Hands(), asyncio.Event()
    lease = await database.write(leases.take, "worker", "this test")
    working = asyncio.create_task(Worker(database, clock, {"fetch": fetch}, wake).run(lease))
    async with asyncio.timeout(20):
        while not done.is_set():
            clock.at += timedelta(seconds=LONGEST_RETRY_SECONDS)
            wake.set()
            await asyncio.sleep(0.005)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)


async def test_two_clocks_fire_each_timer_once(empty_postgres: str, tmp_path: Path) -> None:
    both = [await open_database(empty_postgres, tmp_path, now=NOW) for _ in range(2)]
    fired: list[str] = []

    def ring(tx: Connection, _due: datetime, payload: Json) -> None:
        fired.append(payload["key"])
        jobs.enqueue(tx, "rung", {}, NOW, payload["key"] + " rung")

    def plan(tx: Connection) -> None:
        for number in range(60):
            jobs.enqueue(tx, "bell", {"key": str(number)}, NOW, str(number))

    await both[0].write(plan)
    registry = Registry([Feature(name="bells", timers={"bell": ring})])
    clocks = [Timers(database, registry, Hands(), lambda: None) for database in both for _ in range(2)]
    await asyncio.gather(*(clock.fire_due() for clock in clocks))
    kinds = await both[0].read(lambda tx: list(tx.execute(select(rows.c.kind)).scalars()))
    for database in both:
        await database.close()
    assert sorted(fired, key=int) == [str(number) for number in range(60)]
    assert kinds == ["rung"] * 60
