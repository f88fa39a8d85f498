"""Whether the data file is still the one that was opened: SQLite goes on writing to one that has lost its name."""

from __future__ import annotations

import os
from pathlib import Path


class OpenedFile:
    """A data file and its write-ahead log, as they lay on disk when they were last looked at."""

    def __init__(self, file: Path) -> None:
        self._file, self._log = file, Path(f"{file}-wal")
        self._seen: dict[Path, os.stat_result] = {}

    def is_there(self) -> bool:
        """Look again, after a commit: nobody else gave away their names, or cut off a piece."""
        return self._is_the_same(self._log) and self._is_the_same(self._file, shrinks=False)

    def _is_the_same(self, path: Path, *, shrinks: bool = True) -> bool:
        try:
            now = path.stat()
        except FileNotFoundError:
            return False
        before = self._seen.get(path, now)
        self._seen[path] = now
        return os.path.samestat(before, now) and (shrinks or now.st_size >= before.st_size)
