"""Copies of the data file: one before each upgrade, one a day."""

from __future__ import annotations

import asyncio
import os
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.sqlite_file import connect_for_reading

STAMP = "%Y%m%dT%H%M%SZ"
PREFIX = "caunoi-"
UNFINISHED = ".part"


def folder(data_dir: Path) -> Path:
    """Where backups lie, readable by their owner only: they hold what people wrote."""
    backups = data_dir / "backups"
    backups.mkdir(mode=0o700, parents=True, exist_ok=True)
    backups.chmod(0o700)
    return backups


def back_up(file: Path, data_dir: Path, now: datetime) -> Path:
    """Copy the records of one point in time, beside the running writer; blocks, so call it in a thread."""
    backups = folder(data_dir)
    with closing(connect_for_reading(file)) as connection:
        revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        name = f"{PREFIX}{now.astimezone(UTC).strftime(STAMP)}-{revision}.db"
        unfinished = backups / (name + UNFINISHED)
        unfinished.unlink(missing_ok=True)
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL, 0o600))
        try:
            connection.execute("VACUUM INTO ?", (str(unfinished),))
            _onto_disk(unfinished)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
    unfinished.replace(backups / name)  # only a whole copy ever bears the name of a backup
    _onto_disk(backups)
    return backups / name


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
            unfinished.unlink(missing_ok=True)
    whole = sorted(backups.glob(f"{PREFIX}*.db"))
    expired = [backup for backup in whole[:-1] if _older(backup.name, now - timedelta(days=keep_days))]
    for backup in expired:
        backup.unlink(missing_ok=True)
    return expired


def _older(name: str, than: datetime) -> bool:
    """Whether the stamp in a backup's name is earlier; a name without one is nobody's business of ours."""
    with suppress(ValueError):
        stamp = name.removeprefix(PREFIX).partition("-")[0]
        return datetime.strptime(stamp, STAMP).replace(tzinfo=UTC) < than
    return False


def _onto_disk(path: Path) -> None:
    """VACUUM INTO does not wait for the disk, and neither does a rename."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
