"""The channels that the settings name, made from what they need of the service."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import SecretStr

from bot.channels.channel import Channel, Files
from bot.channels.telegram import Telegram
from bot.features import COMMANDS
from bot.settings import Settings


def channels_of(settings: Settings, files: Files) -> Iterator[Channel]:
    """Every channel that is configured."""
    if settings.telegram_token:
        yield telegram(settings, files)


def telegram(settings: Settings, files: Files) -> Telegram:
    """The bot on Telegram."""
    return Telegram(
        secret(settings.telegram_token),
        files,
        api=settings.telegram_api_base,
        webhook_url=settings.telegram_webhook_url,
        webhook_secret=secret(settings.telegram_webhook_secret),
        commands=COMMANDS,
    )


def secret(value: SecretStr | None) -> str:
    """The words of a secret; empty when it is not set."""
    return value.get_secret_value() if value else ""
