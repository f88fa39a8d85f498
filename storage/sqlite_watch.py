"""Whether the data file is still the one that was opened: SQLite goes on writing to one that has lost its name.

One that was taken away leaves a mark. Whatever stands in its place is not opened, because the log beside it belongs to
the old one and would be replayed into it.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from storage.backup import OWNER_ONLY, onto_disk
from storage.unavailable import DatabaseUnavailable


class OpenedFile:
    """A data file and its write-ahead log, as they lay on disk when they were last looked at."""

    def __init__(self, file: Path) -> None:
        self._file, self._log = file, _log_of(file)
        self._seen: dict[Path, os.stat_result] = {}
        self.taken_away = False

    def require(self) -> None:
        """Look again, after a commit; `DatabaseUnavailable` when a name was given away, or a piece cut off."""
        if self._is_the_same(self._log) and self._is_the_same(self._file, shrinks=False):
            return
        self.taken_away = True
        with suppress(OSError):
            _leave_mark(self._file, self._seen)
        raise DatabaseUnavailable("replaced", str(self._file))

    def _is_the_same(self, path: Path, *, shrinks: bool = True) -> bool:
        try:
            now = path.stat()
        except FileNotFoundError:
            return False
        before = self._seen.setdefault(path, now)
        if not os.path.samestat(before, now) or (now.st_size < before.st_size and not shrinks):
            return False
        self._seen[path] = now
        return True


def refuse_replaced(file: Path) -> None:
    """Refuse what stands in the place of a file that was taken away; the very same one may have been put back."""
    mark = mark_of(file)
    if not mark.exists():
        return
    if not _are_back(file, mark.read_text("utf-8", "replace")):
        raise DatabaseUnavailable("replaced", str(file))
    mark.unlink()


def mark_of(file: Path) -> Path:
    """Where it is written down that a file was taken away; who restores a backup removes it."""
    return Path(f"{file}.replaced")


def _leave_mark(file: Path, seen: dict[Path, os.stat_result]) -> None:
    known = {path.name: (stat.st_dev, stat.st_ino, stat.st_size) for path, stat in seen.items()}
    with open(os.open(mark_of(file), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY), "w", encoding="utf-8") as mark:
        json.dump(known, mark)
        mark.flush()
        os.fsync(mark.fileno())
    onto_disk(file.parent)


def _are_back(file: Path, mark: str) -> bool:
    with suppress(OSError, ValueError):
        known = json.loads(mark)
        return {file.name, _log_of(file).name} <= known.keys() and all(
            _is(file.with_name(name), *each) for name, each in known.items()
        )
    return False


def _is(path: Path, device: int, inode: int, size: int) -> bool:
    now = path.stat()
    return (now.st_dev, now.st_ino) == (device, inode) and now.st_size >= size


def _log_of(file: Path) -> Path:
    return Path(f"{file}-wal")
