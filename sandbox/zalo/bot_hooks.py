"""How a Zalo bot gets its events: one poll at a time, or a webhook."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from sandbox.guard import is_loopback
from sandbox.zalo.bot_call import Call, bad
from sandbox.zalo.errors import ZaloError

Json = dict[str, Any]
PROBE_SECONDS = aiohttp.ClientTimeout(total=5)
TEST_PAUSE = 1.0
SECRET_LENGTHS = range(8, 257)
HOOKED = "Conflict: can't use getUpdates while a webhook is set; call deleteWebhook first"


async def get_updates(call: Call) -> Json:
    """Wait for the next event, one alone; those that came before are gone."""
    seconds = call.params.get("timeout", "30")
    if not isinstance(seconds, str) or not seconds.isdigit():
        raise bad("Bad request: timeout must be a string of digits")
    if call.bot.postman.url:
        raise ZaloError(409, HOOKED)
    if call.bot.poll:
        call.bot.poll.cancel()
    mine: asyncio.Future[Json]
    call.bot.poll = mine = asyncio.get_running_loop().create_future()
    call.bot.world.changed()
    try:
        async with asyncio.timeout(int(seconds)):
            return await mine
    except TimeoutError:
        raise ZaloError(408, "Request timeout") from None
    except asyncio.CancelledError:
        if call.bot.poll is mine:
            raise  # whoever asked is gone
        raise ZaloError(409, "Conflict: terminated by another request") from None
    finally:
        if call.bot.poll is mine:
            call.bot.poll = None


async def set_webhook(call: Call) -> Json:
    """Have events posted to an address; it is kept even when the probe fails."""
    url, secret = call.text("url"), str(call.params.get("secret_token") or "")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not is_loopback(parts.hostname or ""):
        raise bad("Bad request: the url must lead to this machine")  # the real one wants the very opposite
    if len(secret) not in SECRET_LENGTHS:
        raise bad("Bad request: secret_token must have 8 to 256 characters")
    call.bot.postman.url, call.bot.secret = url, secret
    poll, call.bot.poll = call.bot.poll, None
    if poll:
        poll.cancel()
    return _changed(call) | {"verification": await _probe(call)}


async def get_webhook_info(call: Call) -> Json:
    """Say where events go."""
    return {"url": call.bot.postman.url, "updated_at": call.bot.updated_at}


async def delete_webhook(call: Call) -> Json:
    """Go back to getUpdates."""
    call.bot.postman.url = call.bot.secret = ""
    return _changed(call)


async def test_webhook(call: Call) -> Json:
    """Probe the webhook, not too often."""
    now = call.bot.world.monotonic()
    if now - call.bot.tested_at < TEST_PAUSE:
        raise ZaloError(426, "Too many tests")
    call.bot.tested_at = now
    return await _probe(call) | {"latency_ms": 1}


def _changed(call: Call) -> Json:
    call.bot.updated_at = int(call.bot.world.clock.now().timestamp() * 1000)
    call.bot.world.changed()
    return {"url": call.bot.postman.url, "updated_at": call.bot.updated_at}


async def _probe(call: Call) -> Json:
    """Post nothing at all, as was once seen, and say how that was taken."""
    try:
        async with (
            aiohttp.ClientSession(timeout=PROBE_SECONDS) as http,
            http.post(call.bot.postman.url, skip_auto_headers={"Content-Type"}) as answer,
        ):
            outcome, status = ("webhook.ok" if answer.ok else f"webhook.http.{answer.status}"), answer.status
    except (aiohttp.ClientError, TimeoutError, OSError):
        outcome, status = "err.timeout", 0
    return {"ok": outcome == "webhook.ok", "outcome": outcome, "status_code": status, "hint": ""}
