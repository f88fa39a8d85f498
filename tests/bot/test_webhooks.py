"""`caunoi webhook`: one line for each channel, and one that fails keeps no other from being done."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.cli_webhook import in_words
from sandbox.clock import MovableClock
from sandbox.server import serving
from sandbox.world import World
from sandbox.zalo.bot import TOKEN as ZALO_TOKEN
from tests.bot.test_cli import caunoi

TOKEN = "8123:AAabcdefghijklmnopqrstuvwxyz0123456"
SECRETS = {"CAUNOI_TELEGRAM_WEBHOOK_SECRET": "khong-ai-biet", "CAUNOI_ZALO_BOT_WEBHOOK_SECRET": "khong-ai-biet"}


@dataclass
class Town:
    """Both platforms, and a terminal with the settings for them."""

    world: World
    folder: Path
    settings: dict[str, str]

    async def caunoi(self, verb: str) -> tuple[int, list[Any]]:
        done = await asyncio.to_thread(caunoi, self.folder, "webhook", verb, "--json", **self.settings)
        assert not any(token in done.stdout + done.stderr for token in (TOKEN, ZALO_TOKEN))
        return done.returncode, json.loads(done.stdout)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    world = World(MovableClock(), pace=False)
    world.add_bot(TOKEN)
    async with serving(world) as api:
        settings = {
            "CAUNOI_TELEGRAM_TOKEN": TOKEN,
            "CAUNOI_TELEGRAM_API_BASE": api,
            "CAUNOI_TELEGRAM_WEBHOOK_URL": f"{api}/telegram",
            "CAUNOI_ZALO_BOT_TOKEN": ZALO_TOKEN,
            "CAUNOI_ZALO_BOT_API_BASE": f"{api}/zalo_bot",
            "CAUNOI_PUBLIC_URL": api,
        }
        yield Town(world, tmp_path, settings | SECRETS)


async def test_they_are_set_and_taken_back_on_every_channel(town: Town) -> None:
    assert (await asyncio.to_thread(caunoi, town.folder, "migrate")).returncode == 0
    code, hooks = await town.caunoi("set")
    assert code == 0
    assert [hook["account"] for hook in hooks] == ["telegram:8123", "zalo_bot:2000000001"]
    assert all(hook["posts_to"] == hook["ours"] for hook in hooks)
    assert town.world.zalo_bot.postman.url == hooks[1]["ours"]
    town.world.zalo_bot.faults.network_down()
    code, hooks = await town.caunoi("delete")
    assert code == 1
    assert (hooks[0]["posts_to"], "error" in hooks[1]) == ("", True)
    assert town.world.zalo_bot.postman.url


def test_without_any_channel_it_says_what_is_missing(tmp_path: Path) -> None:
    assert caunoi(tmp_path, "migrate").returncode == 0
    done = caunoi(tmp_path, "webhook", "show")
    assert (done.returncode, "Chưa có token" in done.stderr) == (1, True)


OURS = "https://bot.example.vn/zalo/bot/0a1b"


@pytest.mark.parametrize(
    ("hook", "words"),
    [
        ({"ours": OURS, "posts_to": OURS}, "đang gửi tin tới Cầu Nối"),
        ({"ours": OURS, "posts_to": "https://other.vn"}, "nơi khác: https://other.vn"),
        ({"ours": "", "posts_to": "https://other.vn"}, "nơi khác: https://other.vn"),
        ({"ours": OURS, "posts_to": ""}, "caunoi webhook set"),
        ({"ours": "", "posts_to": ""}, "tự đi lấy tin"),
        ({"ours": OURS, "by_hand": True, "posts_to": ""}, f"trang quản trị của Zalo. Địa chỉ của Cầu Nối: {OURS}"),
        ({"ours": OURS, "error": "401 x"}, "không làm được (401 x)"),
    ],
)
def test_how_it_stands_is_told_in_words(hook: dict[str, Any], words: str) -> None:
    assert words in in_words({"by_hand": False, **hook})
