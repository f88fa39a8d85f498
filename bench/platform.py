"""A Telegram that holds updates until they are acknowledged, and answers a message as late as the real one does."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from aiohttp import web

from bench.child import ROOT
from bench.cores import MEASURED, put_on
from bench.talk import TOKEN, update

ANSWER_SECONDS = (0.05, 0.1)
MOST_UPDATES = 100
STARTS_SECONDS = 60.0
ME = {"id": int(TOKEN.partition(":")[0]), "is_bot": True, "first_name": "Cầu Nối", "username": "caunoi_bot"}


@dataclass
class Platform:
    """One bot's updates, and what it says."""

    said: Callable[[int, str], None]
    """Called with the chat and the text as soon as a message has arrived, before it is answered."""
    more: Iterator[tuple[int, str]] = field(default_factory=lambda: iter(()))
    """Chats and what they write as soon as all before is acknowledged: as much as the bot can take."""
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the bot asks for updates."""
    _last: int = 0
    _pending: dict[int, bytes] = field(default_factory=dict)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _dice: random.Random = field(default_factory=lambda: random.Random(1))

    def bring(self, chat: int, text: str) -> None:
        """Somebody wrote; updates are numbered as they come."""
        self._last += 1
        self._pending[self._last] = update(self._last, chat, text)
        self.wake()

    def wake(self) -> None:
        """Let a bot that waits for updates look again."""
        self._news.set()

    @property
    def acknowledged(self) -> int:
        """How many updates the bot will not ask for again."""
        return self._last - len(self._pending)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one call of the Bot API."""
        given = {**request.query, **await _body(request)}
        match request.path.rpartition("/")[2]:
            case "getUpdates":
                return _reply(b"[" + b",".join(await self._updates(given)) + b"]")
            case "getMe":
                return web.json_response({"ok": True, "result": ME})
            case "getWebhookInfo":
                return _reply(b'{"url":"","has_custom_certificate":false,"pending_update_count":0}')
            case "sendMessage":
                self.said(int(given["chat_id"]), str(given["text"]))
                await asyncio.sleep(self._dice.uniform(*ANSWER_SECONDS))
                return _reply(b'{"message_id":1,"date":0,"chat":{"id":1,"type":"private"}}')
        return _reply(b"true")

    async def _updates(self, given: dict[str, Any]) -> list[bytes]:
        self.asked.set()
        for number in [number for number in self._pending if number < int(given.get("offset", 0))]:
            del self._pending[number]
        self._more()
        if not self._pending:
            self._news.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(float(given.get("timeout", 0))):
                    await self._news.wait()
            self._more()
        return list(self._pending.values())[:MOST_UPDATES]

    def _more(self) -> None:
        if not self._pending:
            for chat, text in islice(self.more, MOST_UPDATES):
                self.bring(chat, text)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        """Listen on a loopback address while the block runs; the address."""
        runner = web.ServerRunner(web.Server(self.answer, handler_cancellation=True), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()


async def _body(request: web.BaseRequest) -> dict[str, Any]:
    if request.content_type == "application/json":
        return dict(await request.json())
    return dict(await request.post())


def _reply(result: bytes) -> web.Response:
    return web.Response(body=b'{"ok":true,"result":' + result + b"}", content_type="application/json")


@asynccontextmanager
async def running(platform: Platform, api: str, place: str, *command: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A Cầu Nối on the measured core, with its records in a folder, once it asks for updates; ended afterwards."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "CAUNOI_DATABASE_URL": f"sqlite:///{place}/caunoi.db",
        "CAUNOI_DATA_DIR": f"{place}/data",
        "CAUNOI_TELEGRAM_TOKEN": TOKEN,
        "CAUNOI_TELEGRAM_API_BASE": api,
        "CAUNOI_WEB_PORT": "0",
    }
    process = await asyncio.create_subprocess_exec(*command, cwd=place, env=environment, stdout=DEVNULL, stderr=PIPE)
    put_on(MEASURED, process.pid)
    assert process.stderr is not None
    log = asyncio.create_task(process.stderr.read())
    try:
        async with asyncio.timeout(STARTS_SECONDS):
            await platform.asked.wait()
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        if process.returncode:
            print((await log).decode()[-3000:], file=sys.stderr)
