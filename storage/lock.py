"""One Cầu Nối at a time on a data file."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout

from storage.unavailable import DatabaseUnavailable

OWNER_ONLY = 0o600


class DataLock:
    """Held by the operating system for this process: however the process ends, the lock ends with it."""

    def __init__(self, file: Path) -> None:
        self._lock = FileLock(
            f"{file}.lock",
            mode=OWNER_ONLY,
            thread_local=False,
            fallback_to_soft=False,  # a mere file would outlive a killed process
        )
        try:
            if file.exists() and not file.is_file():  # a folder would be moved aside by a restore
                raise DatabaseUnavailable("not_a_file", str(file))
            self._lock.acquire(timeout=0)
        except Timeout:
            raise DatabaseUnavailable("locked", str(file)) from None
        except OSError as failure:
            raise DatabaseUnavailable("readonly", str(file)) from failure

    def release(self) -> None:
        """Let another process have the file."""
        self._lock.release()
