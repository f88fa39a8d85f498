"""The demo: phones in a browser, the real bot behind them, one folder of data."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from aiohttp import web
from pydantic import SecretStr
from sqlalchemy import Connection

from bot.health import versions
from bot.main import Service
from bot.settings import ALL_ROLES, load_settings
from bot.starting import StartFailed
from sandbox.clock import VIETNAM, MovableClock, seconds_until_morning
from sandbox.demo import ON_ZALO, demo_world
from sandbox.page import Hint
from sandbox.server import build
from sandbox.world import World
from storage import platform_tokens, units
from web.server import add_routes

DAY = (7, 20)
TOKEN = "1000000001:khung-thu-cau-noi-tren-may-nay"  # noqa: S105 - a made-up bot of a made-up Telegram
"""The same at each start, so that whoever registered in a kept folder is known again."""
HOOK_SECRET = "khung-thu-tren-may-nay"  # noqa: S105 - it guards the pretend Zalo's way in
COMMUNE = "26878"
HAMLETS = 6
SHOWN_HAMLET = "26878-04"
WELCOME = """
  Cầu Nối đang chạy thử: {address}
  (bấm Ctrl+C để dừng; dữ liệu ở {folder})
"""
OFFICES = {"Cô Lan": ("branch_leader", SHOWN_HAMLET), "Anh Nam": ("commune_officer", COMMUNE)}


async def run_demo(folder: Path, host: str, port: int, stop: asyncio.Event) -> None:
    """Serve the phones and the bot on a loopback address until `stop` is set."""
    clock = MovableClock()
    if not DAY[0] <= clock.now().astimezone(VIETNAM).hour < DAY[1]:
        clock.move(seconds_until_morning(clock.now()))  # at night the bot writes to nobody who did not write first
    address = f"http://{host}:{port}"
    world = demo_world(clock, TOKEN, address)
    settings = load_settings(
        database_url=f"sqlite:///{folder / 'caunoi.db'}",
        data_dir=folder,
        public_url=address,
        roles=ALL_ROLES,
        **on_telegram(address),
        **on_zalo(world),
    )
    async with AsyncExitStack() as parts:
        service = await Service.open(settings, clock)
        parts.push_async_callback(service.close)
        await service.database.write(add_hamlets)
        await know_tokens(service, world)
        service.connect()
        app = build(world, clock, hints=await make_hints(service))
        add_routes(app, service.health, versions())
        service.add_doors(app)
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1)
        await runner.setup()
        parts.push_async_callback(runner.cleanup)
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as taken:
            words = f"Cổng {port} đang có chương trình khác dùng. Thử: caunoi demo --port {port + 1}"
            raise StartFailed(words) from taken
        world.zalo_oa.hook(f"{address}/zalo/oa")
        print(WELCOME.format(address=address, folder=folder), flush=True)
        await service.run(stop, serve_web=False)


def on_telegram(address: str) -> dict[str, Any]:
    """The settings of the bot on the pretend Telegram."""
    return {
        "telegram_token": SecretStr(TOKEN),
        "telegram_api_base": address,
        "telegram_webhook_url": "",
        "telegram_webhook_secret": None,
    }


def on_zalo(world: World) -> dict[str, Any]:
    """The settings of the bot and of the Official Account on the pretend Zalo."""
    oa = world.zalo_oa
    return {
        "zalo_bot_token": SecretStr(world.zalo_bot.token),
        "zalo_bot_api_base": f"{world.address}/zalo_bot",
        "zalo_bot_webhook_secret": SecretStr(HOOK_SECRET),
        "zalo_oa_app_id": oa.app_id,
        "zalo_oa_id": oa.oa_id,
        "zalo_oa_secret": SecretStr(oa.oa_secret),
        "zalo_oa_app_secret": SecretStr(oa.app_secret),
        "zalo_oa_refresh_token": SecretStr(oa.tokens.refresh),
        "zalo_oa_api_base": f"{world.address}/zalo_oa",
    }


async def know_tokens(service: Service, world: World) -> None:
    """Let the pretend Zalo know the tokens that a kept folder has."""
    pair = await service.database.read(platform_tokens.current, f"zalo_oa:{world.zalo_oa.oa_id}", "")
    if pair:
        world.zalo_oa.tokens.go_on_from(pair.refresh)


def add_hamlets(tx: Connection) -> None:
    """Khu phố 1 to 6, once."""
    for number in range(len(units.children(tx, COMMUNE)) + 1, HAMLETS + 1):
        units.add_unit(tx, COMMUNE, f"Khu phố {number}")


async def make_hints(service: Service) -> list[Hint]:
    """Ready-made buttons: the poster on the wall, and invites for the leader and the officer."""
    hints: list[Hint] = [
        {"label": "Bác Hoa quét mã Khu phố 4", "payload": f"u_{SHOWN_HAMLET}", "person": "Bác Hoa"},
        {"label": "Anh Huy bấm Bắt đầu", "payload": "", "person": "Anh Huy"},
        {"label": f"{ON_ZALO} nhắn qua Zalo", "text": "Xin chào", "person": ON_ZALO},
    ]
    for name, (role, unit) in OFFICES.items():
        made = await service.order("invite", {"role": role, "unit": unit})
        hints.append({"label": f"{name} dùng mã mời", "payload": made["code"], "person": name})
    return hints
