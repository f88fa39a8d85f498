"""Copies of the data file: one before each upgrade, one a day."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.sqlite_file import connect_for_reading, discard

STAMP = "%Y%m%dT%H%M%SZ"
PREFIX = "caunoi-"
UNFINISHED = ".part"
OWNER_ONLY = 0o600


def folder(data_dir: Path) -> Path:
    """Where backups lie, readable by their owner only: they hold what people wrote."""
    backups = data_dir / "backups"
    backups.mkdir(mode=0o700, parents=True, exist_ok=True)
    backups.chmod(0o700)
    return backups


def back_up(file: Path, data_dir: Path, now: datetime) -> Path:
    """Copy the records into the folder of backups, beside the running writer; blocks, so call it in a thread."""
    with closing(connect_for_reading(file)) as connection:
        revision = _revision(connection)
    return copy_to(file, folder(data_dir) / f"{PREFIX}{now.astimezone(UTC).strftime(STAMP)}-{revision}.db")


def copy_to(file: Path, target: Path) -> Path:
    """Copy the records of one point in time, look whether the copy is whole, and write its checksum beside it."""
    unfinished = target.with_name(target.name + UNFINISHED)
    discard(unfinished)
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL, OWNER_ONLY))
    try:
        with closing(connect_for_reading(file)) as connection:
            connection.execute("VACUUM INTO ?", (str(unfinished),))
        onto_disk(unfinished)
        _look_through(unfinished)
        _write_checksum(target, checksum(unfinished))
        unfinished.replace(target)  # only a whole copy ever bears the name of a backup
    except BaseException:
        discard(unfinished)
        raise
    onto_disk(target.parent)
    return target


def checksum(file: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def checksum_file(backup: Path) -> Path:
    """Where a backup's checksum lies, in the form that `sha256sum --check` reads."""
    return backup.with_name(backup.name + ".sha256")


def known_checksum(backup: Path) -> str | None:
    """The checksum written when the backup was made; None when there is none."""
    file = checksum_file(backup)
    return file.read_text("utf-8", "replace").partition(" ")[0].strip().lower() if file.exists() else None


def last_backup(data_dir: Path) -> datetime | None:
    """When the newest backup was made."""
    stamps = [_stamp(backup.name) for backup in (data_dir / "backups").glob(f"{PREFIX}*.db")]
    return max(filter(None, stamps), default=None)


async def back_up_daily(file: Path, data_dir: Path, now: datetime, keep_days: int) -> Path:
    """Make today's backup, and only then remove the old ones."""
    backup = await asyncio.to_thread(back_up, file, data_dir, now)
    await asyncio.to_thread(expire_backups, data_dir, now, keep_days)
    return backup


def expire_backups(data_dir: Path, now: datetime, keep_days: int) -> list[Path]:
    """Remove backups older than so many days, but never the newest; return what was removed."""
    backups = folder(data_dir)
    for unfinished in backups.glob(f"{PREFIX}*{UNFINISHED}"):
        if _older(unfinished.name, now - timedelta(days=1)):  # a younger one may be in the making
            discard(unfinished)
            checksum_file(unfinished.with_suffix("")).unlink(missing_ok=True)
    whole = sorted(backups.glob(f"{PREFIX}*.db"))
    expired = [backup for backup in whole[:-1] if _older(backup.name, now - timedelta(days=keep_days))]
    for backup in expired:
        remove(backup)
    return expired


def remove(backup: Path) -> None:
    """Remove a backup and its checksum."""
    backup.unlink(missing_ok=True)
    checksum_file(backup).unlink(missing_ok=True)


def _older(name: str, than: datetime) -> bool:
    """Whether the stamp in a backup's name is earlier; a name without one is nobody's business of ours."""
    stamp = _stamp(name)
    return stamp is not None and stamp < than


def _stamp(name: str) -> datetime | None:
    with suppress(ValueError):
        return datetime.strptime(name.removeprefix(PREFIX).partition("-")[0], STAMP).replace(tzinfo=UTC)
    return None


def _revision(connection: sqlite3.Connection) -> str:
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if row is None:
        raise sqlite3.DatabaseError("the records do not say their revision")
    return str(row[0])


def _look_through(copy: Path) -> None:
    with closing(connect_for_reading(copy, immutable="1")) as connection:
        _revision(connection)
        if connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("the copy is not whole")


def _write_checksum(backup: Path, digest: str) -> None:
    file = checksum_file(backup)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as output:
        output.write(f"{digest}  {backup.name}\n")
        output.flush()
        os.fsync(output.fileno())


def onto_disk(path: Path) -> None:
    """Wait until a file's bytes, or a folder's names, are on the disk: neither VACUUM INTO nor a rename does."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
