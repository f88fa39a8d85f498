"""A Zalo Official Account joined to its pretend platform."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.channels.channel import Links, Pace, Rate
from bot.channels.json_request import JsonRequest
from bot.channels.zalo_oa import LIMITS, ZaloOA
from bot.channels.zalo_oa_calls import Calls
from bot.channels.zalo_oa_files import Attachments
from bot.channels.zalo_oa_signature import Signer
from bot.channels.zalo_oa_tokens import App, Tokens
from sandbox.world import World
from storage.database import Database
from tests.channels.files import plainly, stored

FAST = replace(LIMITS, pace=Pace(overall=Rate(2000, 50), bulk=Rate(1000, 50), per_chat=Rate(1000, 50)))
HOOK = "https://cau-noi.example/-/zalo-oa"


@asynccontextmanager
async def official_account(
    world: World,
    database: Database,
    *,
    buttons: bool = False,
    link: str = "",
    refresh_token: str = "",
    secret: str = "",
    links: Links | None = None,
    api: str = "",
) -> AsyncIterator[ZaloOA]:
    """The account of this world, as one process has it."""
    oa, base = world.zalo_oa, f"{world.address}/zalo_oa"
    http = JsonRequest(base)

    async def one_link(_file: str) -> str:
        return link

    signer = Signer(oa.app_id, oa.oa_id, secret or oa.oa_secret)
    app = App(f"zalo_oa:{oa.oa_id}", oa.app_id, oa.app_secret, refresh_token or oa.tokens.refresh, base)
    calls = Calls(Tokens(database, http, app, world.clock.now), http, api or base)
    channel = ZaloOA(
        signer,
        calls,
        Attachments(calls, stored, links or one_link),
        plainly,
        world.clock.now,
        webhook_url=HOOK,
        buttons=buttons,
        limits=FAST,
    )
    try:
        yield channel
    finally:
        await channel.close()
