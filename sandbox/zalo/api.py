"""The HTTP side of both platforms: notes requests, applies troubles, answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from sandbox.downloads import hand_out
from sandbox.faults import GARBLED, Fault
from sandbox.garbling import barred, dropped, garbled
from sandbox.records import Request
from sandbox.zalo.account import ZaloAccount
from sandbox.zalo.errors import OK, ZaloError

Json = dict[str, Any]


class ZaloApi:
    """The HTTP side: reads requests, applies troubles, answers."""

    overload: ZaloError
    failure: ZaloError

    def __init__(self, account: ZaloAccount) -> None:
        self.account = account

    def accepted(self, result: Any) -> web.Response:
        """Answer with a result."""
        raise NotImplementedError

    def refused(self, refusal: ZaloError) -> web.Response:
        """Answer with a refusal."""
        raise NotImplementedError

    async def file(self, request: web.Request) -> web.StreamResponse:
        """Hand out what somebody sent; anybody may fetch it."""
        return await hand_out(request, self.account.world, self.account.faults)

    async def respond(
        self, request: web.Request, method: str, params: Json, chat: str, work: Callable[[], Awaitable[Any]]
    ) -> web.StreamResponse:
        """Note a request, carry it out, and answer as the troubles in force want."""
        entry = Request(method, params, self.account.world.clock.now())
        self.account.requests.append(entry)
        fault = self.account.faults.take(method, chat)
        entry.trouble = fault.kind if fault else ""
        try:
            if fault and fault.kind not in {*GARBLED, "slow"}:
                return self._struck(request, fault)
            result = await work()
        except ZaloError as refusal:
            entry.status, entry.description = refusal.code, refusal.description
            return self.refused(refusal)
        entry.status = OK
        return await self._late_or_garbled(request, fault, self.accepted(result))

    def struck_unread(self, request: web.Request, method: str) -> web.Response | None:
        """Drop a connection before the request is read, when that is ordered."""
        return dropped(request) if self.account.faults.take(method, None, unread=True) else None

    def _struck(self, request: web.Request, fault: Fault) -> web.Response:
        if fault.kind == "throttle":
            raise self.overload
        if fault.kind == "false_ok":
            raise self.failure
        return barred(request, fault)

    async def _late_or_garbled(
        self, request: web.Request, fault: Fault | None, answer: web.Response
    ) -> web.StreamResponse:
        if fault is None:
            return answer
        if fault.kind == "slow":
            await asyncio.sleep(fault.value)  # it is done, even when nobody waits for the answer any more
            return answer
        return await garbled(request, fault.kind, answer)


def as_json(body: Json, status: int = OK) -> web.Response:
    """Return an answer in JSON."""
    return web.json_response(body, status=status, dumps=lambda value: json.dumps(value, ensure_ascii=False))
