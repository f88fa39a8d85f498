"""Telegram: the token, and where updates go."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import NoReturn

from bot.channels.channel import ChannelError, Misconfigured
from bot.channels.telegram import Telegram
from bot.finding import Finding, well, wrong
from bot.settings import Settings


async def look(settings: Settings) -> AsyncIterator[Finding]:
    """Ask Telegram; without a token there is nothing to ask."""
    if settings.telegram_token is None:
        return
    channel = Telegram(settings.telegram_token.get_secret_value(), _nothing, _nothing, api=settings.telegram_api_base)
    try:
        await channel.check()
        yield well("telegram", f"Telegram nhận token ({channel.account}).")
        yield _delivery(await channel.posts_to(), settings.telegram_webhook_url)
    except Misconfigured:
        yield wrong("telegram", "Telegram không nhận token này. Lấy lại ở BotFather: /mybots → API Token.")
    except ChannelError as trouble:
        yield wrong("telegram", f"Không hỏi được Telegram ({trouble}). Kiểm tra mạng; có thể bị chặn.")
    finally:
        await channel.close()


async def _nothing(*_: object) -> NoReturn:
    raise AssertionError("the doctor sends nothing")


def _delivery(theirs: str, ours: str) -> Finding:
    if theirs and not ours:
        return wrong(
            "delivery",
            f"Telegram đang gửi tin của bot này tới {theirs}: một chương trình khác dùng cùng token. "
            "Tắt chương trình đó; khi Cầu Nối chạy, nó sẽ lấy lại việc nhận tin.",
        )
    if theirs and theirs != ours:
        return wrong("delivery", f"Telegram đang gửi tin tới {theirs}, không phải {ours}. Khởi động lại Cầu Nối.")
    return well("delivery", "Không chương trình nào khác nhận tin của bot này.")
