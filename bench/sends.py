"""Messages a second through our channel, through python-telegram-bot as it comes, and through aiogram."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bench.child import Result, Stopwatch, named

RECIPIENT = 500_000_001
TEXT = "Chào bác ạ. Chi hội mời bác đến họp lúc 19 giờ thứ Bảy tại nhà văn hóa Khu phố 4, bàn việc làm lại đường hẻm. "
IN_FLIGHT_AT_MOST = 256
Send = Callable[[], Awaitable[object]]


async def sends(client: str, api: str, count: int, in_flight: int, beside: int) -> Result:
    """So many messages, so many of them at a time."""
    async with named(client)(api) as send:
        await _all(send, max(in_flight, 20), in_flight)
        with Stopwatch(beside) as watch:
            await _all(send, count, in_flight)
    found = watch.of(count)
    return found | {"beside_us": 0.0, "load_us": found["beside_us"]}


async def _all(send: Send, count: int, in_flight: int) -> None:
    async def some(numbers: range) -> None:
        for _ in numbers:
            await send()

    await asyncio.gather(*(some(range(place, count, in_flight)) for place in range(in_flight)))
