"""Putting a backup in the place of the records: looked at first, and the old records moved aside, never thrown away."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, cast

from storage.backup import OWNER_ONLY, STAMP, checksum, known_checksum, onto_disk
from storage.lock import DataLock
from storage.sqlite_file import BESIDE, LOGS, arriving, half_written
from storage.sqlite_open import examine
from storage.sqlite_watch import mark_of
from storage.unavailable import DatabaseUnavailable, file_faults_named

ASIDE = "caunoi-before-restore-"

Reason = Literal["missing", "not_a_file", "checksum", "foreign", "corrupt", "newer", "in_use", "itself", "unreadable"]


class BackupRefused(Exception):
    """This file is not put in the place of the records, which are as they were."""

    def __init__(self, reason: Reason, backup: Path) -> None:
        super().__init__(f"{reason}: {backup}")
        self.reason: Reason = reason
        self.backup = backup


def restore(backup: Path, file: Path, now: datetime) -> Path | None:
    """Restore a backup; where the old records lie now, None when there were none. `DatabaseUnavailable` says why not.

    Killed anywhere, the old records are under one of the two names, and no new, empty ones are made in their place.
    """
    with file_faults_named(str(file.parent)):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = DataLock(file)
    try:
        with file_faults_named(str(file.parent)):
            interrupted = arriving(file).exists() and not file.exists()
            _bring(backup, file, interrupted)
            aside = _move_aside(file, now, interrupted)
            mark_of(file).unlink(missing_ok=True)
            arriving(file).replace(file)
            onto_disk(file.parent)
        return aside
    finally:
        lock.release()


def _bring(backup: Path, file: Path, interrupted: bool) -> None:
    """Copy the backup beside the records, and look through the copy: what was looked at is what is used."""
    _refuse_at_sight(backup, file)
    copy = arriving(file)
    try:
        os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY))
        shutil.copyfile(backup, copy)
        onto_disk(copy)
        onto_disk(copy.parent)  # it says that a restore was not finished, so it must be there before the records go
        _refuse_after_reading(backup, copy)
    except BaseException:
        if not interrupted:  # else it is what says that a restore was not finished
            copy.unlink(missing_ok=True)
        raise
    finally:
        for ending in BESIDE:
            Path(f"{copy}{ending}").unlink(missing_ok=True)


def _refuse_at_sight(backup: Path, file: Path) -> None:
    if not backup.is_file():
        raise BackupRefused("not_a_file" if backup.exists() else "missing", backup)
    if not os.access(backup, os.R_OK):
        raise BackupRefused("unreadable", backup)
    if file.exists() and backup.samefile(file):
        raise BackupRefused("itself", backup)
    if half_written(backup):
        raise BackupRefused("in_use", backup)


def _refuse_after_reading(backup: Path, copy: Path) -> None:
    if known_checksum(backup) not in (None, checksum(copy)):
        raise BackupRefused("checksum", backup)
    try:
        examine(copy)
    except DatabaseUnavailable as refusal:
        if refusal.kind in ("foreign", "corrupt", "newer"):
            raise BackupRefused(cast(Reason, refusal.kind), backup) from refusal
        raise


def _move_aside(file: Path, now: datetime, interrupted: bool) -> Path | None:
    """The records first and their logs after: the other way round, a crash would leave records without their logs."""
    logs = [ending for ending in LOGS if Path(f"{file}{ending}").exists()]
    if not (file.exists() or logs):
        return None
    aside = _name_aside(file, now, interrupted)
    if file.exists():
        file.replace(aside)
        onto_disk(file.parent)
    for ending in logs:
        Path(f"{file}{ending}").replace(f"{aside}{ending}")
    Path(f"{file}-shm").unlink(missing_ok=True)
    onto_disk(file.parent)
    return aside


def _name_aside(file: Path, now: datetime, interrupted: bool) -> Path:
    """A new name; but logs without their records follow those that a restore, killed between the two, has moved."""
    alone = [path for path in file.parent.glob(f"{ASIDE}*{file.suffix}") if not half_written(path)]
    if alone and interrupted:
        return max(alone, key=lambda path: path.stat().st_ctime_ns)
    name = file.with_name(f"{ASIDE}{now.astimezone(UTC).strftime(STAMP)}{file.suffix}")
    return name if not name.exists() else name.with_name(f"{name.stem}-{os.getpid()}{file.suffix}")
