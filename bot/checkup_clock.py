"""Whether our clock is the world's, as a platform's answer tells it."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime

import aiohttp

from bot.clock import Clock
from bot.finding import Finding, well, wrong

CLOCK_OFF_SECONDS = 60
ASK_SECONDS = 10.0


async def look(api: str, clock: Clock) -> list[Finding]:
    """Compare; nothing is found where no answer came."""
    theirs = await _time_there(api)
    return [_clock((clock.now() - theirs).total_seconds())] if theirs else []


async def _time_there(api: str) -> datetime | None:
    """What the platform's answer says the time is; its HTTP status does not matter."""
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
