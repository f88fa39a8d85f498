"""A Zalo Official Account: its events come by webhook, its words go by the OpenAPI."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, NoReturn

import structlog

from bot.channels.channel import (
    Limits,
    Misconfigured,
    Pace,
    Rate,
    Receipt,
    Refused,
    Unreachable,
    Webhook,
    Wording,
    message_of_letter,
)
from bot.channels.cutting import utf16_length
from bot.channels.json_request import Answer
from bot.channels.zalo_oa_calls import Calls, data_of
from bot.channels.zalo_oa_errors import NO_BUTTONS, code_of
from bot.channels.zalo_oa_files import TAKEN, Attachments
from bot.channels.zalo_oa_signature import First, Signer, is_probe
from bot.channels.zalo_oa_updates import hear
from bot.channels.zalo_text import LONGEST, NOT_SHOWN, render, worded
from conversation.messages import Address, FileRef, Heard, Joined, Json, Left, Said

log = structlog.get_logger(__name__)

MESSAGE, ACCOUNT = "/v3.0/oa/message/cs", "/v2.0/oa/getoa"
MOST_BUTTONS, LONGEST_LABEL = 5, 100
LIMITS: Final = Limits(
    text=LONGEST,
    unit="utf16",
    caption=0,
    buttons=MOST_BUTTONS,
    label=LONGEST_LABEL,
    documents=TAKEN,
    # an app may make 4,000 calls a minute for all its accounts; of an account's own share Zalo tells nothing
    pace=Pace(overall=Rate(20, burst=2), bulk=Rate(18, burst=2), per_chat=Rate(1, burst=3)),
)


class ZaloOA:
    """One Official Account, by webhook only."""

    name = "zalo_oa"

    def __init__(
        self,
        signer: Signer,
        calls: Calls,
        attachments: Attachments,
        wording: Wording,
        now: Callable[[], datetime],
        *,
        webhook_url: str,
        buttons: bool = False,
        limits: Limits = LIMITS,
    ) -> None:
        self.account, self.limits = f"zalo_oa:{signer.oa_id}", limits
        self.webhook: Webhook | None = Webhook(
            webhook_url, self.authentic, probe=is_probe, comes_again=False, by_hand=True
        )
        self._refused = 0
        """Posts that were not signed as they should be: forged, or our secret is wrong."""
        self._verified: bool | None = None
        self._signer, self._calls, self._wording, self._now = signer, calls, wording, now
        self._attachments, self._buttons = attachments, buttons
        self._signed_first: First | None = None

    async def open(self) -> None:
        """Ask Zalo whose token this is; `Misconfigured`, `Unreachable`."""
        about = data_of(await self._calls.ask("GET", ACCOUNT))
        if str(about.get("oa_id", self._signer.oa_id)) != self._signer.oa_id:
            raise Misconfigured("the tokens belong to another Official Account than CAUNOI_ZALO_OA_ID")
        self._verified = about.get("is_verified") is not False

    def facts(self) -> Json:
        """What an operator may want to know of the account and its tokens."""
        return {"account": self.account, "verified": self._verified, "token_dead": self._calls.token_dead}

    async def close(self) -> None:
        """Give the connections back."""
        await self._calls.close()

    async def posts_to(self) -> str:
        """Zalo does not tell."""
        return ""

    async def set_webhook(self) -> None:
        """Nothing to do: it is set on Zalo's own pages."""

    async def delete_webhook(self) -> None:
        """Nothing to do: it is taken off on Zalo's own pages."""

    def authentic(self, headers: Mapping[str, str], raw: bytes) -> bool:
        """Whether a post is signed with the account's secret."""
        first = self._signer.signed(headers, raw, self._now())
        if first is None:
            self._refused += 1
            if self._refused.bit_count() == 1:  # the first, the second, the fourth: a flood fills no disk
                log.warning("webhook.refused", account=self.account, times=self._refused, bytes=len(raw))
            return False
        if first != self._signed_first:  # documents and working code differ, so it is noted which is true
            self._signed_first = first
            log.info("webhook.signed", account=self.account, first=first)
        return True

    def hear(self, update: Json, at: datetime) -> Heard | Left | Joined | None:
        """Read one event; pure, never raises."""
        return hear(update, self.account, at)

    async def updates(self) -> NoReturn:
        """Refuse: an Official Account cannot be asked."""
        raise Misconfigured("a Zalo Official Account works by webhook only")

    def confirm(self) -> None:
        """Nothing to do: nothing was asked for."""

    async def send(self, to: Address, said: Said) -> Receipt:
        """Say it in as many messages as it takes: the words first, then what goes with them."""
        attachment, lacking = await self._attachments.of(said)
        words = await worded(said, to, self._wording, lacking)
        texts = [text for text, _ in render(words, self.limits.text)]
        number = ""
        for place, text in enumerate(texts, start=1):
            with message_of_letter(first=place == 1):
                number = await self._say(to, text, _buttons(said) if place == len(texts) else [])
        if attachment is not None:
            with message_of_letter(first=not texts):
                number = await self._attach(to, attachment)
        return Receipt(number)

    async def acknowledge(self, callback: str) -> None:
        """Nothing to do: a button here is a message."""

    async def fetch(self, ref: FileRef, limit: int) -> bytes:
        """Download a photo or a voice message of at most `limit` bytes."""
        return await self._calls.download(ref.ref, limit)

    async def _say(self, to: Address, text: str, buttons: list[Json]) -> str:
        if self._buttons and buttons:
            attachment = {"type": "template", "payload": {"buttons": buttons}}
            answer = await self._post(to, {"text": text, "attachment": attachment})
            if code_of(answer) not in NO_BUTTONS:
                return _number(answer)
            log.warning("platform.buttons_refused", account=self.account, code=code_of(answer))
        return _number(await self._post(to, {"text": text}))

    async def _attach(self, to: Address, attachment: Json) -> str:
        try:
            return _number(await self._post(to, {"attachment": attachment}))
        except Refused as refusal:  # the words have been said, and are worth more
            log.warning("attachment.refused", account=self.account, reason=str(refusal))
            return await self._say(to, await self._wording(to, NOT_SHOWN), [])
        except Unreachable:
            self._attachments.forget()  # what was uploaded may be no more
            raise

    async def _post(self, to: Address, message: Json) -> Answer:
        return await self._calls.ask("POST", MESSAGE, body={"recipient": {"user_id": to.chat}, "message": message})


def _number(answer: Answer) -> str:
    number = data_of(answer).get("message_id", "")
    return str(number)[:128] if isinstance(number, str | int) else ""


def _buttons(said: Said) -> list[Json]:
    """A button for each choice, saying what a person would type; none where five are not enough."""
    if len(said.choices) > MOST_BUTTONS:
        return []
    lines = [(str(number), f"{number}. {choice.label}") for number, choice in enumerate(said.choices, 1)]
    return [
        {"title": line, "type": "oa.query.show", "payload": line}
        if utf16_length(line) <= LONGEST_LABEL
        else {"title": number, "type": "oa.query.show", "payload": number}
        for number, line in lines
    ]
