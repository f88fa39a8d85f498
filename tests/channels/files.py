"""The files that tests have stored, the hour at which they hear, and our words as they are said to Hoa."""

from datetime import UTC, datetime

from bot.channels.channel import Refused, StoredFile
from conversation.messages import Address, Words
from sandbox import samples

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
FILES = {
    "1": StoredFile("photo", samples.photo(), "photo.jpg"),
    "2": StoredFile("voice", samples.voice(), "voice.ogg"),
    "3": StoredFile("photo", b"what no platform takes for a picture", "photo.jpg"),
}


async def stored(file: str) -> StoredFile:
    if file not in FILES:
        raise Refused("the file is not there")
    return FILES[file]


async def plainly(_to: Address, words: Words) -> str:
    return str(words).replace("{You}", "Bác").replace("{you}", "bác")
