"""Two programs on one PostgreSQL, each on its own way to the platform, so that one can tell who asked for what."""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from bot.control import SOCKET
from bot.settings import Settings
from conversation.messages import Json
from sandbox.clock import MovableClock
from sandbox.server import serving
from storage import leases
from storage.database import Database, open_database
from tests.crash import program
from tests.crash.bench import Bench, Mode, Witness, settings_for
from tests.crash.program import Build
from tests.warm import warm

CHUNK = 1 << 16
REQUESTS = re.compile(rb"^(?:GET|POST) /\S*?(\w+)(?:\?\S*)? HTTP/1", re.MULTILINE)
ASKED = b"/sendMessage"


@dataclass
class Way:
    """What lies between a program and the platform: it notes what the program asks for."""

    to: int
    asked: list[float] = field(default_factory=list)
    """When it asked for a message to be sent."""
    requests: list[str] = field(default_factory=list)
    """All that it asked for, by method."""

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        """Its address."""
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self.to)
        await asyncio.gather(self._pass_on(reader, back, notes=True), self._pass_on(there, writer))

    async def _pass_on(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, notes: bool = False) -> None:
        with suppress(OSError):
            while data := await source.read(CHUNK):
                if notes:
                    self.asked += [time.monotonic()] * data.count(ASKED)
                    self.requests += map(bytes.decode, REQUESTS.findall(data))
                sink.write(data)
                await sink.drain()
        sink.close()


@dataclass
class Program:
    """One of the two."""

    settings: Settings
    log: Path
    build: Build
    way: Way
    process: ForkServerProcess | None = None

    @property
    def pid(self) -> int:
        """Its process."""
        assert self.process is not None
        assert self.process.pid is not None
        return self.process.pid

    def start(self) -> None:
        """Begin a new life."""
        self.process = warm.Process(target=program.child, args=(self.settings, self.log, self.build))
        self.process.start()

    async def ready(self) -> None:
        """Wait until it takes orders."""
        async with asyncio.timeout(20):
            while not (self.settings.data_dir / SOCKET).exists():  # noqa: ASYNC110 - another process's file
                await asyncio.sleep(0.02)

    async def end(self, number: signal.Signals) -> None:
        """Send a signal that ends it, and wait until it has."""
        os.kill(self.pid, number)
        assert self.process is not None
        await asyncio.to_thread(self.process.join, 10)
        code = self.process.exitcode
        assert code == (0 if number == signal.SIGTERM else -number), f"{code}: {self.log.read_text()[-3000:]}"
        (self.settings.data_dir / SOCKET).unlink(missing_ok=True)
        self.process = None


@dataclass
class Pair:
    """The two, their world and their records."""

    bench: Bench
    database: Database
    programs: list[Program]

    async def lease(self, role: str) -> Json | None:
        """The lease of this role when somebody has it."""
        rows = await self.database.read(leases.all_of_them)
        return next((row for row in rows if row["name"].startswith(role) and row["held"]), None)

    async def who(self, role: str) -> Program:
        """The program that has the lease of this role."""
        async with asyncio.timeout(20):
            while True:
                held = await self.lease(role)
                for each in self.programs:
                    if held and each.process and f":{each.pid}:" in held["owner"]:
                        return each
                await asyncio.sleep(0.02)

    async def holds_any(self, one: Program) -> bool:
        """Whether the records still know this program as the holder of a lease."""
        rows = await self.database.read(leases.all_of_them)
        return any(row["held"] and f":{one.pid}:" in row["owner"] for row in rows)

    def other(self, one: Program) -> Program:
        """The one that is not this one."""
        return next(each for each in self.programs if each is not one)

    async def post(self, words: str) -> None:
        """Somebody has a letter sent to everybody."""
        self.bench.people[0].type(f"/thu {words} {len(self.bench.people)}")

    def told(self, words: str) -> list[int]:
        """How often each person heard these words."""
        return [self.bench.world.heard[person.id, words] for person in self.bench.people]


@asynccontextmanager
async def pair_on(
    url: str, folder: Path, dice: random.Random, build: Build, *, people: int, mode: Mode = "polling"
) -> AsyncIterator[Pair]:
    """Both at work; whatever happens, nothing runs on afterwards."""
    async with AsyncExitStack() as stack:
        world = Witness()
        api = await stack.enter_async_context(serving(world))
        ways = [Way(int(api.rpartition(":")[2])) for _ in range(2)]
        addresses = [await stack.enter_async_context(way.open()) for way in ways]
        settings = [settings_for(mode, url, folder / at[-5:], at) for at in addresses]
        bench = Bench(world, settings[0], folder / "log", dice, build)
        bench.gather(people)
        database = await open_database(url, folder, now=MovableClock().now())
        stack.push_async_callback(database.close)
        both = [Program(one, folder / "log", build, way) for one, way in zip(settings, ways, strict=True)]
        try:
            for each in both:
                each.start()
            yield Pair(bench, database, both)
            for each in both:
                await each.ready()
                await each.end(signal.SIGTERM)
        finally:
            for each in both:
                if each.process is not None:
                    each.process.kill()
