"""Answers that do not arrive as they were meant: the request was carried out all the same."""

import asyncio

from aiohttp import web

FOR_EVER = 3600.0
LORIS_SECONDS = 1.0
OK = 200


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
