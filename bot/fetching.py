"""Photos and voice messages brought home: bounded, without what they tell about their maker, stored by their hash."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import structlog
from PIL import Image, ImageOps

from bot.channels.channel import Channel, Gone, Refused, StoredFile
from conversation.messages import FileRef, Json
from storage import files
from storage.database import Database

log = structlog.get_logger(__name__)

MOST_BYTES = {"photo": 10 * 2**20, "voice": 20 * 2**20}
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 1600
QUALITY = 85
JPEG = "image/jpeg"
RECORDINGS = ((0, b"OggS", "audio/ogg"), (0, b"ID3", "audio/mpeg"), (0, b"\xff\xfb", "audio/mpeg"),
              (4, b"ftyp", "audio/mp4"))  # fmt: skip
"""Where a recording's first bytes stand, what they are, and what they promise."""
LONG_AGO = (0, 0)
"""When all files were written, for whoever asks the file system."""
ENDINGS = {JPEG: "jpg", "audio/ogg": "ogg", "audio/mpeg": "mp3", "audio/mp4": "m4a"}


class Fetching:
    """The two jobs about files, and the reading of stored ones; `folder` is the data folder."""

    def __init__(self, database: Database, channels: Mapping[str, Channel], folder: Path) -> None:
        self._database, self._channels, self._folder = database, channels, folder / "files"
        self._disk = asyncio.Lock()  # bytes must not be removed between being written and being noted

    async def fetch(self, payload: Json) -> None:
        """Fetch one file; `Throttled`, `Unreachable` and `Misconfigured` mean: try again later."""
        file = int(payload["file"])
        awaited = await self._database.read(files.pending, file)
        if awaited is None:
            return
        try:
            content, mime = await self._download(awaited)
        except (Refused, Gone) as refusal:
            log.info("file.refused", kind=awaited.ref.kind, reason=str(refusal))
            await self._database.write(files.refuse, file)
            return
        await self._keep(file, content, mime)

    async def erase(self, payload: Json) -> None:
        """Remove the bytes of an erased file, unless another file has the same."""
        async with self._disk:
            await self._remove_unused(payload["sha256"])

    async def read(self, file: str) -> StoredFile:
        """Return a stored file, `Refused` when there is none: what a channel is given to send files."""
        known = await self._database.read(files.kept, int(file)) if file.isdecimal() else None
        if known is None:
            raise Refused("the file is not there")
        try:
            content = await asyncio.to_thread(self._place(known.sha256).read_bytes)
        except OSError as error:
            log.error("file.missing", file=file, reason=type(error).__name__)
            raise Refused("the file is not there") from None
        return StoredFile(known.kind, content, f"{known.kind}.{ENDINGS.get(known.mime, 'bin')}")

    async def _download(self, awaited: files.Pending) -> tuple[bytes, str]:
        channel = self._channels.get(awaited.account)
        if channel is None:
            raise Refused(f"no channel for {awaited.account}")
        content = await channel.fetch(awaited.ref, MOST_BYTES[awaited.ref.kind])
        return await asyncio.to_thread(cleaned, awaited.ref, content)

    async def _keep(self, file: int, content: bytes, mime: str) -> None:
        digest = sha256(content).hexdigest()
        async with self._disk:
            await asyncio.to_thread(write_whole, self._place(digest), content)
            if not await self._database.write(files.store, file, digest, mime, len(content)):
                await self._remove_unused(digest)

    async def _remove_unused(self, digest: str) -> None:
        if not await self._database.read(files.is_used, digest):
            await asyncio.to_thread(self._place(digest).unlink, missing_ok=True)

    def _place(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest


def cleaned(ref: FileRef, content: bytes) -> tuple[bytes, str]:
    """Return the content as it is kept, and its MIME type; `Refused` when it is not what it says."""
    return (picture(content), JPEG) if ref.kind == "photo" else (content, recording_type(content))


def picture(content: bytes) -> bytes:
    """Encode a picture anew, upright and at most 1600 pixels long: no place, camera or comment stays in it."""
    try:
        with Image.open(BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Refused("a picture of too many pixels")
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded no larger than is needed
            image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            bare = ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("not a picture") from None
    bare.info.clear()  # a comment would be written again
    encoded = BytesIO()
    bare.save(encoded, "JPEG", quality=QUALITY)
    return encoded.getvalue()


def recording_type(content: bytes) -> str:
    """Tell the type of a recording by its first bytes; `Refused` when it is none."""
    for start, magic, mime in RECORDINGS:
        if content[start : start + len(magic)] == magic:
            return mime
    raise Refused("not a recording")


def write_whole(place: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all, readable by nobody else, and survives a power cut."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = place.with_name(f"{place.name}.{secrets.token_hex(4)}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)
    for folder in (place.parent, place.parent.parent):
        _sync(folder)
    for touched in (place, place.parent, place.parent.parent):
        os.utime(touched, LONG_AGO)


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


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
