"""The methods of the Zalo Bot Platform over HTTP, with the parameters that its contract knows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from aiohttp import web

from sandbox.zalo import bot_hooks, bot_sends
from sandbox.zalo.api import ZaloApi, as_json
from sandbox.zalo.bot import ZaloBot
from sandbox.zalo.bot_call import Call
from sandbox.zalo.errors import OK, ZaloError

Json = dict[str, Any]


async def get_me(call: Call) -> Json:
    """Say who the bot is."""
    return call.bot.me


METHODS: dict[str, tuple[set[str], Callable[[Call], Awaitable[Json]]]] = {
    "getMe": (set(), get_me),
    "getUpdates": ({"timeout"}, bot_hooks.get_updates),
    "setWebhook": ({"url", "secret_token"}, bot_hooks.set_webhook),
    "getWebhookInfo": (set(), bot_hooks.get_webhook_info),
    "testWebhook": (set(), bot_hooks.test_webhook),
    "deleteWebhook": (set(), bot_hooks.delete_webhook),
    "sendMessage": ({"chat_id", "text", "parse_mode", "text_styles"}, bot_sends.send_message),
    "sendPhoto": ({"chat_id", "photo", "caption"}, bot_sends.send_photo),
    "sendSticker": ({"chat_id", "sticker"}, bot_sends.send_sticker),
    "sendChatAction": ({"chat_id", "action"}, bot_sends.send_chat_action),
}


class ZaloBotApi(ZaloApi):
    """Answers the bot."""

    overload = ZaloError(429, "Quota exceeded")
    failure = ZaloError(403, "Internal server error")
    account: ZaloBot

    def add_to(self, app: web.Application) -> None:
        """Put the API's addresses into an application."""
        for method in ("GET", "POST"):
            app.router.add_route(method, "/zalo_bot/bot{token}/{method}", self.call)
        app.router.add_get("/zalo_bot/files/{path:.+}", self.file)

    async def call(self, request: web.Request) -> web.StreamResponse:
        """Answer one request to /zalo_bot/bot<token>/<method>."""
        method = request.match_info["method"]
        if struck := self.struck_unread(request, method):
            return struck
        if request.match_info["token"] != self.account.token:
            return self.refused(ZaloError(401, "Unauthorized"))
        if method not in METHODS:
            return self.refused(ZaloError(404, "Not found"))
        params = await _read(request)
        work = partial(self._perform, method, params)
        return await self.respond(request, method, params, str(params.get("chat_id", "")), work)

    async def _perform(self, method: str, params: Json) -> Any:
        """Do what the bot asks."""
        known, carry_out = METHODS[method]
        for name in sorted(set(params) - known):
            self.account.complain(f"{method}: parameter {name!r} is not in the contract")
        return await carry_out(Call(self.account, params))

    def accepted(self, result: Any) -> web.Response:
        """Answer with a result; success may carry an error code, which is 0."""
        return as_json({"ok": True, "result": result, "error_code": 0})

    def refused(self, refusal: ZaloError) -> web.Response:
        """Answer with a refusal, and a status that tells nothing of it."""
        body = {"ok": False, "description": refusal.description, "error_code": refusal.code}
        return as_json(body, refusal.code if self.account.manner.statuses else OK)


async def _read(request: web.Request) -> Json:
    """Return what a JSON body says; whatever else was posted is not read, as was observed."""
    try:
        value = await request.json() if request.content_type == "application/json" else {}
    except ValueError:
        value = {}
    return value if isinstance(value, dict) else {}
