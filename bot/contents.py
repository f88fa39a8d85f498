"""Where the bytes of photos and voice messages lie: in the data folder beside SQLite, in a table on PostgreSQL."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from hashlib import sha256 as hash_of
from pathlib import Path
from typing import Protocol

from storage import contents, files
from storage.backup import UNFINISHED, onto_disk
from storage.database import Database, DatabaseUnavailable
from storage.unavailable import file_faults_named

LONG_AGO = (0, 0)
"""When all files were written, for whoever asks the file system."""


class Contents(Protocol):
    """Bytes by their hash."""

    async def keep(self, file: int, sha256: str, mime: str, content: bytes) -> None:
        """Keep the bytes and note that the file was fetched; they go again when nobody waits for it any more."""

    async def read(self, sha256: str) -> bytes | None:
        """The bytes; None when they are not there; `DatabaseUnavailable` when they cannot be read now."""

    async def remove_unused(self, sha256: str) -> None:
        """Remove the bytes unless a file has them."""


def contents_of(database: Database, data_dir: Path) -> Contents:
    """The place that belongs to the records: what every process that reads them reads too."""
    return TableContents(database) if database.dialect == "postgresql" else FolderContents(database, data_dir)


class TableContents:
    """Beside the records, in their transactions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, file: int, sha256: str, mime: str, content: bytes) -> None:
        """Both in one transaction."""
        await self._database.write(contents.keep, file, sha256, mime, content)

    async def read(self, sha256: str) -> bytes | None:
        """Ask the table."""
        return await self._database.read(contents.read, sha256)

    async def remove_unused(self, sha256: str) -> None:
        """Look and remove in one transaction."""
        await self._database.write(contents.remove_unused, sha256)


class FolderContents:
    """In the data folder, which one process has."""

    def __init__(self, database: Database, data_dir: Path) -> None:
        self._database, self._data_dir = database, data_dir
        self._disk = asyncio.Lock()  # bytes must not be removed between being written and being noted

    async def keep(self, file: int, sha256: str, mime: str, content: bytes) -> None:
        """First the bytes, so that what is noted is there."""
        async with self._disk:
            await asyncio.to_thread(write_whole, contents.place_of(self._data_dir, sha256), content)
            if not await self._database.write(files.store, file, sha256, mime, len(content)):
                await self._remove_unused(sha256)

    async def read(self, sha256: str) -> bytes | None:
        """Read the file of that name."""
        place = contents.place_of(self._data_dir, sha256)
        with file_faults_named(str(place)):
            return await asyncio.to_thread(_bytes_of, place)

    async def remove_unused(self, sha256: str) -> None:
        """Look and remove while nothing is being kept."""
        async with self._disk:
            await self._remove_unused(sha256)

    async def _remove_unused(self, sha256: str) -> None:
        if not await self._database.read(files.is_used, sha256):
            await asyncio.to_thread(_remove, contents.place_of(self._data_dir, sha256))


async def adopt(database: Database, data_dir: Path) -> None:
    """Take home to the table what 0.1.0 kept in the data folder though its records were on PostgreSQL."""
    if database.dialect != "postgresql":
        return
    folder = FolderContents(database, data_dir)
    for sha256 in await database.read(contents.missing):
        content = None
        with suppress(DatabaseUnavailable):  # what cannot be read now is taken at another start
            content = await folder.read(sha256)
        if content is not None and hash_of(content).hexdigest() == sha256:
            await database.write(contents.adopt, sha256, content)
            await asyncio.to_thread(_remove, contents.place_of(data_dir, sha256))


def write_whole(place: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all, readable by nobody else, and survives a power cut."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = place.with_name(place.name + UNFINISHED)
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)
    for folder in place.parents[:3]:
        onto_disk(folder)
    for touched in (place, place.parent, place.parent.parent):
        os.utime(touched, LONG_AGO)


def _bytes_of(place: Path) -> bytes | None:
    with suppress(FileNotFoundError):
        return place.read_bytes()
    return None


def _remove(place: Path) -> None:
    if place.exists():
        place.unlink()
        onto_disk(place.parent)  # erased is erased, whatever the power does


def hide_times(folder: Path, since: int) -> int:
    """Give all files changed after `since` one time of change; return it, for the next call.

    A file that says when it came says between whose messages. When it was written can be set; when it was changed can
    only be made the same for many, in the order of their hashes.
    """
    fresh = [path for path in sorted(folder.rglob("*")) if path.stat().st_ctime_ns > since]
    for path in fresh:
        with suppress(FileNotFoundError):
            os.utime(path, LONG_AGO)
    return max((path.stat().st_ctime_ns for path in fresh if path.exists()), default=since)


def remove_unfinished(data_dir: Path) -> None:
    """Remove what a process that was killed had begun to write; call it while nobody writes."""
    for draft in contents.folder_in(data_dir).glob(f"*/*{UNFINISHED}"):
        draft.unlink()
