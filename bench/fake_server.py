"""The smallest Telegram there can be, in a process of its own on the other core: it takes every message."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from bench.cores import LOADING, stay_on

MESSAGE = {"message_id": 1, "date": 1_700_000_000, "chat": {"id": 1, "type": "private"}, "text": "Chào"}
ANSWER = json.dumps({"ok": True, "result": MESSAGE}).encode()


async def serve() -> None:
    """Answer everything with the same message."""

    async def answer(request: web.BaseRequest) -> web.Response:
        await request.read()
        return web.Response(body=ANSWER, content_type="application/json")

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


@contextmanager
def running() -> Iterator[tuple[str, int]]:
    """Run it; its address and its process."""
    with subprocess.Popen([sys.executable, "-m", "bench.fake_server"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process.pid
        finally:
            process.terminate()


if __name__ == "__main__":
    stay_on(LOADING)
    asyncio.run(serve())
