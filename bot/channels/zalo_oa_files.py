"""What goes with words on Zalo OA: a photo by link or uploaded, a document uploaded; nothing else."""

from __future__ import annotations

import time
from hashlib import sha256
from typing import Final

import structlog

from bot.channels.attached import attached
from bot.channels.channel import Files, Links, Refused, StoredFile, Unreachable
from bot.channels.zalo_oa_calls import Calls, data_of
from bot.channels.zalo_text import NOT_SHOWN
from conversation.messages import Json, Said, Template

log = structlog.get_logger(__name__)

IMAGE, FILE = "/v2.0/oa/upload/image", "/v2.0/oa/upload/file"
PHOTO_BYTES, FILE_BYTES = 2**20, 5 * 2**20
TAKEN: Final = (".pdf", ".doc", ".docx", ".csv")
KEPT_SECONDS = 24 * 3600.0
"""What was uploaded lives for 7 days, and only 5,000 uploads a month are free: a broadcast makes one."""


class Attachments:
    """Makes of a file what Zalo takes."""

    def __init__(self, calls: Calls, files: Files, links: Links) -> None:
        self._calls, self._files, self._links = calls, files, links
        self._uploaded: dict[str, tuple[float, str]] = {}

    def forget(self) -> None:
        """Upload everything anew from now on."""
        self._uploaded.clear()

    async def of(self, said: Said) -> tuple[Json | None, Template | None]:
        """What to attach; or, when there is something that cannot be, what is said instead of it."""
        file, lacking = await attached(said, self._files)
        if file is None:
            return None, lacking
        try:
            taken = await self._taken(said.file, file)
        except Refused as refusal:
            log.warning("upload.refused", reason=str(refusal))
            taken = None
        return taken, None if taken else NOT_SHOWN

    async def _taken(self, name: str, file: StoredFile) -> Json | None:
        if file.kind == "photo" and len(file.content) <= PHOTO_BYTES:
            return await self._photo(name, file)
        if file.name.lower().endswith(TAKEN) and len(file.content) <= FILE_BYTES:
            return {"type": "file", "payload": {"token": await self._upload(FILE, file, "token")}}
        return None

    async def _photo(self, name: str, file: StoredFile) -> Json:
        """By our own link; uploaded where we have no public address."""
        link = await self._links(name)
        shown = {"url": link} if link else {"attachment_id": await self._upload(IMAGE, file, "attachment_id")}
        payload = {"template_type": "media", "elements": [{"media_type": "image", **shown}]}
        return {"type": "template", "payload": payload}

    async def _upload(self, path: str, file: StoredFile, field: str) -> str:
        key, now = f"{file.name}:{sha256(file.content).hexdigest()}", time.monotonic()
        self._uploaded = {name: kept for name, kept in self._uploaded.items() if kept[0] > now}
        if key not in self._uploaded:
            number = data_of(await self._calls.ask("POST", path, file=file)).get(field)
            if not isinstance(number, str) or not number:
                raise Unreachable(f"an upload without its {field}")
            self._uploaded[key] = now + KEPT_SECONDS, number
        return self._uploaded[key][1]
