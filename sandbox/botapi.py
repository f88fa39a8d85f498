"""The HTTP side of the pretend Bot API: reads requests, applies troubles, answers."""

import asyncio
import json
from typing import Any

from aiohttp import web

from sandbox.call import Call
from sandbox.downloads import hand_out
from sandbox.errors import ApiError
from sandbox.faults import GARBLED, Fault
from sandbox.garbling import barred, dropped, garbled
from sandbox.methods import perform, spelled
from sandbox.polls import Polls
from sandbox.reading import read
from sandbox.records import Bot, Request
from sandbox.spec import Upload, decode
from sandbox.world import World

Json = dict[str, Any]
OK = 200


class BotApi:
    """Answers bots."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.polls = Polls(world)

    async def call(self, request: web.Request) -> web.StreamResponse:
        """Answer one request to /bot<token>/<method>."""
        try:
            bot = self._bot(request)
            method = spelled(request.match_info["method"])
            if self.world.faults.take(method, None, unread=True):
                return dropped(request)
            params = await read(request)
        except ApiError as refusal:
            return _refused(refusal)
        except web.HTTPRequestEntityTooLarge:
            return _refused(ApiError(413, "Request Entity Too Large"))
        return await self._answer(request, bot, method, params)

    async def file(self, request: web.Request) -> web.StreamResponse:
        """Hand out a file at /file/bot<token>/<path>."""
        try:
            self._bot(request)
            return await hand_out(request, self.world, self.world.faults)
        except ApiError as refusal:
            return _refused(refusal)
        except web.HTTPNotFound:
            return _refused(ApiError(404, "Not Found"))

    def _bot(self, request: web.Request) -> Bot:
        bot = self.world.bots.get(request.match_info["token"])
        if bot is None:
            raise ApiError(401, "Unauthorized")
        return bot

    async def _answer(self, request: web.Request, bot: Bot, method: str, raw: Json) -> web.StreamResponse:
        entry = Request(method, raw, self.world.clock.now())
        self.world.requests.append(entry)
        try:
            entry.params, complaints = decode(method, raw)
            self.world.complain(complaints)
            fault = self.world.faults.take(method, _chat_of(entry.params))
            entry.trouble = fault.kind if fault else ""
            if fault and fault.kind not in {*GARBLED, "slow"}:
                return _struck(request, entry, fault)
            result = await self._perform(Call(self.world, bot, method, entry.params, _uploads(raw)))
        except ApiError as refusal:
            entry.status, entry.description = refusal.code, refusal.description
            return _refused(refusal)
        entry.status = OK
        answer = _json({"ok": True, "result": result})
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.value)  # what was asked is done, even when nobody waits for the answer any more
        return await garbled(request, fault.kind, answer) if fault and fault.kind in GARBLED else answer

    async def _perform(self, call: Call) -> Any:
        if call.method == "getUpdates":
            return await self.polls.get_updates(call)
        return perform(call)


def _uploads(raw: Json) -> dict[str, Upload]:
    return {name: value for name, value in raw.items() if isinstance(value, Upload)}


def _chat_of(params: Json) -> int | None:
    number = params.get("chat_id")
    return number if isinstance(number, int) else None


def _json(body: Json, status: int = OK) -> web.Response:
    return web.json_response(body, status=status, dumps=lambda value: json.dumps(value, ensure_ascii=False))


def _refused(refusal: ApiError) -> web.Response:
    answer = _json(refusal.body(), refusal.code)
    if "retry_after" in refusal.parameters:
        answer.headers["Retry-After"] = str(refusal.parameters["retry_after"])
    return answer


def _struck(request: web.Request, entry: Request, fault: Fault) -> web.Response:
    """Answer the way the trouble wants; nothing was done."""
    number = int(fault.value)
    if fault.kind == "throttle":
        entry.status, entry.description = 429, f"Too Many Requests: retry after {number}"
        return _refused(ApiError(429, entry.description, retry_after=number))
    if fault.kind == "false_ok":
        entry.status, entry.description = 500, "Internal Server Error"
        return _json(ApiError(500, entry.description).body())
    answer = barred(request, fault)
    if fault.kind not in ("drop", "reset"):
        entry.status, entry.description = answer.status, answer.reason
    return answer
