"""A bot on the Zalo Bot Platform: by webhook, or for development by polling."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final

import structlog

from bot.channels.attached import attached
from bot.channels.channel import (
    Files,
    Gone,
    Limits,
    Links,
    Misconfigured,
    Pace,
    Rate,
    Receipt,
    Refused,
    Unreachable,
    Webhook,
    Wording,
    has_secret,
    message_of_letter,
)
from bot.channels.json_request import SECONDS
from bot.channels.zalo_bot_calls import Calls, NothingYet
from bot.channels.zalo_bot_updates import hear
from bot.channels.zalo_text import LONGEST, NOT_SHOWN, Part, render, worded
from conversation.messages import Address, FileRef, Heard, Json, Said, Template

log = structlog.get_logger(__name__)

API: Final = "https://bot-api.zaloplatforms.com"
SECRET_HEADER = "X-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
LIMITS: Final = Limits(
    text=LONGEST,
    unit="utf16",
    caption=LONGEST,
    buttons=0,
    label=0,
    documents=(),
    # Zalo publishes no figures; these are gentle
    pace=Pace(overall=Rate(5, burst=2), bulk=Rate(4, burst=1), per_chat=Rate(1, burst=2)),
)
POLLED = "Zalo Bot đang tự đi lấy tin, chỉ hợp khi thử: tin gửi tới lúc không ai lấy sẽ mất. Đặt CAUNOI_PUBLIC_URL."
LONGEST_ID = 128
POLL_SECONDS = 25
PHOTO_SECONDS = 150.0
"""Zalo fetches the photo before it answers."""
DOWNLOAD_SECONDS = 35.0


class ZaloBot:
    """A bot account on Zalo."""

    name = "zalo_bot"

    def __init__(
        self,
        token: str,
        files: Files,
        links: Links,
        wording: Wording,
        *,
        api: str = API,
        webhook_url: str = "",
        webhook_secret: str = "",
        limits: Limits = LIMITS,
    ) -> None:
        self.account, self.limits = f"zalo_bot:{token.partition(':')[0]}", limits
        self.webhook: Webhook | None = None
        if webhook_url:
            self.webhook = Webhook(webhook_url, self._authentic, probe=lambda body: not body, comes_again=False)
        self._secret = webhook_secret
        self._files, self._links, self._wording = files, links, wording
        self._calls = Calls(token, api)
        self._warned = False

    async def open(self) -> None:
        """Check the token and say where events go; `Misconfigured`, `Unreachable`, `Throttled`."""
        await self.check()
        try:
            if await self.posts_to() != (self.webhook.url if self.webhook else ""):
                await (self.set_webhook() if self.webhook else self.delete_webhook())
        except (Refused, Gone) as refusal:
            raise Misconfigured(f"Zalo refuses the webhook: {refusal}") from None
        if not self.webhook and not self._warned:
            self._warned = True
            log.warning("platform.polled", account=self.account, words=POLLED)

    async def check(self) -> None:
        """Ask Zalo whose token this is; `Misconfigured`, `Unreachable`."""
        try:
            await self._calls.call("getMe")
        except (Refused, Gone) as refusal:
            raise Misconfigured(f"Zalo does not accept the token: {refusal}") from None

    async def close(self) -> None:
        """Give the connections back."""
        await self._calls.close()

    async def posts_to(self) -> str:
        """Ask Zalo where it posts events now; empty while they are asked for."""
        with suppress(Gone):  # how Zalo says that there is no webhook
            told = await self._calls.call("getWebhookInfo")
            return str(told.get("url") or "") if isinstance(told, dict) else ""
        return ""

    async def set_webhook(self) -> None:
        """Have events posted to our webhook."""
        url = self.webhook.url if self.webhook else ""
        told = await self._calls.call("setWebhook", {"url": url, "secret_token": self._secret})
        match told:
            case {"verification": {"ok": False, "outcome": str(outcome)}}:
                log.warning("webhook.not_reached", account=self.account, outcome=outcome[:40])

    async def delete_webhook(self) -> None:
        """Have events asked for."""
        await self._calls.call("deleteWebhook")

    def hear(self, update: Json, at: datetime) -> Heard | None:
        """Read one event; pure, never raises."""
        return hear(update, self.account, at)

    async def updates(self) -> list[Json]:
        """Wait up to 25 s for an event; what came while nobody waited is lost."""
        try:
            told = await self._calls.call("getUpdates", {"timeout": str(POLL_SECONDS)}, seconds=POLL_SECONDS + 10)
        except NothingYet:
            return []
        events = told if isinstance(told, list) else [told]
        return [event for event in events if isinstance(event, dict)]

    def confirm(self) -> None:
        """Nothing to do: Zalo keeps no events."""

    async def send(self, to: Address, said: Said) -> Receipt:
        """Say it, in as many messages as it takes."""
        link, lacking = await self._link(said)
        parts, number = await self._parts(to, said, lacking), ""
        if link:
            caption = parts.pop()[0] if len(parts) == 1 else ""
            try:
                number = await self._send_photo(to, link, caption)
            except Refused as refusal:  # the words are worth more than the picture
                log.warning("photo.refused", account=self.account, reason=str(refusal))
                parts = await self._parts(to, said, NOT_SHOWN)
        for part in parts:
            with message_of_letter(first=not number):
                number = await self._send_text(to, part)
        return Receipt(number)

    async def acknowledge(self, callback: str) -> None:
        """Nothing to do: there are no buttons."""

    async def fetch(self, ref: FileRef, limit: int) -> bytes:
        """Download a photo or voice message of at most `limit` bytes within 35 s."""
        return await self._calls.download(ref.ref, limit, DOWNLOAD_SECONDS)

    def _authentic(self, headers: Mapping[str, str], _body: bytes) -> bool:
        return has_secret(headers, SECRET_HEADER, self._secret)

    async def _parts(self, to: Address, said: Said, lacking: Template | None) -> list[Part]:
        return render(await worded(said, to, self._wording, lacking), self.limits.text)

    async def _link(self, said: Said) -> tuple[str, Template | None]:
        """The link to a photo that goes along; or, when there is something that cannot, what is said instead of it."""
        file, lacking = await attached(said, self._files)
        if file is None:
            return "", lacking
        link = await self._links(said.file) if file.kind == "photo" else ""
        return link, None if link else NOT_SHOWN

    async def _send_text(self, to: Address, part: Part) -> str:
        text, bold = part
        message: Json = {"chat_id": to.chat, "text": text}
        if bold:
            message["text_styles"] = [{"start": start, "len": length, "st": ["b"]} for start, length in bold]
        return await self._say("sendMessage", message)

    async def _send_photo(self, to: Address, link: str, caption: str) -> str:
        message = {"chat_id": to.chat, "photo": link} | ({"caption": caption} if caption else {})
        return await self._say("sendPhoto", message, PHOTO_SECONDS)

    async def _say(self, method: str, message: Json, seconds: float = SECONDS) -> str:
        try:
            return _number(await self._calls.call(method, message, seconds=seconds))
        except Gone:  # or the whole API is not found, and then everybody would count as gone
            await self.check()
            raise


def _number(sent: object) -> str:
    match sent:
        case {"message_id": str(number) | int(number)}:
            return str(number)[:LONGEST_ID]
    raise Unreachable("a receipt without its number", maybe_sent=True)
