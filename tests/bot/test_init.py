"""`caunoi init`: it asks a few questions, shows the token to Telegram, and writes what can be run."""

from __future__ import annotations

import asyncio
import os
import pty
import subprocess
import tomllib
from pathlib import Path

import pytest

from sandbox.clock import MovableClock
from sandbox.server import serving
from sandbox.world import World
from tests.bot.test_cli import CAUNOI, caunoi, environment

TOKEN = "8123:AAabcdefghijklmnopqrstuvwxyz0123456"
UNKNOWN = "8123:AAzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"


def talk(folder: Path, answers: list[str], **settings: str) -> str:
    """Sit at a terminal and answer, one line at a time; what was on the screen."""
    ours, theirs = pty.openpty()
    env = {name: value for name, value in environment(folder, **settings).items() if name != "CAUNOI_DATABASE_URL"}
    process = subprocess.Popen([CAUNOI, "init"], cwd=folder, env=env, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
    seen = b""
    try:
        while piece := os.read(ours, 4096):
            seen += piece
    except OSError:  # how a terminal says that nobody is at its other end
        pass
    finally:
        os.close(ours)
    assert process.wait(30) == 0, seen.decode()
    return seen.decode()


async def test_it_asks_until_the_answers_will_do(tmp_path: Path) -> None:
    world = World(MovableClock(), pace=False)
    world.add_bot(TOKEN)
    answers = [
        "8123",
        UNKNOWN,
        TOKEN,
        "mysql://x",
        "postgresql://caunoi@10.0.0.1/caunoi",
        "12345",
        "",
        "http://bot.vn",
        "",
    ]
    async with serving(world) as api:
        seen = await asyncio.to_thread(talk, tmp_path, answers, CAUNOI_TELEGRAM_API_BASE=api)
    for words in (
        "không giống mã của BotFather",
        "không giống mã của Zalo Bot Creator",
        "không nhận token này",
        "phải là sqlite:///",
        "https://",
    ):
        assert words in seen
    file = tmp_path / "caunoi.toml"
    written = tomllib.loads(file.read_text("utf-8"))
    assert written["telegram_token"] == TOKEN
    assert written["database_url"] == "postgresql://caunoi@10.0.0.1/caunoi"
    assert "telegram_webhook_url" not in written
    assert file.stat().st_mode & 0o777 == 0o600


async def test_a_webhook_comes_with_a_secret_path_and_word(tmp_path: Path) -> None:
    await asyncio.to_thread(talk, tmp_path, ["", "", "", "https://bot.example.vn/tg/"])
    written = tomllib.loads((tmp_path / "caunoi.toml").read_text("utf-8"))
    assert written["database_url"] == "sqlite:///caunoi.db"
    assert written["telegram_webhook_url"].startswith("https://bot.example.vn/tg/")
    assert len(written["telegram_webhook_url"]) > len("https://bot.example.vn/tg/") + 12
    assert len(written["telegram_webhook_secret"]) > 30
    assert caunoi(tmp_path, "migrate").returncode == 0


@pytest.mark.parametrize(("token", "told"), [("8123", "BotFather"), (TOKEN, "Kiểm tra mạng")])
def test_a_token_that_will_not_do_is_not_written(tmp_path: Path, token: str, told: str) -> None:
    refused = caunoi(tmp_path, "init", "--token", token, CAUNOI_TELEGRAM_API_BASE="http://127.0.0.1:1")
    assert (refused.returncode, told in refused.stderr, "Traceback" in refused.stderr) == (1, True, False)
    assert token not in refused.stderr or token == "8123"
    assert not (tmp_path / "caunoi.toml").exists()
