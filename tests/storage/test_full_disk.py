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
from structlog.testing import capture_logs

from storage.database import Database, DatabaseUnavailable, open_database
from storage.sqlite_writer import TransactionLost
from storage.trouble import PROBE, probe
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
def small_files(_folder: Path, room: int = ROOM) -> Iterator[Callable[[], None]]:
    """No file of this process may grow further than so; anybody may ask for that."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, before)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


DISKS: list[Disk] = [small_files, small_disk] if os.geteuid() == 0 else [small_files]


def few_pages_in_memory(tx: Connection) -> None:
    """Make SQLite write in mid-transaction, so that it notices the full disk there and not at the commit."""
    tx.exec_driver_sql("PRAGMA cache_size = 5")


def is_lost(database: Database) -> bool:
    """Whether it tells that the disk is full."""
    return database.trouble.kind == "full"


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
        with capture_logs() as logs:
            told, refusals = await fill(database)
            await database.write(lambda _tx: None)  # changes nothing, so it says nothing about the disk
            assert is_lost(database)
            with pytest.raises(DatabaseUnavailable):
                await database.write(put, LONG * 50)
        assert [entry["event"] for entry in logs] == ["database.lost"]
        assert {refusal.kind for refusal in refusals} == {"full"}
        assert await database.read(words) == told
        assert in_mid_batch == any(isinstance(refusal.__cause__, TransactionLost) for refusal in refusals)

        make_room()
        with capture_logs() as logs:
            await database.write(probe)
        assert [entry["event"] for entry in logs] == ["database.back"]
        assert not is_lost(database)
        assert await database.write(put, "again") == "again"
        assert await database.read(words) == told | {"again", PROBE}
        await database.close()

        database = await open_database(f"sqlite:///{folder}/caunoi.db", tmp_path, now=NOW)
        assert await database.read(words) == told | {"again", PROBE}
        await database.close()


async def refused_for_want_of_room(url: str, data_dir: Path) -> None:
    """Try to open, and be told that the disk is full."""
    with pytest.raises(DatabaseUnavailable, match="Ổ đĩa đã đầy"):
        await open_database(url, data_dir, now=NOW)


@pytest.mark.parametrize("room", [0, 10_000, 100_000])
async def test_no_room_to_begin_leaves_no_half_a_file(room: int, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/caunoi.db"
    with small_files(tmp_path, room) as make_room:
        await refused_for_want_of_room(url, tmp_path)
        assert {path.name for path in tmp_path.iterdir()} <= {"caunoi.db.lock"}
        make_room()
        database = await open_database(url, tmp_path, now=NOW)
        await database.write(put, "word")
        await database.close()


async def test_no_room_to_open_harms_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/caunoi.db"
    database = await open_database(url, tmp_path, now=NOW)
    await database.write(put, "word")
    await database.close()
    with small_files(tmp_path, 0) as make_room:
        await refused_for_want_of_room(url, tmp_path)
        make_room()
        database = await open_database(url, tmp_path, now=NOW)
        assert await database.read(words) == {"word"}
        await database.close()
