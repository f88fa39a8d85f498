"""Telegram: the token, where updates go, and whether our clock is theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import NoReturn

import aiohttp

from bot.channels.channel import ChannelError, Misconfigured
from bot.channels.telegram import Telegram
from bot.clock import Clock
from bot.finding import Finding, well, wrong
from bot.settings import Settings

CLOCK_OFF_SECONDS = 60
ASK_SECONDS = 10.0


async def look(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Ask Telegram; without a token there is nothing to ask."""
    if settings.telegram_token is None:
        yield well("telegram", "Chưa có token Telegram: chỉ chạy thử được (caunoi demo).")
        return
    channel = Telegram(settings.telegram_token.get_secret_value(), _no_files, api=settings.telegram_api_base)
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
    theirs = await _time_there(settings.telegram_api_base)
    if theirs is not None:
        yield _clock((clock.now() - theirs).total_seconds())


async def _no_files(_name: str) -> NoReturn:
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


async def _time_there(api: str) -> datetime | None:
    """What Telegram's answer says the time is; its HTTP status does not matter."""
    timeout = aiohttp.ClientTimeout(total=ASK_SECONDS)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.head(api) as answer:
            return parsedate_to_datetime(answer.headers["Date"])
    except (aiohttp.ClientError, TimeoutError, KeyError, ValueError):
        return None


def _clock(ahead: float) -> Finding:
    if abs(ahead) > CLOCK_OFF_SECONDS:
        way = "nhanh" if ahead > 0 else "chậm"
        return wrong("clock", f"Đồng hồ máy {way} {abs(ahead):.0f} giây. Chạy: timedatectl set-ntp true")
    return well("clock", "Đồng hồ máy đúng giờ.")
