"""Answers that do not arrive as they were meant: the request was carried out all the same."""

import asyncio

from aiohttp import web

from sandbox.faults import Fault

FOR_EVER = 3600.0
LORIS_SECONDS = 1.0
OK = 200
ELSEWHERE = "/elsewhere"
_PAGE = "<html>\r\n<head><title>{0}</title></head>\r\n<body><center><h1>{0}</h1></center></body>\r\n</html>"
_REASONS = {500: "500 Internal Server Error", 502: "502 Bad Gateway", 503: "503 Service Unavailable"}


async def garbled(request: web.Request, kind: str, answer: web.Response) -> web.StreamResponse:
    """Send the answer the way the trouble wants, or not at all."""
    body = bytes(answer.body) if isinstance(answer.body, bytes | bytearray) else b""
    match kind:
        case "silence":
            await asyncio.sleep(FOR_EVER)
        case "half":
            await _begin(request, answer, body, len(body) // 2)
        case "loris":
            await _drip(await _begin(request, answer, body, 1), body[1:])
        case "broken":
            return web.Response(body=body[: len(body) // 2], content_type=answer.content_type)
        case "empty":
            return web.Response(body=b"", content_type=answer.content_type)
        case "junk":
            headers = {"Content-Encoding": "gzip"}
            return web.Response(body=b"\x1f\x8b" + body, content_type=answer.content_type, headers=headers)
    return dropped(request)


def dropped(request: web.Request) -> web.Response:
    """Cut the connection instead of answering."""
    if request.transport:
        request.transport.abort()
    return web.Response(status=500)


def barred(request: web.Request, fault: Fault) -> web.Response:
    """Answer as something between the bot and the platform does; nothing was done."""
    number = int(fault.value)
    if fault.kind in ("drop", "reset"):
        return dropped(request)
    if fault.kind == "redirect":
        return web.Response(status=number, headers={"Location": ELSEWHERE})
    words = _REASONS.get(number, str(number))
    return web.Response(status=number, text=_PAGE.format(words), content_type="text/html")


async def _begin(request: web.Request, answer: web.Response, body: bytes, length: int) -> web.StreamResponse:
    begun = web.StreamResponse(status=OK)
    begun.content_type, begun.content_length = answer.content_type, len(body)
    await begun.prepare(request)
    await begun.write(body[:length])
    return begun


async def _drip(begun: web.StreamResponse, rest: bytes) -> None:
    for place in range(len(rest)):
        await asyncio.sleep(LORIS_SECONDS)
        await begun.write(rest[place : place + 1])
