"""Reads what a bot sent: query, JSON, form or multipart."""

import json
from typing import Any

from aiohttp import web

from sandbox.errors import ApiError, bad
from sandbox.spec import Upload

Json = dict[str, Any]
MAX_UPLOAD = 50 * 2**20


async def read(request: web.Request) -> Json:
    """Return the parameters as they came: query, JSON, form or multipart."""
    found: Json = dict(request.query)
    if request.method != "POST":
        return found
    if request.content_type == "application/json":
        return found | _from_json(await request.read())
    for name, value in (await request.post()).items():
        found[name] = value if isinstance(value, str) else _upload(value)
    return found


def _from_json(body: bytes) -> Json:
    try:
        value = json.loads(body) if body else {}
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise bad("can't parse JSON object")
    return value


def _upload(value: object) -> Upload | str:
    if not isinstance(value, web.FileField):
        return bytes(value).decode() if isinstance(value, (bytes, bytearray)) else str(value)
    data = value.file.read()
    value.file.close()
    if len(data) > MAX_UPLOAD:
        raise ApiError(413, "Request Entity Too Large")
    return Upload(value.filename, value.content_type, data)
