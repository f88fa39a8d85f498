"""Updates are posted in order within a queue, and again until accepted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from sandbox.world import World
from tests.sandbox.bench import Bench

Json = dict[str, Any]


class Hook:
    """A webhook that answers as told."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, int]] = []
        self.secrets: set[str | None] = set()
        self.refusals: dict[str, list[int]] = {}
        self.answer: Json | None = None
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        """Record one update and answer it."""
        update = await request.json()
        words = update.get("message", {}).get("text") or update["callback_query"]["data"]
        planned = self.refusals.get(words, [])
        status = planned.pop(0) if planned else 200
        self.seen.append((words, status))
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        if status == 200 and self.answer:
            return web.json_response(self.answer)
        return web.Response(status=status, headers={"Retry-After": "2"} if status == 503 else {})


@asynccontextmanager
async def hooked(world: World) -> AsyncIterator[Hook]:
    """Serve a webhook; a second of waiting becomes a hundredth."""
    world.second = 0.01
    hook = Hook()
    app = web.Application()
    app.router.add_post("/hook", hook.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield hook
    finally:
        await runner.cleanup()


async def settled(world: World) -> None:
    """Wait until nothing waits."""
    async with asyncio.timeout(5):
        while world.bot.updates.pending:  # noqa: ASYNC110  (a test may look again and again)
            await asyncio.sleep(0.01)


async def test_retries_keep_the_order_of_a_chat_and_let_others_pass(api: Bench) -> None:
    lan = api.world.add_person("Cô Lan")
    async with hooked(api.world) as hook:
        hook.refusals = {"một": [500, 503]}
        await api.ok("setWebhook", url=hook.url, secret_token="bi-mat", drop_pending_updates=True)
        api.hoa.type("một")
        api.hoa.type("hai")
        lan.type("ba")
        await settled(api.world)

    assert [item for item in hook.seen if item[0] != "ba"] == [
        ("một", 500),
        ("một", 503),
        ("một", 200),
        ("hai", 200),
    ]
    assert hook.seen.index(("ba", 200)) < hook.seen.index(("một", 200)), "another chat does not wait"
    assert hook.secrets == {"bi-mat"}
    info = await api.ok("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 503 Service Unavailable"
    assert info["pending_update_count"] == 0


async def test_taps_have_a_queue_of_their_own(api: Bench) -> None:
    async with hooked(api.world) as hook:
        hook.refusals = {"một": [500] * 3}
        await api.send(reply_markup={"inline_keyboard": [[{"text": "Có", "callback_data": "co"}]]})
        await api.ok("setWebhook", url=hook.url, drop_pending_updates=True)
        api.hoa.type("một")
        api.hoa.tap(None, "Có")
        await settled(api.world)

    assert hook.seen.index(("co", 200)) < hook.seen.index(("một", 200))
    assert hook.secrets == {None}


async def test_a_webhook_may_answer_with_a_method(api: Bench) -> None:
    async with hooked(api.world) as hook:
        hook.answer = {"method": "sendMessage", "chat_id": api.hoa.id, "text": "Chào bác"}
        await api.ok("setWebhook", url=hook.url, drop_pending_updates=True)
        api.hoa.type("một")
        assert (await api.hoa.hear())["text"] == "Chào bác"
        await settled(api.world)


async def test_nothing_is_sent_outside(api: Bench) -> None:
    for url, words in (
        ("http://example.org/hook", "An HTTPS URL must be provided for webhook"),
        ("https://example.org/hook", "Failed to resolve host: Name or service not known"),
        ("ftp://127.0.0.1/hook", "invalid URL specified"),
    ):
        assert (await api.call("setWebhook", url=url))["description"] == f"Bad Request: bad webhook: {words}"
    body = await api.call("setWebhook", url="http://127.0.0.1:9/", secret_token="bí mật")
    assert body["description"] == "Bad Request: secret token contains unallowed characters"
