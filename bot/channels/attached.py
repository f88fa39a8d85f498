"""What goes with the words of a letter; where that cannot be sent, the words are, and that something lacks."""

from __future__ import annotations

from typing import Final

import structlog

from bot.channels.channel import Files, Refused, StoredFile
from conversation.messages import N_, Said, Template

log = structlog.get_logger(__name__)

LACKING: Final = N_("Cầu Nối không gửi được tệp đi kèm tin này ạ.")


async def attached(said: Said, files: Files) -> tuple[StoredFile | None, Template | None]:
    """The file of a letter; or, when it is not there any more, what is said instead of it."""
    if said.document is not None:
        name, content = said.document
        return StoredFile("document", content, name), None
    if not said.file:
        return None, None
    try:
        return await files(said.file), None
    except Refused as refusal:
        log.warning("file.lacking", file=said.file, reason=str(refusal))
        return None, LACKING
