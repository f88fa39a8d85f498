"""Strict pretend servers of the Telegram Bot API and of Zalo, with a page of phones.

Use it in a test::

    from sandbox.clock import MovableClock
    from sandbox.server import serving
    from sandbox.world import World

    world = World(MovableClock(frozen=True), pace=False)      # any object with now() and move(seconds)
    hoa = world.add_person("Bác Hoa")
    async with serving(world) as base:                         # "http://127.0.0.1:41234", no slash at the end
        # PTB: Bot(world.bot.token, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot")
        hoa.open_link("u_26878-04")                            # sends "/start u_26878-04"
        message = await hoa.hear("Chào")                       # next thing the bot says or edits with these words
        hoa.tap(message["message_id"], "1. Đúng")              # by label or by data; tap(None, ...) = newest message
        hoa.type("xin chào"); hoa.send_photo(); hoa.send_voice(); hoa.send_sticker(); hoa.share_contact()
        hoa.edit(message_id, "sửa lại"); hoa.block(); hoa.unblock(); hoa.press("Gửi số điện thoại")
        hoa.messages, hoa.heard, hoa.last, hoa.buttons()       # what is on the screen, as Telegram's JSON
        world.inject({...}); world.repeat(update_id)           # raw updates, repeats
        world.bot.updates.pending, world.bot.updates.history   # what waits, everything there was
        world.calls("sendMessage")                             # parameters of accepted ones (accepted=False: refused)
        world.requests, world.complaints                       # everything received; assert not world.complaints
        world.faults.throttle(3, retry_after=2)                # also throttle(seconds=, chat=), network_down(seconds,
        world.faults.swallow(1); world.faults.clear()          #   gateway=), html, false_ok, slow(delay), redirect,
                                                               #   reset, drop, garble(kind): accepted, badly answered
        world.move(3600)                                       # the clock
        world.second = 0.01                                    # webhook retry waits become short

A dropped connection is recorded with status 0. Pace: World(pace=True) refuses over 30 messages a second, and to one
chat over a burst of 5 then 1 a second; world.bot.pace.refused counts the refusals.
Over HTTP the page's API does the same, see sandbox/page.py. Zalo: `world.zalo_bot` and `world.zalo_oa`, each with
add_person, calls, complaints, faults, a postman that posts events, and a `manner` where the sources contradict each
other; see sandbox/zalo/bot.py and sandbox/zalo/oa.py.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

from sandbox.botapi import BotApi
from sandbox.clock import Clock
from sandbox.courier import Courier
from sandbox.guard import add_headers, guard, require_loopback
from sandbox.page import Hint, Page
from sandbox.world import World
from sandbox.zalo.bot_api import ZaloBotApi
from sandbox.zalo.oa_api import ZaloOaApi

MAX_BODY = 60 * 2**20
CLOSE_SECONDS = 1.0


def build(
    world: World, clock: Clock | None = None, *, token: str | None = None, hints: Sequence[Hint] = ()
) -> web.Application:
    """Return the application: the Bot API, the page, and the page's own API."""
    if clock is not None:
        world.clock = clock
    if token is not None:
        world.add_bot(token)
    api, page = BotApi(world), Page(world, list(hints))
    app = web.Application(middlewares=[guard], client_max_size=MAX_BODY)
    app.on_response_prepare.append(add_headers)
    for method in ("GET", "POST"):
        app.router.add_route(method, "/bot{token}/{method}", api.call)
    app.router.add_get("/file/bot{token}/{path:.+}", api.file)
    ZaloBotApi(world.zalo_bot).add_to(app)
    ZaloOaApi(world.zalo_oa).add_to(app)
    page.add_to(app)
    for courier in (Courier(world).run, world.zalo_bot.postman.run, world.zalo_oa.postman.run):
        app.cleanup_ctx.append(_at_work(courier))
    return app


def _at_work(work: Callable[[], Awaitable[None]]) -> Callable[[web.Application], AsyncIterator[None]]:
    async def context(_: web.Application) -> AsyncIterator[None]:
        task = asyncio.ensure_future(work())
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    return context


@asynccontextmanager
async def serving(
    world: World,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    clock: Clock | None = None,
    token: str | None = None,
    hints: Sequence[Hint] = (),
) -> AsyncIterator[str]:
    """Serve the world while inside and give its address."""
    require_loopback(host)
    app = build(world, clock, token=token, hints=hints)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=CLOSE_SECONDS)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        bound = runner.addresses[0][1]
        world.address = f"http://{f'[{host}]' if ':' in host else host}:{bound}"
        yield world.address
    finally:
        await runner.cleanup()
