"""How files are handed out, and how that fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.faults import FILE, GARBLED, Faults
from sandbox.garbling import barred, dropped, garbled

if TYPE_CHECKING:
    from sandbox.world import World


async def hand_out(request: web.Request, world: World, faults: Faults) -> web.StreamResponse:
    """Answer with the file at the path asked for; 404 when there is none."""
    if faults.cut_off:
        return dropped(request)
    stored = world.files.at(request.match_info["path"])
    if stored is None:
        raise web.HTTPNotFound
    answer = web.Response(body=stored.data, content_type="application/octet-stream")
    fault = faults.take(FILE, None) or faults.take(FILE, None, unread=True)
    if fault is None:
        return answer
    return await garbled(request, fault.kind, answer) if fault.kind in GARBLED else barred(request, fault)
