"""A disk that fills up: nobody is told of what was not kept, and there is no restart when there is room again."""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection

from storage.database import Database, DatabaseUnavailable, open_database
from storage.sqlite_writer import TransactionLost
from tests.storage.conftest import NOW
from tests.storage.words import put, words

ROOM = 3 << 20
LONG = "đ" * 20_000

Disk = Callable[[Path], AbstractContextManager[Callable[[], None]]]


@contextmanager
def small_disk(folder: Path) -> Iterator[Callable[[], None]]:
    """A real file system of a few megabytes, and what makes it larger; only root may mount it."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", folder], check=True)

    def make_room() -> None:
        subprocess.run(["mount", "-o", "remount,size=64m", folder], check=True)

    try:
        yield make_room
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def small_files(_folder: Path) -> Iterator[Callable[[], None]]:
    """No file of this process may grow further than so; anybody may ask for that."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, before[1]))
    try:
        yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, before)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


DISKS: list[Disk] = [small_files, small_disk] if os.geteuid() == 0 else [small_files]


def few_pages_in_memory(tx: Connection) -> None:
    """Make SQLite write in mid-transaction, so that it notices the full disk there and not at the commit."""
    tx.exec_driver_sql("PRAGMA cache_size = 5")


async def fill(database: Database) -> tuple[set[str], list[DatabaseUnavailable]]:
    """Write until nothing goes in any more; return the words confirmed, and the refusals."""
    told: set[str] = set()
    refusals: list[DatabaseUnavailable] = []
    for group in range(40):
        outcomes = await asyncio.gather(
            *(database.write(put, f"{group}.{i}.{LONG}") for i in range(16)), return_exceptions=True
        )
        for outcome in outcomes:
            if isinstance(outcome, str):
                told.add(outcome)
            else:
                assert isinstance(outcome, DatabaseUnavailable)
                refusals.append(outcome)
        if refusals:
            return told, refusals
    raise AssertionError("the disk never was full")


@pytest.mark.parametrize("in_mid_batch", [True, False], ids=["in mid-batch", "at the commit"])
@pytest.mark.parametrize("disk", DISKS)
async def test_a_full_disk_confirms_nothing_and_is_recovered_from(
    disk: Disk, in_mid_batch: bool, tmp_path: Path
) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    with disk(folder) as make_room:
        database = await open_database(f"sqlite:///{folder}/caunoi.db", tmp_path, now=NOW)
        if in_mid_batch:
            await database.write(few_pages_in_memory)
        told, refusals = await fill(database)
        assert {refusal.kind for refusal in refusals} == {"full"}
        assert await database.read(words) == told
        assert in_mid_batch == any(isinstance(refusal.__cause__, TransactionLost) for refusal in refusals)

        make_room()
        assert await database.write(put, "again") == "again"
        assert await database.read(words) == told | {"again"}
        await database.close()

        database = await open_database(f"sqlite:///{folder}/caunoi.db", tmp_path, now=NOW)
        assert await database.read(words) == told | {"again"}
        await database.close()
