"""The files that tests have stored, and the hour at which they hear."""

from datetime import UTC, datetime

from bot.channels.channel import Refused, StoredFile
from sandbox import samples

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
FILES = {"1": StoredFile("photo", samples.photo(), "photo.jpg"), "2": StoredFile("voice", samples.voice(), "voice.ogg")}


async def stored(file: str) -> StoredFile:
    if file not in FILES:
        raise Refused("the file is not there")
    return FILES[file]
