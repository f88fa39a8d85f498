"""Somebody takes the data file away while it is open: nothing is confirmed from then on, and the process ends."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.database import DatabaseUnavailable, open_database
from storage.restore import restore
from tests.storage.conftest import NOW
from tests.storage.words import put, words


def renamed_over(file: Path) -> None:
    shutil.copyfile(file, file.with_name("other"))
    file.with_name("other").replace(file)


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def unlinked(file: Path) -> None:
    file.unlink()


def without_log(file: Path) -> None:
    Path(f"{file}-wal").unlink()


@pytest.mark.parametrize("change", [renamed_over, cut, unlinked, without_log])
async def test_a_file_that_is_taken_away_is_noticed_at_the_next_write(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    database = await open_database(f"sqlite:///{tmp_path}/caunoi.db", tmp_path, now=NOW)
    await database.write(put, "before")
    change(tmp_path / "caunoi.db")
    with pytest.raises(DatabaseUnavailable):
        await database.write(put, "after")
    with pytest.raises(DatabaseUnavailable, match="bị thay, cắt bớt hoặc xóa"):
        await database.failed
    with pytest.raises(DatabaseUnavailable):
        await database.write(put, "later")
    await database.close()
    found = kept(tmp_path)
    for _ in range(2):  # as systemd does
        with pytest.raises(DatabaseUnavailable, match="bị thay, cắt bớt hoặc xóa"):
            await open_database(database.url, tmp_path, now=NOW)
    assert kept(tmp_path) == found


def kept(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("caunoi.db*") if path.suffix != ".lock"}


async def taken_away(folder: Path) -> str:
    """A file that had to go while it was open, under the name `old`."""
    database = await open_database(f"sqlite:///{folder}/caunoi.db", folder, now=NOW)
    await database.write(put, "before")
    (folder / "caunoi.db").replace(folder / "old")
    with pytest.raises(DatabaseUnavailable):
        await database.write(put, "after")
    await asyncio.gather(database.failed, return_exceptions=True)
    await database.close()
    return database.url


async def test_the_very_file_may_be_put_back(tmp_path: Path) -> None:
    url = await taken_away(tmp_path)
    (tmp_path / "old").replace(tmp_path / "caunoi.db")
    database = await open_database(url, tmp_path, now=NOW)
    assert "before" in await database.read(words)
    await database.close()


async def test_a_backup_is_restored_into_its_place(loaded_sqlite: Path, tmp_path: Path) -> None:
    url = await taken_away(tmp_path)
    restore(loaded_sqlite, tmp_path / "caunoi.db", NOW)
    database = await open_database(url, tmp_path, now=NOW)
    assert await database.read(words) == set()
    await database.close()
