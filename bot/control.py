"""The door for the operator's own commands: a Unix socket in the data folder that only its owner can use.

`aiohttp` is imported only when somebody is there to talk to: it takes long to load, and most commands find nobody.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from conversation.messages import Json
from storage.unavailable import DatabaseUnavailable

if TYPE_CHECKING:
    from aiohttp import web

SOCKET = "caunoi.sock"
LONGEST_SECONDS = 20.0
PATIENCE = {"backup": 3600.0, "audit-verify": 3600.0}
"""How long an order may take that is not answered at once."""
GRACE_SECONDS = 1.0
Order = Callable[[str, Json], Awaitable[Json]]


class OrderRefused(Exception):
    """The rules refuse an order; the words are for the operator."""


def _reachable(data_dir: Path) -> tuple[str, int]:
    """The socket's path by way of an open folder, because the kernel allows only 107 bytes; and the folder to close."""
    folder = os.open(data_dir, os.O_RDONLY | os.O_DIRECTORY)
    return f"/proc/self/fd/{folder}/{SOCKET}" if os.path.isdir("/proc/self/fd") else str(data_dir / SOCKET), folder


@asynccontextmanager
async def listening(data_dir: Path, order: Order) -> AsyncIterator[None]:
    """Take orders while inside."""
    from aiohttp import web  # noqa: PLC0415 - see above

    async def receive(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        try:
            return web.json_response(await order(name, await request.json()))
        except (OrderRefused, DatabaseUnavailable) as refusal:
            return web.json_response({"refused": str(refusal)}, status=409)

    app = web.Application()
    app.router.add_post("/{name}", receive)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=GRACE_SECONDS)
    await runner.setup()
    (data_dir / SOCKET).unlink(missing_ok=True)
    path, folder = _reachable(data_dir)
    before = os.umask(0o177)
    try:
        await web.UnixSite(runner, path).start()
    finally:
        os.umask(before)
    try:
        yield
    finally:
        await runner.cleanup()
        os.close(folder)
        (data_dir / SOCKET).unlink(missing_ok=True)


async def pass_on(data_dir: Path, name: str, order: Json) -> Json | None:
    """Give an order to the running process; None when none runs. Raises `OrderRefused`."""
    if not (data_dir / SOCKET).exists():
        return None
    import aiohttp  # noqa: PLC0415 - see above

    path, folder = _reachable(data_dir)
    try:
        timeout = aiohttp.ClientTimeout(total=PATIENCE.get(name, LONGEST_SECONDS))
        async with (
            aiohttp.ClientSession(connector=aiohttp.UnixConnector(path), timeout=timeout) as session,
            session.post(f"http://caunoi/{name}", json=order) as response,
        ):
            answer: Json = json.loads(await response.read())
    except aiohttp.ClientConnectorError:
        return None
    except (aiohttp.ClientError, TimeoutError, ValueError):
        raise OrderRefused("Cầu Nối đang chạy nhưng không trả lời. Xem nhật ký của nó, rồi thử lại.") from None
    finally:
        os.close(folder)
    if "refused" in answer:
        raise OrderRefused(answer["refused"])
    return answer
