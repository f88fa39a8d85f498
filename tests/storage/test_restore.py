"""The restore drill: what comes back is one point in time, and what was there is never lost."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from storage import jobs
from storage.backup import back_up, checksum_file, copy_to
from storage.database import Database, DatabaseUnavailable, open_database
from storage.restore import BackupRefused, restore
from storage.sqlite_file import arriving
from tests.storage.conftest import NOW
from tests.storage.test_full_disk import DISKS, Disk
from tests.storage.test_opening import kill_a_writer_of
from tests.storage.words import put, words

LATER = NOW + timedelta(hours=1)


def put_two(tx: Connection, word: str) -> str:
    """A word and a job for it, in one transaction: a copy has both or neither."""
    jobs.enqueue(tx, "drill", {"word": word}, NOW, word)
    return put(tx, word)


def jobs_in(file: Path) -> set[str]:
    """The words that have a job, in a copy that is whole."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert copy.execute("PRAGMA foreign_key_check").fetchall() == []
        return {row[0] for row in copy.execute("SELECT key FROM jobs WHERE kind = 'drill'")}


async def reopened(file: Path, folder: Path) -> set[str]:
    database = await open_database(f"sqlite:///{file}", folder / "data", now=NOW)
    try:
        return await database.read(words)
    finally:
        await database.close()


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    """Records at rest, with one word in them."""
    await put_in(tmp_path / "caunoi.db", "old")
    return tmp_path / "caunoi.db"


async def put_in(file: Path, word: str) -> None:
    database = await open_database(f"sqlite:///{file}", file.parent / "data", now=NOW)
    await database.write(put, word)
    await database.close()


async def test_a_backup_taken_under_load_is_a_point_in_time(sqlite: Database, tmp_path: Path) -> None:
    """Ten copies while 1,200 pairs are written: each pair is whole, and of each writer a copy has a beginning."""
    file, told = tmp_path / "caunoi.db", 0

    async def write(writer: int) -> None:
        nonlocal told
        for number in range(300):
            await sqlite.write(put_two, f"{writer}.{number:03}")
            told += 1

    writing = [asyncio.create_task(write(writer)) for writer in range(4)]
    for number in range(10):
        before = told
        copy = await asyncio.to_thread(copy_to, file, tmp_path / f"copy{number}.db")
        after = told
        there = await reopened(copy, tmp_path)
        assert there == jobs_in(copy)
        assert before <= len(there) <= after + 4
        for writer in range(4):
            mine = sorted(word for word in there if word.startswith(f"{writer}."))
            assert mine == [f"{writer}.{n:03}" for n in range(len(mine))]
    await asyncio.gather(*writing)


async def test_the_backup_comes_back_and_the_old_records_are_moved_aside(file: Path, tmp_path: Path) -> None:
    backup = back_up(file, tmp_path / "data", NOW)
    await put_in(file, "new")
    aside = restore(backup, file, LATER)
    assert aside is not None
    assert aside.name == "caunoi-before-restore-20260302T020000Z.db"
    assert await reopened(file, tmp_path) == {"old"}
    assert await reopened(aside, tmp_path) == {"old", "new"}
    assert file.stat().st_mode & 0o777 == 0o600


async def test_a_log_goes_aside_with_its_records(file: Path, tmp_path: Path) -> None:
    """After a kill the last words are in the log only: it must neither be lost nor be replayed into the backup."""
    backup = back_up(file, tmp_path / "data", NOW)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        with connection:
            connection.execute("CREATE TABLE in_the_log (a)")
        kept = {ending: Path(f"{file}{ending}").read_bytes() for ending in ("", "-wal")}
    for ending, content in kept.items():
        Path(f"{file}{ending}").write_bytes(content)
    aside = restore(backup, file, LATER)
    assert not Path(f"{file}-wal").exists()
    with closing(sqlite3.connect(f"{aside}")) as connection:
        assert connection.execute("SELECT count(*) FROM in_the_log").fetchone() == (0,)


async def test_a_journal_goes_aside_with_its_records(file: Path, tmp_path: Path) -> None:
    """It undoes what a killed writer left half written: the old records need it, the restored ones must not get it."""
    backup = back_up(file, tmp_path / "data", NOW)
    await put_in(file, "new")
    kill_a_writer_of(file)
    aside = restore(backup, file, LATER)
    assert not Path(f"{file}-journal").exists()
    assert Path(f"{aside}-journal").exists()
    assert await reopened(file, tmp_path) == {"old"}
    assert aside is not None
    assert await reopened(aside, tmp_path) == {"old", "new"}


async def test_a_file_with_its_journal_is_no_backup(file: Path, tmp_path: Path) -> None:
    backup = back_up(file, tmp_path / "data", NOW)
    kill_a_writer_of(backup)
    with pytest.raises(BackupRefused, match="in_use"):
        restore(backup, file, NOW)


async def test_a_checksum_may_be_in_capitals(file: Path, tmp_path: Path) -> None:
    backup = back_up(file, tmp_path / "data", NOW)
    written = checksum_file(backup)
    written.write_text(written.read_text().upper())
    assert restore(backup, file, LATER)


async def test_nothing_is_restored_beside_a_running_process(sqlite: Database, tmp_path: Path) -> None:
    backup = back_up(tmp_path / "caunoi.db", tmp_path / "data", NOW)
    with pytest.raises(DatabaseUnavailable, match="khác chạy"):
        restore(backup, tmp_path / "caunoi.db", NOW)


def flipped(backup: Path) -> None:
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 0xFF
    backup.write_bytes(content)


def truncated(backup: Path) -> None:
    checksum_file(backup).unlink()
    os.truncate(backup, backup.stat().st_size // 2)


def letter(backup: Path) -> None:
    checksum_file(backup).unlink()
    backup.write_text("to my aunt" * 1000)


def empty(backup: Path) -> None:
    checksum_file(backup).unlink()
    backup.write_bytes(b"")


def of_others(backup: Path) -> None:
    checksum_file(backup).unlink()
    backup.unlink()
    with closing(sqlite3.connect(backup)) as connection, connection:
        connection.execute("CREATE TABLE letters (a)")


def tableless(backup: Path) -> None:
    of_others(backup)
    with closing(sqlite3.connect(backup)) as connection, connection:
        connection.execute("DROP TABLE letters")


def stolen(backup: Path) -> None:
    of_others(backup)
    with closing(sqlite3.connect(backup)) as connection, connection:
        connection.execute("CREATE TABLE alembic_version AS SELECT '0001' AS version_num")


def newer(backup: Path) -> None:
    checksum_file(backup).unlink()
    with closing(sqlite3.connect(backup)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def gone(backup: Path) -> None:
    backup.unlink()


def in_use(backup: Path) -> None:
    Path(f"{backup}-wal").write_bytes(b"x")


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (flipped, "checksum"),
        (truncated, "corrupt"),
        (letter, "foreign"),
        (empty, "corrupt"),
        (of_others, "foreign"),
        (tableless, "corrupt"),
        (stolen, "foreign"),
        (newer, "newer"),
        (gone, "missing"),
        (in_use, "in_use"),
    ],
)
async def test_what_is_no_good_backup_is_refused_and_the_records_untouched(
    file: Path, tmp_path: Path, spoil: Callable[[Path], None], reason: str
) -> None:
    backup = back_up(file, tmp_path / "data", NOW)
    spoil(backup)
    before = file.read_bytes()
    with pytest.raises(BackupRefused) as refused:
        restore(backup, file, NOW)
    assert refused.value.reason == reason
    assert file.read_bytes() == before
    assert not arriving(file).exists()
    assert {path.name for path in tmp_path.glob("caunoi*")} <= {f"caunoi.db{e}" for e in ("", "-wal", "-shm", ".lock")}


async def test_the_records_are_no_backup_of_themselves(file: Path) -> None:
    with pytest.raises(BackupRefused, match="itself"):
        restore(file, file, NOW)


async def test_an_interrupted_restore_never_begins_anew_with_nothing(file: Path, tmp_path: Path) -> None:
    """Killed between moving the old away and the new in: starting is refused, restoring again is not."""
    backup = back_up(file, tmp_path / "data", NOW)
    arriving(file).write_bytes(backup.read_bytes())
    file.replace(tmp_path / "caunoi-before-restore-x.db")
    with pytest.raises(DatabaseUnavailable, match="chưa xong"):
        await reopened(file, tmp_path)
    with pytest.raises(BackupRefused):
        restore(tmp_path / "nowhere.db", file, NOW)
    with pytest.raises(DatabaseUnavailable, match="chưa xong"):
        await reopened(file, tmp_path)
    restore(backup, file, NOW)
    assert await reopened(file, tmp_path) == {"old"}


async def test_a_log_whose_records_are_gone_does_not_follow_those_of_an_older_restore(
    file: Path, tmp_path: Path
) -> None:
    backup = back_up(file, tmp_path / "data", NOW)
    older = restore(backup, file, NOW)
    file.unlink()
    Path(f"{file}-wal").write_bytes(b"the last words of what is gone")
    aside = restore(backup, file, LATER)
    assert aside not in (None, older)
    assert Path(f"{aside}-wal").read_bytes() == b"the last words of what is gone"
    assert await reopened(file, tmp_path) == {"old"}


async def test_logs_follow_the_records_that_an_interrupted_restore_has_moved(file: Path, tmp_path: Path) -> None:
    """Killed between the two: what was written last is in the log, and must not be parted from its records."""
    backup = back_up(file, tmp_path / "data", NOW)
    await put_in(file, "new")
    kill_a_writer_of(file)
    arriving(file).write_bytes(backup.read_bytes())
    aside = tmp_path / "caunoi-before-restore-20260101T000000Z.db"
    file.replace(aside)
    assert restore(backup, file, LATER) == aside
    assert Path(f"{aside}-journal").exists()
    assert await reopened(aside, tmp_path) == {"old", "new"}


@pytest.mark.parametrize("disk", DISKS)
async def test_a_full_disk_leaves_the_records_and_no_half_copy(disk: Disk, file: Path, tmp_path: Path) -> None:
    large, small = tmp_path / "large.db", tmp_path / "small"
    small.mkdir()
    copy_to(file, large)
    with closing(sqlite3.connect(large)) as connection, connection:
        connection.execute("CREATE TABLE ballast AS SELECT randomblob(4000000) AS a")
    with disk(small):
        records = copy_to(file, small / "caunoi.db")
        before = records.read_bytes()
        with pytest.raises(sqlite3.Error):
            copy_to(large, small / "copy.db")
        checksum_file(large).unlink()
        with pytest.raises(DatabaseUnavailable) as refused:
            restore(large, records, NOW)
        assert refused.value.kind == "full"
        assert records.read_bytes() == before
        assert {path.name for path in small.iterdir()} == {"caunoi.db", "caunoi.db.sha256", "caunoi.db.lock"}
