"""Telegram: python-telegram-bot's `Bot` makes the calls, over our own HTTP; updates are read as they come."""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

import structlog
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    KeyboardButton,
    LinkPreviewOptions,
    Message,
    ReplyKeyboardMarkup,
)
from telegram.error import InvalidToken
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.channels.aiohttp_request import AiohttpRequest
from bot.channels.attached import LACKING, attached
from bot.channels.channel import (
    ChannelError,
    Files,
    Gone,
    Limits,
    Misconfigured,
    Pace,
    Rate,
    Receipt,
    Refused,
    StoredFile,
    Unreachable,
    Webhook,
    Wording,
    has_secret,
    message_of_letter,
)
from bot.channels.cutting import joined, utf16_length
from bot.channels.telegram_errors import answer_of
from bot.channels.telegram_text import Part, render
from bot.channels.telegram_updates import KINDS, hear
from conversation.messages import Address, FileRef, Heard, Joined, Json, Left, Said

log = structlog.get_logger(__name__)

API: Final = "https://api.telegram.org"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
LIMITS: Final = Limits(
    text=4096,
    unit="utf16",
    caption=1024,
    buttons=100,
    label=64,
    documents=("",),
    # about 30 messages a second in all and one to a chat; source: Bots FAQ, "My bot is hitting limits";
    # two at once, so that a round that comes a little late loses nothing of the pace
    pace=Pace(overall=Rate(28, burst=2), bulk=Rate(26, burst=2), per_chat=Rate(1, burst=3)),
)
POLL_SECONDS = 25
WEBHOOK_CONNECTIONS = 40
DOWNLOAD_SECONDS = 35.0
os.environ.setdefault("PTB_TIMEDELTA", "1")  # python-telegram-bot's own switch: durations are no bare numbers
NO_PREVIEW = LinkPreviewOptions(is_disabled=True).to_json()


class Telegram:
    """A bot account on Telegram, by polling, or by webhook when it has a URL."""

    name = "telegram"

    def __init__(
        self,
        token: str,
        files: Files,
        wording: Wording,
        *,
        api: str = API,
        webhook_url: str = "",
        webhook_secret: str = "",
        commands: Sequence[tuple[str, str]] = (),
        limits: Limits = LIMITS,
    ) -> None:
        self.limits = limits
        self.account = f"telegram:{token.partition(':')[0]}"
        self._files, self._wording, self._commands = files, wording, tuple(commands)
        self.webhook = Webhook(webhook_url, self._authentic) if webhook_url else None
        self._webhook_secret = webhook_secret
        self._requests, self._polling = AiohttpRequest(), AiohttpRequest(POLL_SECONDS + 10)
        self._base = f"{api.rstrip('/')}/bot{token}"
        self._bot = _bot(token, api.rstrip("/"), self._requests, self._polling)
        self._confirmed: int | None = None
        self._offered: int | None = None
        """The numbers after the last update that is on disk, and after the last that was returned."""

    async def open(self) -> None:
        """Check the token, say where updates go, and show the commands; `Misconfigured`, `Unreachable`."""
        await self.check()
        try:
            await (self.set_webhook() if self.webhook else self.delete_webhook())
        except (Refused, Gone) as refusal:
            raise Misconfigured(f"Telegram refuses the webhook: {refusal}") from None
        try:
            await self._show_commands()
        except ChannelError as error:  # a bot without a menu still answers
            log.warning("telegram.commands_not_set", reason=str(error))

    async def check(self) -> None:
        """Ask Telegram whose token this is; `Misconfigured`, `Unreachable`."""
        me = await answer_of(self._bot.get_me())
        self.account = f"telegram:{me.id}"

    async def posts_to(self) -> str:
        """Ask Telegram where it posts updates now; empty while they are asked for."""
        return (await answer_of(self._bot.get_webhook_info())).url

    async def set_webhook(self) -> None:
        """Have updates posted to our webhook."""
        url, secret = self.webhook.url if self.webhook else "", self._webhook_secret or None
        webhook = self._bot.set_webhook(
            url, secret_token=secret, allowed_updates=KINDS, max_connections=WEBHOOK_CONNECTIONS
        )
        await answer_of(webhook)

    async def delete_webhook(self) -> None:
        """Have updates asked for; what waits stays."""
        await answer_of(self._bot.delete_webhook(drop_pending_updates=False))

    async def close(self) -> None:
        """Give the connections back."""
        await self._requests.shutdown()
        await self._polling.shutdown()

    def hear(self, update: Json, at: datetime) -> Heard | Left | Joined | None:
        """Read one update; pure, never raises."""
        return hear(update, self.account, at)

    def _authentic(self, headers: Mapping[str, str], _body: bytes) -> bool:
        return has_secret(headers, SECRET_HEADER, self._webhook_secret)

    async def updates(self) -> list[Json]:
        """Wait up to 25 s for updates that were not confirmed yet."""
        parameters: Json = {"timeout": POLL_SECONDS, "allowed_updates": json.dumps(KINDS)}
        if self._confirmed is not None:
            parameters["offset"] = self._confirmed
        # not Bot.get_updates: one update that it cannot parse would hide its whole batch
        url = f"{self._base}/getUpdates?{urlencode(parameters)}"
        answer: object = await answer_of(self._polling.post(url))
        batch = [update for update in answer if isinstance(update, dict)] if isinstance(answer, list) else []
        numbers = [update["update_id"] for update in batch if isinstance(update.get("update_id"), int)]
        self._offered = max(numbers) + 1 if numbers else self._confirmed
        return batch

    def confirm(self) -> None:
        """Let the next call of `updates` acknowledge what it returned last."""
        self._confirmed = self._offered

    async def send(self, to: Address, said: Said) -> Receipt:
        """Say it, in as many messages as it takes; the buttons hang under the last."""
        keyboard, parts = self._keyboard(said), render(said.text, self.limits.text)
        file, lacking = await attached(said, self._files)
        number: int | str = ""
        if file is not None:
            try:
                number, parts = await self._say_with(to.chat, file, parts, keyboard)
            except Refused as refusal:  # the words are worth more than the file
                log.warning("file.refused", account=self.account, reason=str(refusal))
                lacking = LACKING
        if lacking:
            parts = render(joined(said.text, await self._wording(to, lacking)), self.limits.text)
        for place, part in enumerate(parts, start=1):
            below = keyboard if place == len(parts) else None
            with message_of_letter(first=not number):
                number = await answer_of(self._send_text(to.chat, part, below))
        return Receipt(str(number))

    async def acknowledge(self, callback: str) -> None:
        """Stop a pressed button's spinning; one that is too old is fine."""
        with suppress(Refused):
            await answer_of(self._bot.answer_callback_query(callback))

    async def fetch(self, ref: FileRef, limit: int) -> bytes:
        """Download a photo or voice message of at most `limit` bytes within 35 s; `Unreachable` for half of it."""
        if ref.size > limit:
            raise Refused("too large")
        file = await answer_of(self._bot.get_file(ref.ref))
        content = await answer_of(self._requests.download(file.file_path or "", limit, DOWNLOAD_SECONDS))
        if file.file_size and len(content) != file.file_size:
            raise Unreachable("a file of another length")
        return content

    async def _show_commands(self) -> None:
        shown = await answer_of(self._bot.get_my_commands())
        if self._commands and self._commands != tuple((each.command, each.description) for each in shown):
            await answer_of(self._bot.set_my_commands(self._commands))

    def _keyboard(self, said: Said) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | None:
        labels = [_clipped(f"{n}. {choice.label}", self.limits.label) for n, choice in enumerate(said.choices, 1)]
        if said.asks_contact:
            contact = KeyboardButton(_clipped(said.asks_contact, self.limits.label), request_contact=True)
            rows = [[contact], *([KeyboardButton(label)] for label in labels)]
            return ReplyKeyboardMarkup(rows, resize_keyboard=True, one_time_keyboard=True)
        buttons = zip(labels, said.choices, strict=True)
        inline = [[InlineKeyboardButton(label, callback_data=choice.data)] for label, choice in buttons]
        return InlineKeyboardMarkup(inline) if inline else None  # an empty one would be refused

    async def _say_with(
        self,
        chat: str,
        file: StoredFile,
        parts: list[Part],
        keyboard: InlineKeyboardMarkup | ReplyKeyboardMarkup | None,
    ) -> tuple[int, list[Part]]:
        """Send a file, the words under it if they have room there; its number, and what is still to be said."""
        fits = len(parts) == 1 and self._fits_caption(parts[0])
        caption, rest = (parts[0], []) if fits else (("", []), parts)
        sent = await answer_of(self._send_file(chat, file, caption, None if rest else keyboard))
        return sent.message_id, rest

    def _fits_caption(self, part: Part) -> bool:
        return utf16_length(part[0]) <= self.limits.caption

    async def _send_text(
        self, chat: str, part: Part, keyboard: InlineKeyboardMarkup | ReplyKeyboardMarkup | None
    ) -> int:
        text, entities = part
        fields = {"chat_id": chat, "text": text, "link_preview_options": NO_PREVIEW}
        if entities:
            fields["entities"] = json.dumps([entity.to_dict() for entity in entities])
        if keyboard:
            fields["reply_markup"] = keyboard.to_json()
        # not Bot.send_message, which spends a third of a send on building a Message that nobody reads
        parameters = [RequestParameter(name, value, None) for name, value in fields.items()]
        sent: Any = await self._requests.post(f"{self._base}/sendMessage", RequestData(parameters))
        number: int = sent["message_id"]
        return number

    def _send_file(
        self, chat: str, file: StoredFile, caption: Part, keyboard: InlineKeyboardMarkup | ReplyKeyboardMarkup | None
    ) -> Awaitable[Message]:
        text, entities = caption
        content = InputFile(file.content, filename=file.name)
        words: Json = {"caption": text or None, "caption_entities": entities or None, "reply_markup": keyboard}
        if file.kind == "photo":
            return self._bot.send_photo(chat, content, **words)
        if file.kind == "voice":
            return self._bot.send_voice(chat, content, **words)
        return self._bot.send_document(chat, content, **words)


def _bot(token: str, api: str, requests: AiohttpRequest, polling: AiohttpRequest) -> Bot:
    try:
        return Bot(token, f"{api}/bot", f"{api}/file/bot", request=requests, get_updates_request=polling)
    except InvalidToken:
        raise Misconfigured("the Telegram token is empty") from None


def _clipped(label: str, limit: int) -> str:
    return label if utf16_length(label) <= limit else label[: limit // 2 - 1].rstrip() + "…"
