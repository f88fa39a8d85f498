"""One request to an Official Account's OpenAPI, with its parameters read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.spec import Upload
from sandbox.zalo.errors import ZaloError

if TYPE_CHECKING:
    from sandbox.zalo.oa import ZaloOA
    from sandbox.zalo.phone import ZaloPhone

Json = dict[str, Any]
INVALID = -201


@dataclass(slots=True)
class Call:
    """What is asked for."""

    oa: ZaloOA
    params: Json

    def phone(self, user_id: object) -> ZaloPhone:
        """Return the phone of a user."""
        phone = self.oa.phones.get(user_id) if isinstance(user_id, str) else None
        if phone is None:
            raise invalid("user_id")
        return phone

    def part(self, name: str) -> Json:
        """Return a parameter that must be an object."""
        value = self.params.get(name)
        if not isinstance(value, dict):
            raise invalid(name)
        return value


def invalid(name: str) -> ZaloError:
    """Return the refusal of a parameter."""
    return ZaloError(INVALID, f"Params is invalid: {name}")


async def read(request: web.Request) -> Json:
    """Return the parameters: JSON in the body, JSON in the query's `data`, or an uploaded file."""
    if request.content_type == "multipart/form-data":
        field = (await request.post()).get("file")
        if not isinstance(field, web.FileField):
            return {}
        return {"file": Upload(field.filename, field.content_type, field.file.read())}
    try:
        value = json.loads(request.query.get("data", "{}") if request.method == "GET" else await request.read())
    except ValueError:
        value = {}
    return value if isinstance(value, dict) else {}
