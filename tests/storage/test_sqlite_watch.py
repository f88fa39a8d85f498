"""Somebody takes the data file away while it is open: nothing is confirmed from then on, and the process ends."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.database import DatabaseUnavailable, open_database
from tests.storage.conftest import NOW
from tests.storage.words import put


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
