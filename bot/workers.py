"""Several processes of one Cầu Nối on one machine: started together, started again when they die, stopped together."""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

import structlog

from bot.cli_tools import stop_on_signals
from bot.clock import SystemClock
from bot.logs import set_up_logs
from bot.main import Service
from bot.settings import Settings
from bot.starting import StartFailed, require_free_port
from storage.database import DatabaseUnavailable

log = structlog.get_logger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before a worker that died is started again: doubling while it dies young."""
YOUNG_SECONDS = 60.0
END_SECONDS = 15.0
spawning = multiprocessing.get_context("spawn")

Start = Callable[[int, Connection], BaseProcess]
"""Starts the worker of this number, which says into the connection why it cannot begin, if that is so."""


async def run_workers(settings: Settings, count: int, kind: type[Service] = Service) -> None:
    """Run so many workers until told to stop; raises `StartFailed` when they cannot begin."""
    stop = stop_on_signals()
    await (await kind.open(settings, SystemClock())).close()  # bring the records up to date, or refuse, once for all
    if "web" in settings.roles:
        await require_free_port(settings)

    def start(number: int, tells: Connection) -> BaseProcess:
        process = spawning.Process(target=work, args=(settings, number, count, tells, kind), name=f"worker {number}")
        process.start()
        return process

    await Supervisor(start, stop).keep(count)


# --- the parent -----------------------------------------------------------------------------------------------------


@dataclass
class Supervisor:
    """Keeps workers alive."""

    start: Start
    stop: asyncio.Event

    async def keep(self, count: int) -> None:
        """Keep so many alive until told to stop; raises `StartFailed` when one cannot begin, and ends the others."""
        ended = await asyncio.gather(*map(self._keep_one, range(count)), return_exceptions=True)
        for failure in filter(None, ended):
            raise failure

    async def _keep_one(self, number: int) -> None:
        pause = FIRST_PAUSE
        while not self.stop.is_set():
            began = time.monotonic()
            code = await self._live(number)
            if self.stop.is_set():
                return
            log.error("worker.died", worker=number, code=code)
            pause = FIRST_PAUSE if time.monotonic() - began > YOUNG_SECONDS else min(pause * 2, LONGEST_PAUSE)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self.stop.wait()

    async def _live(self, number: int) -> int | None:
        """One life of a worker; return its exit code."""
        hears, tells = spawning.Pipe(duplex=False)
        process = self.start(number, tells)
        tells.close()
        try:
            await self._until_ended(process)
            if hears.poll():
                with suppress(EOFError):
                    raise StartFailed(hears.recv())
            return process.exitcode
        except BaseException:
            self.stop.set()
            raise
        finally:
            hears.close()
            process.close()

    async def _until_ended(self, process: BaseProcess) -> None:
        ended, stopping = asyncio.Event(), asyncio.create_task(self.stop.wait())
        loop = asyncio.get_running_loop()
        loop.add_reader(process.sentinel, ended.set)
        ending = asyncio.create_task(ended.wait())
        try:
            await asyncio.wait({ending, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not ended.is_set():
                process.terminate()
                await asyncio.wait({ending}, timeout=END_SECONDS)
            if not ended.is_set():
                process.kill()
        finally:
            loop.remove_reader(process.sentinel)
            for task in (ending, stopping):
                task.cancel()
        process.join()


# --- a worker -------------------------------------------------------------------------------------------------------


def work(settings: Settings, number: int, workers: int, tells: Connection, kind: type[Service]) -> None:
    """Be a worker until told to stop, or until there is no parent left to tell it."""
    set_up_logs()
    try:
        asyncio.run(serve(settings, number, workers, kind))
    except StartFailed as refusal:
        tells.send(str(refusal))
        sys.exit(1)
    except DatabaseUnavailable as away:
        log.error("database.away", kind=away.kind)
        sys.exit(1)


async def serve(settings: Settings, number: int = 0, workers: int = 1, kind: type[Service] = Service) -> None:
    """Be one Cầu Nối, or one worker of several, until told to stop."""
    stop, parent = stop_on_signals(), multiprocessing.parent_process()
    if parent is not None:
        asyncio.get_running_loop().add_reader(parent.sentinel, stop.set)
    service = await kind.open(settings, SystemClock())
    service.worker, service.workers = number, workers
    try:
        await service.run(stop)
    finally:
        await service.close()
