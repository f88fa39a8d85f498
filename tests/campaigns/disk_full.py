"""The disk fills up at a random moment and is freed again: nothing is confirmed that is not kept, and it recovers."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path

from storage.database import sqlite_file
from tests.campaigns.campaign import Campaign, Outcome, Shard
from tests.campaigns.outage import Fault, endure, running, weigh
from tests.crash.bench import Bench
from tests.crash.benches import bench_on
from tests.crash.program import Build

DISK_BYTES = 24 << 20
CHUNK = 1 << 16
MOST_LEFT = 200_000
"""Bytes that may be left when it is called full."""


async def fill(shard: Shard, *, build: Build) -> Outcome:
    """Fill and free the disk under one process, again and again."""
    wrong: list[str] = []
    with shard.records("sqlite") as template, _disk(shard.folder) as disk:
        file = sqlite_file(template)
        assert file is not None
        shutil.copyfile(file, disk / "caunoi.db")
        url = f"sqlite:///{disk}/caunoi.db"
        async with bench_on(url, shard.folder, shard.dice(), build=build) as bench, running(bench):
            for _ in range(shard.count):
                wrong += await endure(bench, _full(bench, disk))
            return await weigh(bench, shard.count, wrong)


@contextmanager
def _disk(folder: Path) -> Iterator[Path]:
    """A small file system of its own; only root may mount one, others limit the size of files."""
    disk = folder / "disk"
    disk.mkdir()
    if os.geteuid():
        yield disk
        return
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", disk], check=True)
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


def _grow(ballast: Path, left: int) -> None:
    """Take all the room there is, and give some back."""
    with ballast.open("wb", buffering=0) as file:
        with suppress(OSError):
            while True:
                file.write(bytes(CHUNK))
        file.truncate(max(0, file.tell() - left))


def _full(bench: Bench, disk: Path) -> Fault:
    left = bench.dice.randrange(MOST_LEFT)

    @asynccontextmanager
    async def by_ballast() -> AsyncIterator[None]:
        ballast = disk / "ballast"
        await asyncio.to_thread(_grow, ballast, left)
        try:
            yield
        finally:
            ballast.unlink()

    @asynccontextmanager
    async def by_limit() -> AsyncIterator[None]:
        assert bench.process is not None
        assert bench.process.pid is not None
        process, most = bench.process.pid, (disk / "caunoi.db-wal").stat().st_size + left
        before = resource.prlimit(process, resource.RLIMIT_FSIZE)
        resource.prlimit(process, resource.RLIMIT_FSIZE, (most, before[1]))
        try:
            yield
        finally:
            resource.prlimit(process, resource.RLIMIT_FSIZE, before)

    return by_limit if os.geteuid() else by_ballast


CAMPAIGNS = (
    Campaign("disk_full", "times full", full=50, short=2, piece=10, run=partial(fill, build=Build())),
    Campaign(
        "disk_full_control",
        "times full",
        full=5,
        short=1,
        piece=5,
        run=partial(fill, build=Build(hasty_intake=True)),
        control=True,
    ),
)
