"""Why a process cannot start, in one plain sentence; and the port that it needs.

`aiohttp` is imported only to serve: it takes long to load, and most commands serve nobody.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web

    from bot.settings import Settings


class StartFailed(Exception):
    """The process cannot start; one plain sentence for the operator."""


async def bind(runner: web.AppRunner, settings: Settings, *, shared: bool) -> None:
    """Open our port; `StartFailed` names the setting that keeps it shut."""
    from aiohttp import web  # noqa: PLC0415 - see above

    try:
        await web.TCPSite(runner, settings.web_host, settings.web_port, reuse_port=shared or None).start()
    except OSError as failure:
        raise not_opened(settings, failure) from failure


async def require_free_port(settings: Settings) -> None:
    """Refuse, with `StartFailed`, a port that somebody listens on: workers share theirs, so they would not notice."""
    loop = asyncio.get_running_loop()
    try:
        probe = await loop.create_server(asyncio.Protocol, settings.web_host, settings.web_port)
    except OSError as failure:
        raise not_opened(settings, failure) from failure
    probe.close()
    await probe.wait_closed()


def not_opened(settings: Settings, failure: OSError) -> StartFailed:
    """Which setting keeps the web port from being opened."""
    if isinstance(failure, socket.gaierror) or failure.errno == errno.EADDRNOTAVAIL:
        return StartFailed(f"Máy này không có địa chỉ {settings.web_host}. Sửa CAUNOI_WEB_HOST, thường là 127.0.0.1.")
    where = f"{settings.web_port} trên {settings.web_host}"
    why = "có chương trình khác đang dùng" if failure.errno == errno.EADDRINUSE else failure.strerror
    return StartFailed(f"Không mở được cổng {where} ({why}). Đặt CAUNOI_WEB_PORT sang cổng khác.")
