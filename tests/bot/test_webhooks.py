"""`caunoi webhook`: one line for each channel, and one that fails keeps no other from being done."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.cli_webhook import in_words
from bot.main import Service
from bot.settings import Settings
from sandbox.clock import MovableClock
from sandbox.server import serving
from sandbox.world import World
from sandbox.zalo.bot import TOKEN as ZALO_TOKEN
from tests.bot.test_cli import caunoi

TOKEN = "8123:AAabcdefghijklmnopqrstuvwxyz0123456"


@asynccontextmanager
async def on_both(world: World, url: str, folder: Path) -> AsyncIterator[Service]:
    """A service with a bot on Telegram and one on Zalo, both with webhooks; it does not run."""
    world.add_bot(TOKEN)
    async with serving(world) as api:
        settings = Settings(
            database_url=url, data_dir=folder, telegram_token=SecretStr(TOKEN), telegram_api_base=api,
            telegram_webhook_url=f"{api}/telegram", telegram_webhook_secret=SecretStr("khong-ai-biet"),
            zalo_bot_token=SecretStr(ZALO_TOKEN), zalo_bot_api_base=f"{api}/zalo_bot", public_url=api,
            zalo_bot_webhook_secret=SecretStr("khong-ai-biet"),
        )  # fmt: skip
        service = await Service.open(settings, world.clock)
        yield service
        await service.close()


async def test_they_are_set_and_taken_back_on_every_channel(loaded_sqlite_url: str, tmp_path: Path) -> None:
    world = World(MovableClock(), pace=False)
    async with on_both(world, loaded_sqlite_url, tmp_path / "data") as service:
        hooks = (await service.order("webhook-set", {}))["webhooks"]
        assert [hook["account"] for hook in hooks] == ["telegram:8123", "zalo_bot:2000000001"]
        assert all(hook["posts_to"] == hook["ours"] for hook in hooks)
        assert world.zalo_bot.postman.url == hooks[1]["ours"]
        world.zalo_bot.faults.network_down()
        hooks = (await service.order("webhook-delete", {}))["webhooks"]
    assert (hooks[0]["posts_to"], "error" in hooks[1]) == ("", True)
    assert not any(token in str(hooks) for token in (TOKEN, ZALO_TOKEN))
    assert world.zalo_bot.postman.url


def test_without_any_channel_it_says_what_is_missing(loaded_sqlite_url: str, tmp_path: Path) -> None:
    done = caunoi(tmp_path, "webhook", "show", CAUNOI_DATABASE_URL=loaded_sqlite_url)
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
