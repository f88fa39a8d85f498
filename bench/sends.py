"""Messages a second through our channel, through python-telegram-bot as it comes, and through aiogram."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from aiogram import Bot as AiogramBot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from telegram import Bot
from telegram.request import HTTPXRequest

from bench.child import Result, Stopwatch
from bench.ours import no_file
from bench.talk import ACCOUNT, TOKEN
from bot.channels.telegram import Telegram
from conversation.messages import Address, Said

TEXT = "Chào bác ạ. Chi hội mời bác đến họp lúc 19 giờ thứ Bảy tại nhà văn hóa Khu phố 4, bàn việc làm lại đường hẻm. "
POOL = 256
Send = Callable[[], Awaitable[object]]


@contextlib.asynccontextmanager
async def _ours(api: str) -> AsyncIterator[Send]:
    channel, to, said = Telegram(TOKEN, no_file, api=api), Address(ACCOUNT, "500000001"), Said(TEXT)
    yield lambda: channel.send(to, said)
    await channel.close()


@contextlib.asynccontextmanager
async def _ptb(api: str) -> AsyncIterator[Send]:
    request = HTTPXRequest(connection_pool_size=POOL, pool_timeout=60)
    bot = Bot(TOKEN, f"{api}/bot", request=request, get_updates_request=HTTPXRequest())
    await request.initialize()
    yield lambda: bot.send_message(500_000_001, TEXT)
    await request.shutdown()


@contextlib.asynccontextmanager
async def _aiogram(api: str) -> AsyncIterator[Send]:
    bot = AiogramBot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(api)))
    yield lambda: bot.send_message(500_000_001, TEXT)
    await bot.session.close()


CLIENTS = {"ours": _ours, "python-telegram-bot": _ptb, "aiogram": _aiogram}


async def sends(client: str, api: str, count: int, in_flight: int) -> Result:
    """So many messages, so many of them at a time."""
    async with CLIENTS[client](api) as send:
        await _all(send, max(in_flight, 20), in_flight)
        with Stopwatch() as watch:
            await _all(send, count, in_flight)
    return watch.of(count)


async def _all(send: Send, count: int, in_flight: int) -> None:
    async def some(numbers: range) -> None:
        for _ in numbers:
            await send()

    await asyncio.gather(*(some(range(place, count, in_flight)) for place in range(in_flight)))
