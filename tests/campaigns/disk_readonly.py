"""The disk turns read-only under the program and is writable again later, as the kernel does it to a disk in doubt.

A disk on which files are open for writing cannot be mounted anew, so strace has each write refused as if it had been.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from storage.database import sqlite_file
from tests.campaigns.campaign import Campaign, Outcome, Shard
from tests.campaigns.outage import Fault, endure, running, weigh
from tests.campaigns.system_calls import STRACE
from tests.crash.bench import Bench
from tests.crash.benches import bench_on
from tests.crash.program import Build

WRITES = "pwrite64,write,ftruncate,fsync,fdatasync"
ENDS = ("", "-wal", "-shm")


async def turn(shard: Shard, *, build: Build) -> Outcome:
    """Turn it under one process, again and again."""
    wrong: list[str] = []
    with shard.records("sqlite") as url:
        async with bench_on(url, shard.folder, shard.dice(), build=build) as bench, running(bench):
            for _ in range(shard.count):
                wrong += await endure(bench, _readonly(bench))
            return await weigh(bench, shard.count, wrong)


def _readonly(bench: Bench) -> Fault:
    file = sqlite_file(bench.settings.database_url)
    assert file is not None

    @asynccontextmanager
    async def by_strace() -> AsyncIterator[None]:
        assert bench.process is not None
        log = bench.log.with_name("refused")
        tracer = await asyncio.create_subprocess_exec(*_refusing(file, log), "-p", str(bench.process.pid))
        try:
            yield
        finally:
            tracer.terminate()
            await tracer.wait()
        assert "(INJECTED)" in log.read_text(), "nothing was written meanwhile"

    return by_strace


def _refusing(file: Path, log: Path) -> list[str]:
    paths = [part for end in ENDS for part in ("-P", f"{file}{end}")]
    fault = ("-e", f"trace={WRITES}", "-e", f"inject={WRITES}:error=EROFS")
    return [str(STRACE), "-f", "-qq", "-o", str(log), *paths, *fault]


CAMPAIGNS = (
    Campaign("disk_readonly", "times read-only", 50, 2, 10, partial(turn, build=Build()), needs="strace"),
    Campaign(
        "disk_readonly_control",
        "times read-only",
        full=5,
        short=1,
        piece=5,
        run=partial(turn, build=Build(hasty_intake=True)),
        control=True,
        needs="strace",
    ),
)
