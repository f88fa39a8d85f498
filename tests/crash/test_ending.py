"""How the program ends when it cannot begin: with one plain sentence."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.clock import MovableClock
from sandbox.server import serving
from sandbox.world import World
from tests.crash.bench import free_port
from tests.unpaced import TOKEN

SECONDS = 10
CAUNOI = (sys.executable, "-c", "from bot.cli import app; app()", "run")

pytestmark = [pytest.mark.crash, pytest.mark.timeout(90)]


@pytest.fixture
async def api() -> AsyncIterator[str]:
    """The address of a served world that knows our token."""
    world = World(MovableClock(), pace=False)
    world.add_bot(TOKEN)
    async with serving(world) as address:
        yield address


async def run(folder: Path, api: str, **settings: str) -> Process:
    """Start `caunoi run` in a folder of its own."""
    given = {"telegram_token": TOKEN, "telegram_api_base": api, "data_dir": str(folder), "web_port": str(free_port())}
    given |= {"database_url": f"sqlite:///{folder / 'caunoi.db'}", **settings}
    env = {name: value for name, value in os.environ.items() if not name.startswith("CAUNOI_")}
    env |= {f"CAUNOI_{name.upper()}": value for name, value in given.items()}
    env["PYTHONPATH"] = str(Path(__file__).parents[2])
    return await asyncio.create_subprocess_exec(*CAUNOI, cwd=folder, env=env, stdout=PIPE, stderr=PIPE)


async def refusal(process: Process) -> str:
    """The words with which the program ended by itself, not well."""
    try:
        async with asyncio.timeout(SECONDS * 2):
            _, words = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 1, words.decode()
    return words.decode().strip()


def is_plain(words: str) -> bool:
    """Whether these are a sentence or two for people, without a traceback or the token."""
    return "Traceback" not in words and TOKEN not in words and len(words.splitlines()) <= 2 and words.endswith(".")


async def test_a_server_that_is_not_there_is_named(api: str, tmp_path: Path) -> None:
    url = f"postgresql+asyncpg://caunoi:mat-khau@127.0.0.1:{free_port()}/caunoi"
    words = await refusal(await run(tmp_path, api, database_url=url))
    assert "Không kết nối được máy chủ cơ sở dữ liệu" in words
    assert "mat-khau" not in words
    assert is_plain(words)


async def test_a_token_that_telegram_does_not_know_is_named(api: str, tmp_path: Path) -> None:
    words = await refusal(await run(tmp_path, api, telegram_token=TOKEN[:-5] + "khong"))
    assert "CAUNOI_TELEGRAM_TOKEN" in words
    assert is_plain(words)


async def test_a_taken_port_is_named(api: str, tmp_path: Path) -> None:
    words = await refusal(await run(tmp_path, api, web_port=api.rpartition(":")[2]))
    assert "CAUNOI_WEB_PORT" in words
    assert is_plain(words)
