"""Copies of the data file: whole, private, and not for ever."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from storage.backup import back_up, back_up_daily, expire_backups
from storage.database import Database, open_database, sqlite_file
from tests.storage.conftest import NOW
from tests.storage.versions import HEAD
from tests.storage.words import put, words


def names(data: Path) -> list[str]:
    """The names of all backups, each of which has its checksum beside it."""
    lie = sorted(path.name for path in (data / "backups").iterdir())
    made = {name for name in lie if name.endswith(f"-{HEAD}.db")}
    assert {name.removesuffix(".sha256") for name in lie if name.endswith(".sha256")} == made
    return [name for name in lie if not name.endswith(".sha256")]


async def test_a_backup_is_taken_beside_the_writer_and_can_be_restored(sqlite: Database, tmp_path: Path) -> None:
    await sqlite.write(put, "before")
    file = sqlite_file(sqlite.url)
    assert file is not None
    copying = asyncio.create_task(asyncio.to_thread(back_up, file, tmp_path / "data", NOW))
    told = [await sqlite.write(put, f"w{i}") for i in range(300)]
    backup = await copying
    restored = tmp_path / "restored.db"
    restored.write_bytes(backup.read_bytes())
    again = await open_database(f"sqlite:///{restored}", tmp_path / "data", now=NOW)
    found = await again.read(words)
    await again.close()
    assert "before" in found
    assert found == {"before", *told[: len(found) - 1]}  # one point in time


async def test_a_backup_is_its_owners_only(sqlite: Database, tmp_path: Path) -> None:
    backup = await back_up_daily(tmp_path / "caunoi.db", tmp_path / "data", NOW, keep_days=7)
    assert backup.name == f"caunoi-20260302T010000Z-{HEAD}.db"
    assert oct(backup.stat().st_mode & 0o777) == "0o600"
    assert oct(backup.parent.stat().st_mode & 0o777) == "0o700"
    with closing(sqlite3.connect(backup)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def test_old_backups_go_but_never_the_newest(sqlite: Database, tmp_path: Path) -> None:
    data = tmp_path / "data"
    for days in range(4):
        back_up(tmp_path / "caunoi.db", data, NOW + timedelta(days=days))
    strange = data / "backups" / "caunoi-mine.db"
    strange.touch()
    (data / "backups" / "caunoi-20200101T000000Z-0001.db.part").touch()
    removed = expire_backups(data, NOW + timedelta(days=3, hours=1), keep_days=2)
    assert [path.name[:15] for path in removed] == ["caunoi-20260302", "caunoi-20260303"]
    assert names(data) == [f"caunoi-20260304T010000Z-{HEAD}.db", f"caunoi-20260305T010000Z-{HEAD}.db", "caunoi-mine.db"]
    strange.unlink()
    expire_backups(data, NOW + timedelta(days=400), keep_days=2)
    assert names(data) == [f"caunoi-20260305T010000Z-{HEAD}.db"]


async def test_a_failed_backup_leaves_nothing_that_looks_like_one(sqlite: Database, tmp_path: Path) -> None:
    (tmp_path / "data" / "backups" / f"caunoi-20260302T010000Z-{HEAD}.db").mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        back_up(tmp_path / "caunoi.db", tmp_path / "data", NOW)
    with pytest.raises(sqlite3.Error):
        back_up(tmp_path / "nowhere.db", tmp_path / "data", NOW)
