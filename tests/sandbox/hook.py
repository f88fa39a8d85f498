"""A webhook of a test's own, that keeps what it was posted and answers as told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Json = dict[str, Any]


@dataclass
class Hook:
    """What came, and what will be answered: the planned statuses one after another, then 200."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    planned: list[int] = field(default_factory=list)
    delay: float = 0.0

    async def take(self, request: web.Request) -> web.Response:
        """Keep a post."""
        self.bodies.append(await request.read())
        self.headers.append(dict(request.headers))
        await asyncio.sleep(self.delay)
        return web.Response(status=self.planned.pop(0) if self.planned else 200)


@asynccontextmanager
async def hook() -> AsyncIterator[Hook]:
    """Serve a webhook."""
    made = Hook()
    app = web.Application()
    app.router.add_post("/hook", made.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield made
    finally:
        await runner.cleanup()
