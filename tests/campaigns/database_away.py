"""PostgreSQL goes away and comes back: its server stops, lets nobody in, cuts connections, or stands still for a while.

The server is this campaign's own. The log tells once that the records are lost and once that they are back.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from bot.pace import MOST_IN_FLIGHT
from storage.database import open_database
from storage.units import load_units
from tests import postgres
from tests.campaigns.campaign import Campaign, Outcome, Shard
from tests.campaigns.outage import Fault, endure, running, weigh
from tests.campaigns.recorded_program import MORNING
from tests.crash.bench import Mode
from tests.crash.benches import bench_on
from tests.crash.program import Build

LONGEST_SECONDS = 2.0
CUT = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'caunoi'")
LET_IN = "ALTER DATABASE caunoi ALLOW_CONNECTIONS {}"
"""Both are asked from another database."""


@dataclass
class Server:
    """A PostgreSQL server that may be stopped."""

    binaries: Path
    folder: Path
    process: subprocess.Popen[bytes]
    url: URL

    def stop(self) -> None:
        """Stop it well."""
        postgres._stop(self.process)

    def start(self) -> None:
        """Start it on the same data."""
        self.process = postgres._start(self.binaries, self.folder)
        postgres._wait_for(self.process, self.folder)

    def signal_all(self, number: signal.Signals) -> None:
        """Tell the server and all its processes."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for process in (self.process.pid, *map(int, children)):
            os.kill(process, number)


@contextmanager
def private_server() -> Iterator[Server]:
    """A server of one's own, gone afterwards."""
    binaries = postgres.programs()
    folder = Path(tempfile.mkdtemp(prefix=f"{postgres.DATA_PREFIX}{os.getpid()}-", dir=postgres.COMMON))
    if postgres.NOBODY:
        os.chown(folder, postgres.NOBODY.pw_uid, postgres.NOBODY.pw_gid)
    try:
        postgres._initdb(binaries, folder)
        process = postgres._start(binaries, folder)
        server = Server(binaries, folder, process, postgres._wait_for(process, folder))
        try:
            yield server
        finally:
            server.signal_all(signal.SIGCONT)
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def go_away(shard: Shard, *, mode: Mode, build: Build) -> Outcome:
    """Let one program live through so many outages."""
    wrong: list[str] = []
    with private_server() as server:
        url = await _with_units(server, shard.folder)
        async with bench_on(url, shard.folder, shard.dice(), mode, build=build) as bench:
            async with running(bench):
                for number in range(shard.count):
                    make = FAULTS[number % len(FAULTS)]
                    fault = make(server, bench.dice.uniform(0, LONGEST_SECONDS))
                    wrong += await endure(bench, fault, tells=make in (_stopped, _shut))
                outcome = await weigh(bench, shard.count, wrong)
            # with the server the sender loses its lead, and what was in flight then is sent again, as after a kill
            outcome = replace(outcome, bound=MOST_IN_FLIGHT * shard.count)
            words = bench.log.read_text()
            return outcome if _told_evenly(words) else outcome + Outcome(0, corrupt=1, note="lost and back not in turn")


def _told_evenly(log: str) -> bool:
    told = [line for line in log.splitlines() if "database.lost" in line or "database.back" in line]
    return len(told) % 2 == 0 and all(("lost" in line) == (place % 2 == 0) for place, line in enumerate(told))


async def _with_units(server: Server, folder: Path) -> str:
    async with _asking(server) as connection:
        await connection.execute(text("CREATE DATABASE caunoi"))
    url = server.url.set(database="caunoi").render_as_string(hide_password=False)
    database = await open_database(url, folder, now=MORNING)
    await database.write(load_units)
    await database.close()
    return url


def _stopped(server: Server, seconds: float) -> Fault:
    @asynccontextmanager
    async def fault() -> AsyncIterator[None]:
        await asyncio.to_thread(server.stop)
        try:
            yield
            await asyncio.sleep(seconds)
        finally:
            await asyncio.to_thread(server.start)

    return fault


def _shut(server: Server, seconds: float) -> Fault:
    @asynccontextmanager
    async def fault() -> AsyncIterator[None]:
        async with _asking(server) as connection:
            await connection.execute(text(LET_IN.format("false")))
            await connection.execute(CUT)
            try:
                yield
                await asyncio.sleep(seconds)
            finally:
                await connection.execute(text(LET_IN.format("true")))

    return fault


def _paused(server: Server, seconds: float) -> Fault:
    @asynccontextmanager
    async def fault() -> AsyncIterator[None]:
        server.signal_all(signal.SIGSTOP)
        try:
            yield
            await asyncio.sleep(seconds)
        finally:
            server.signal_all(signal.SIGCONT)

    return fault


def _cut(server: Server, seconds: float) -> Fault:
    @asynccontextmanager
    async def fault() -> AsyncIterator[None]:
        async with _asking(server) as connection:
            for _ in range(3):
                await connection.execute(CUT)
                await asyncio.sleep(seconds / 10)
        yield

    return fault


@asynccontextmanager
async def _asking(server: Server) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(server.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()


TELEGRAM: tuple[Mode, ...] = ("polling", "webhook")
FAULTS = (_stopped, _shut, _cut, _paused)
HASTY = Build(hasty_intake=True)
CAMPAIGNS = (
    *(
        Campaign(f"database_away_{mode}", "outages", 12, 2, 4, partial(go_away, mode=mode, build=Build()))
        for mode in TELEGRAM
    ),
    Campaign("database_away_control", "outages", 4, 1, 4, partial(go_away, mode="webhook", build=HASTY), control=True),
)
