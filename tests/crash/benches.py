"""A bench for each way in which updates come."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from bot.settings import ALL_ROLES, Settings
from sandbox.server import serving
from sandbox.world import World
from tests.chats.zalo import App, settings_of
from tests.crash.bench import Bench, Mode, Witness, settings_for
from tests.crash.program import Build
from tests.crash.zalo_bench import OfficialBench, ZaloBench

ZALO: Mapping[Mode, tuple[App, type[ZaloBench]]] = {
    "zalo_bot_webhook": ("zalo_bot", ZaloBench),
    "zalo_oa_webhook": ("zalo_oa", OfficialBench),
}


@asynccontextmanager
async def bench_on(
    url: str, folder: Path, dice: random.Random, mode: Mode = "polling", *, people: int = 50, build: Build | None = None
) -> AsyncIterator[Bench]:
    """A bench on a database; whatever happens, nothing runs on after it."""
    world, kind = Witness(), ZALO[mode][1] if mode in ZALO else Bench
    async with serving(world) as api:
        bench = kind(world, _settings(mode, world, url, folder, api), folder / "log", dice, build or Build())
        bench.gather(people)
        try:
            yield bench
        finally:
            bench.abandon()


def _settings(mode: Mode, world: World, url: str, folder: Path, api: str) -> Settings:
    if mode not in ZALO:
        return settings_for(mode, url, folder, api)
    return settings_of(ZALO[mode][0], world, api, database_url=url, data_dir=folder / "data", roles=ALL_ROLES)
