"""Orders through the socket: whatever the running process answers, or does not, the operator reads plain words."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import web

from bot import control
from bot.control import OrderRefused, listening, pass_on
from conversation.messages import Json
from storage.database import DatabaseUnavailable


async def ask(data_dir: Path, order: control.Order) -> Json | None:
    async with listening(data_dir, order):
        return await pass_on(data_dir, "status", {"n": 1})


async def test_an_order_is_passed_on_and_answered(tmp_path: Path) -> None:
    async def order(name: str, what: Json) -> Json:
        return {"name": name, **what}

    assert await ask(tmp_path, order) == {"name": "status", "n": 1}
    assert await pass_on(tmp_path, "status", {}) is None  # nobody listens any more


async def test_records_that_are_away_are_told_in_plain_words(tmp_path: Path) -> None:
    async def order(_name: str, _what: Json) -> Json:
        raise DatabaseUnavailable("full", "caunoi.db")

    with pytest.raises(OrderRefused, match="Ổ đĩa đã đầy"):
        await ask(tmp_path, order)


async def test_an_answer_that_is_none_is_told_in_plain_words(tmp_path: Path) -> None:
    async def faulty(_name: str, _what: Json) -> Json:
        raise RuntimeError("a fault of the program")

    with pytest.raises(OrderRefused, match="không trả lời"):
        await ask(tmp_path, faulty)


async def test_a_process_that_dies_or_hangs_is_told_in_plain_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "LONGEST_SECONDS", 0.1)

    async def hang_up(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    async def hang(_request: web.Request) -> web.Response:
        await asyncio.sleep(0.5)
        return web.Response()

    for receive in (hang_up, hang):
        app = web.Application()
        app.router.add_post("/{name}", receive)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        (tmp_path / control.SOCKET).unlink(missing_ok=True)
        await web.UnixSite(runner, tmp_path / control.SOCKET).start()
        with pytest.raises(OrderRefused, match="không trả lời"):
            await pass_on(tmp_path, "status", {})
        await runner.cleanup()
