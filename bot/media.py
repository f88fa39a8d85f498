"""Our photos for platforms that fetch them: at addresses nobody can guess, which hold for a while."""

from __future__ import annotations

import hashlib
import hmac
import mimetypes
import re

from bot.channels.channel import Files, Refused
from bot.clock import Clock

PATH = "/-/media/"
HOLDS_SECONDS = 30 * 60
"""Zalo fetches a photo more than once, within minutes."""
_TOKEN = re.compile(r"(\d{1,20})\.(\d{1,12})\.([0-9a-f]{64})", re.ASCII)


class Media:
    """Makes the links and opens them again; nothing is kept, so every process of the service opens each."""

    def __init__(self, files: Files, clock: Clock, public_url: str, secret: str) -> None:
        self._files, self._clock = files, clock
        self._key = f"media {secret}".encode() if secret else b""
        self._public_url = public_url if secret else ""  # without a secret anybody could make links

    async def link(self, file: str) -> str:
        """A link to a stored file; empty without a public address or secret, `Refused` when there is no such file."""
        await self._files(file)
        if not self._public_url:
            return ""
        until = int(self._clock.now().timestamp()) + HOLDS_SECONDS
        return f"{self._public_url}{PATH}{file}.{until}.{self._mark(file, until)}"

    async def open(self, token: str) -> tuple[bytes, str] | None:
        """The content of a link and its MIME type; None for one that was never made, is too old, or leads nowhere."""
        parts = _TOKEN.fullmatch(token)
        if parts is None or not self._key:
            return None
        file, until = parts[1], int(parts[2])
        if not hmac.compare_digest(parts[3], self._mark(file, until)) or self._clock.now().timestamp() > until:
            return None
        try:
            stored = await self._files(file)
        except Refused:
            return None
        return stored.content, mimetypes.guess_type(stored.name)[0] or "application/octet-stream"

    def _mark(self, file: str, until: int) -> str:
        return hmac.new(self._key, f"{file}.{until}".encode(), hashlib.sha256).hexdigest()
