"""The channels that the settings name, made with what they need of the service."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator

from pydantic import SecretStr
from sqlalchemy import Connection

from bot.channels.channel import Channel
from bot.channels.json_request import JsonRequest
from bot.channels.zalo_bot import ZaloBot
from bot.channels.zalo_oa import ZaloOA
from bot.channels.zalo_oa_calls import API, OAUTH, Calls
from bot.channels.zalo_oa_files import Attachments
from bot.channels.zalo_oa_signature import Signer
from bot.channels.zalo_oa_tokens import App, Tokens
from bot.clock import Clock
from bot.features import COMMANDS
from bot.fetching import Fetching
from bot.media import Media
from bot.settings import Settings
from conversation.messages import Address, Words
from conversation.speech import Speech
from handlers.languages import translator
from handlers.records import speaker_of
from storage import people
from storage.database import Database


class Outfitter:
    """Makes every configured channel."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        self._settings, self._database, self._clock = settings, database, clock
        self.files = Fetching(database, {}, settings.data_dir).read
        key = secret(settings.zalo_bot_token) or secret(settings.zalo_oa_secret)
        self.media = Media(self.files, clock, settings.public_url, key)

    def channels(self) -> Iterator[Channel]:
        """All of them, none of them open."""
        if self._settings.telegram_token:
            yield self._telegram()
        if self._settings.zalo_bot_token:
            yield self._zalo_bot()
        if self._settings.zalo_oa_id:
            yield self.zalo_oa()

    def _telegram(self) -> Channel:
        from bot.channels.telegram import Telegram  # noqa: PLC0415 - its library takes long to load

        settings = self._settings
        return Telegram(
            secret(settings.telegram_token),
            self.files,
            self._wording,
            api=settings.telegram_api_base,
            webhook_url=settings.telegram_webhook_url,
            webhook_secret=secret(settings.telegram_webhook_secret),
            commands=COMMANDS,
        )

    def _zalo_bot(self) -> ZaloBot:
        settings = self._settings
        return ZaloBot(
            secret(settings.zalo_bot_token),
            self.files,
            self.media.link,
            self._wording,
            api=settings.zalo_bot_api_base,
            webhook_url=zalo_bot_webhook(settings),
            webhook_secret=secret(settings.zalo_bot_webhook_secret),
        )

    def zalo_oa(self) -> ZaloOA:
        """The Official Account on Zalo."""
        settings = self._settings
        api = settings.zalo_oa_api_base
        http = JsonRequest(api)
        signer = Signer(settings.zalo_oa_app_id, settings.zalo_oa_id, secret(settings.zalo_oa_secret))
        app = App(
            f"zalo_oa:{settings.zalo_oa_id}",
            settings.zalo_oa_app_id,
            secret(settings.zalo_oa_app_secret) or secret(settings.zalo_oa_secret),
            secret(settings.zalo_oa_refresh_token),
            OAUTH if api == API else api,
        )
        calls = Calls(Tokens(self._database, http, app, self._clock.now), http, api)
        return ZaloOA(
            signer,
            calls,
            Attachments(calls, self.files, self.media.link),
            self._wording,
            self._clock.now,
            webhook_url=f"{settings.public_url}/zalo/oa",
            buttons=settings.zalo_oa_buttons,
        )

    async def _wording(self, to: Address, words: Words) -> str:
        return await self._database.read(_worded, to, words, self._settings.language)


def _worded(tx: Connection, to: Address, words: Words, language: str) -> str:
    speaker = speaker_of(people.person_at(tx, to), language)
    return Speech(speaker, translator(speaker.language)).render(words)


def zalo_bot_webhook(settings: Settings) -> str:
    """Where Zalo posts to the bot, at a place that nobody guesses, another for another secret; empty without one."""
    if not settings.public_url:
        return ""
    key, words = secret(settings.zalo_bot_token), secret(settings.zalo_bot_webhook_secret)
    return f"{settings.public_url}/zalo/bot/{hmac.new(key.encode(), words.encode(), hashlib.sha256).hexdigest()[:32]}"


def secret(value: SecretStr | None) -> str:
    """The words of a secret; empty when it is not set."""
    return value.get_secret_value() if value else ""
