"""Photos and voice messages brought home: bounded, without what they tell about their maker, stored by their hash."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import structlog
from PIL import Image, ImageOps

from bot.channels.channel import Channel, Gone, Refused, StoredFile
from bot.contents import contents_of
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
              (0, b"\xff\xf1", "audio/aac"), (0, b"\xff\xf9", "audio/aac"), (4, b"ftyp", "audio/mp4"))  # fmt: skip
"""Where a recording's first bytes stand, what they are, and what they promise."""
ENDINGS = {JPEG: "jpg", "audio/ogg": "ogg", "audio/mpeg": "mp3", "audio/aac": "aac", "audio/mp4": "m4a"}


class Fetching:
    """The two jobs about files, and the reading of stored ones."""

    def __init__(self, database: Database, channels: Mapping[str, Channel], data_dir: Path) -> None:
        self._database, self._channels = database, channels
        self._contents = contents_of(database, data_dir)

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
        await self._contents.keep(file, sha256(content).hexdigest(), mime, content)

    async def erase(self, payload: Json) -> None:
        """Remove the bytes of an erased file, unless another file has the same."""
        await self._contents.remove_unused(payload["sha256"])

    async def read(self, file: str) -> StoredFile:
        """Return a stored file, `Refused` when there is none: what a channel is given to send files."""
        known = await self._database.read(files.kept, int(file)) if file.isdecimal() else None
        if known is None:
            raise Refused("the file is not there")
        content = await self._contents.read(known.sha256)
        if content is None:
            log.error("file.missing", file=file)
            raise Refused("the file is not there")
        return StoredFile(known.kind, content, f"{known.kind}.{ENDINGS.get(known.mime, 'bin')}")

    async def _download(self, awaited: files.Pending) -> tuple[bytes, str]:
        channel = self._channels.get(awaited.account)
        if channel is None:
            raise Refused(f"no channel for {awaited.account}")
        content = await channel.fetch(awaited.ref, MOST_BYTES[awaited.ref.kind])
        return await asyncio.to_thread(cleaned, awaited.ref, content)


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
