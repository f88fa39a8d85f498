"""The demo answers on every phone of its page, and knows its tokens again when it is started once more."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from bot.demo import run_demo
from sandbox.demo import ON_ZALO
from tests.crash.bench import free_port

Json = dict[str, Any]


class Page:
    """The page's own API."""

    def __init__(self, http: aiohttp.ClientSession, base: str) -> None:
        self.http, self.base = http, base

    async def post(self, path: str, **body: Any) -> Any:
        async with self.http.post(f"{self.base}/api/{path}", json=body) as answer:
            return await answer.json()

    async def person(self, name: str) -> Json:
        async with self.http.get(f"{self.base}/api/state") as answer:
            people: list[Json] = (await answer.json())["people"]
        return next(person for person in people if person["name"] == name)

    async def number(self, name: str) -> int:
        return int((await self.person(name))["id"])

    async def hear(self, name: str, words: str) -> None:
        """Wait until somebody was told these words."""
        async with asyncio.timeout(20):
            while words not in str((await self.person(name))["messages"]):  # noqa: ASYNC110 - as the page would wait
                await asyncio.sleep(0.05)


@asynccontextmanager
async def demo(folder: Path) -> AsyncIterator[Page]:
    port, stop = free_port(), asyncio.Event()
    running = asyncio.create_task(run_demo(folder, "127.0.0.1", port, stop))
    async with aiohttp.ClientSession() as http:
        page = Page(http, f"http://127.0.0.1:{port}")
        async with asyncio.timeout(20):
            while not (folder / "caunoi.sock").exists():  # noqa: ASYNC110 - as another program would wait
                await asyncio.sleep(0.05)
        yield page
    stop.set()
    await running


async def test_telegram_and_zalo_answer_and_a_kept_folder_is_known_again(loaded_sqlite: Path, tmp_path: Path) -> None:
    shutil.copyfile(loaded_sqlite, tmp_path / "caunoi.db")
    for _ in range(2):
        async with demo(tmp_path) as page:
            for name, app in (("Chú Ba", "telegram"), ("Bác Tư", "zalo_oa"), ("Cô Năm", "zalo_bot")):
                made = await page.post("people", name=name, app=app)
                await page.post(f"people/{made['id']}/{'link' if app == 'telegram' else 'type'}", text="Xin chào")
                await page.hear(name, "Tôi là Cầu Nối")
            await page.post(f"people/{await page.number(ON_ZALO)}/type", text="Xin chào")
            await page.hear(ON_ZALO, "Trả lời bằng số ạ.")
            async with page.http.get(
                f"{page.base}/tai-ve/{'0' * 32}"
            ) as answer:  # where a link to one's data would lead
                assert (answer.status, "không dùng được" in await answer.text()) == (404, True)
