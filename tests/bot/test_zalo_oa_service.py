"""A service with a Zalo Official Account, whole: somebody writes and is answered; what the doctor says of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot import doctor
from bot.finding import Finding
from bot.main import Service
from bot.settings import Settings
from sandbox.clock import MovableClock
from sandbox.server import serving
from sandbox.world import World
from sandbox.zalo.oa_api import METHODS
from sandbox.zalo.oa_call import Call
from tests.crash.bench import free_port


@dataclass
class Site:
    """An installation and the pretend platform that it talks to."""

    world: World
    patch: pytest.MonkeyPatch

    def set(self, **settings: str) -> None:
        for name, value in settings.items():
            self.patch.setenv(f"CAUNOI_{name.upper()}", value)

    async def examined(self) -> dict[str, Finding]:
        return {finding.name: finding for finding in await doctor.examine(self.world.clock)}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Service]:
        service = await Service.open(Settings(), self.world.clock)
        stop = asyncio.Event()
        task = asyncio.create_task(service.run(stop))
        async with asyncio.timeout(10):
            while "up" not in service.health.channels.values():  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        try:
            yield service
        finally:
            stop.set()
            await task
            await service.close()


@pytest.fixture
async def site(loaded_sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    world, port = World(MovableClock(frozen=True), pace=False), str(free_port())
    monkeypatch.chdir(tmp_path)
    async with serving(world) as base:
        oa, made = world.zalo_oa, Site(world, monkeypatch)
        made.set(database_url=loaded_sqlite_url, data_dir=str(tmp_path / "data"), web_port=port)
        made.set(zalo_oa_app_id=oa.app_id, zalo_oa_id=oa.oa_id, zalo_oa_secret=oa.oa_secret)
        made.set(zalo_oa_app_secret=oa.app_secret, zalo_oa_refresh_token=oa.tokens.refresh)
        made.set(zalo_oa_api_base=f"{base}/zalo_oa", public_url=f"http://127.0.0.1:{port}")
        oa.postman.url = f"http://127.0.0.1:{port}/zalo/oa"
        yield made


async def test_somebody_writes_to_the_account_and_is_answered_by_numbers(site: Site) -> None:
    async with site.running():
        sau = site.world.zalo_oa.add_person("Chị Sáu")
        sau.follow()
        sau.type("xin chào")
        answer = await sau.hear("1.")
        assert answer["text"].endswith("Trả lời bằng số ạ.")
        sau.type("1")
        await sau.hear()
    assert not site.world.zalo_oa.complaints


async def test_a_wrong_secret_shows_in_what_is_refused(site: Site) -> None:
    async with site.running() as service:
        found = await site.examined()
        assert (found["zalo_oa"].fine, found["zalo_oa_webhook"].fine) == (True, True)
        site.world.zalo_oa.manner.signed = "wrong"
        sau = site.world.zalo_oa.add_person("Chị Sáu")
        sau.type("xin chào")
        await refused(site, 1)
        await service.knocks.hand_in()
        found = await site.examined()
        assert not found["zalo_oa_webhook"].fine
        assert "CAUNOI_ZALO_OA_SECRET" in found["zalo_oa_webhook"].words
        site.world.zalo_oa.manner.signed = "app_id"
        sau.type("xin chào")
        await sau.hear()
        await service.knocks.hand_in()
        assert (await site.examined())["zalo_oa_webhook"].fine  # somebody else forged that one


async def refused(site: Site, count: int) -> None:
    async with asyncio.timeout(5):
        while len(site.world.zalo_oa.postman.tries) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_dead_refresh_token_is_named_with_what_to_do(site: Site) -> None:
    assert (await site.examined())["zalo_oa"].fine
    site.world.zalo_oa.tokens.count += 1  # somebody else used ours up
    site.world.zalo_oa.tokens.expire()
    found = await site.examined()
    assert not found["zalo_oa"].fine
    assert "cấp quyền lại" in found["zalo_oa"].words
    site.set(zalo_oa_refresh_token=site.world.zalo_oa.tokens.refresh)
    assert (await site.examined())["zalo_oa"].fine


async def test_without_records_none_are_made_to_ask(site: Site, tmp_path: Path) -> None:
    site.set(database_url=f"sqlite:///{tmp_path / 'chua-co.db'}")
    assert "Chưa hỏi" in (await site.examined())["zalo_oa"].words
    assert not (tmp_path / "chua-co.db").exists()


async def test_a_wrong_app_secret_is_the_operators_to_mend(site: Site) -> None:
    site.set(zalo_oa_app_secret="nham-roi")
    assert not (await site.examined())["zalo_oa"].fine


async def test_an_account_that_zalo_has_not_verified_is_told(site: Site) -> None:
    known = ("GET", "v2.0/oa/getoa")
    verified = METHODS[known]

    async def unverified(call: Call) -> dict[str, Any]:
        return await verified(call) | {"is_verified": False}

    site.patch.setitem(METHODS, known, unverified)
    async with site.running():
        assert "xác thực" in (await site.examined())["zalo_oa"].words
