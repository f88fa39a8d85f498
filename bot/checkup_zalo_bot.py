"""Zalo Bot: the token, and where people's messages go."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import NoReturn

from bot.channels.channel import ChannelError, Misconfigured
from bot.channels.zalo_bot import ZaloBot
from bot.channels_of import secret, zalo_bot_webhook
from bot.finding import Finding, well, wrong
from bot.settings import Settings


async def look(settings: Settings) -> AsyncIterator[Finding]:
    """Ask Zalo; without a token there is nothing to ask."""
    if settings.zalo_bot_token is None:
        return
    token = secret(settings.zalo_bot_token)
    channel = ZaloBot(token, _nothing, _nothing, _nothing, api=settings.zalo_bot_api_base)
    try:
        await channel.check()
        yield well("zalo_bot", f"Zalo nhận token của bot ({channel.account}).")
        yield _delivery(await channel.posts_to(), zalo_bot_webhook(settings))
    except Misconfigured:
        yield wrong("zalo_bot", "Zalo không nhận token của bot. Mở Zalo Bot Creator, đặt lại token rồi chép cả dòng.")
    except ChannelError as trouble:
        yield wrong("zalo_bot", f"Không hỏi được Zalo ({trouble}). Kiểm tra mạng, và CAUNOI_ZALO_BOT_API_BASE.")
    finally:
        await channel.close()


async def _nothing(*_: object) -> NoReturn:
    raise AssertionError("the doctor sends nothing")


def _delivery(theirs: str, ours: str) -> Finding:
    if theirs and theirs != ours:
        return wrong(
            "zalo_bot_delivery",
            f"Zalo đang gửi tin của bot tới {theirs}, không phải tới Cầu Nối. "
            "Tắt chương trình ở đó, rồi chạy: caunoi webhook set",
        )
    if not ours:
        return wrong(
            "zalo_bot_delivery",
            "Chưa có CAUNOI_PUBLIC_URL: Cầu Nối tự đi lấy tin, tin gửi lúc không ai lấy sẽ mất, không gửi được ảnh, "
            "và bà con không tải được thông tin của mình về. "
            "Đặt địa chỉ https của máy này, kèm CAUNOI_ZALO_BOT_WEBHOOK_SECRET.",
        )
    return well("zalo_bot_delivery", "Không chương trình nào khác nhận tin của bot trên Zalo.")
