"""The OpenAPI of an Official Account over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from aiohttp import web

from sandbox.zalo import oa_sends
from sandbox.zalo.api import ZaloApi, as_json
from sandbox.zalo.errors import ZaloError
from sandbox.zalo.oa import OPEN, ZaloOA
from sandbox.zalo.oa_call import Call, read

Json = dict[str, Any]
Method = Callable[[Call], Awaitable[Json]]
TOKEN = "v4/oa/access_token"  # noqa: S105  (a path)
SHUT_DOWN = ZaloError(-240, "MessageV2 API has been shut down")
NO_TOKEN = ZaloError(-216, "Access token is invalid")
RATE = {"X-RateLimit-Limit": "4000", "X-RateLimit-Remain": "3999"}


async def shut_down(_: Call) -> Json:
    """Refuse: this way of speaking is over."""
    raise SHUT_DOWN


async def get_oa(call: Call) -> Json:
    """Say which account it is."""
    known = {"oa_id": call.oa.oa_id, "name": "Cầu Nối", "is_verified": True, "package_name": "Standard"}
    return known | {"num_follower": sum(phone.follows for phone in call.oa.phones.values())}


async def user_detail(call: Call) -> Json:
    """Say what is known of somebody."""
    phone = call.phone(call.params.get("user_id"))
    last = f"{phone.interacted:%d/%m/%Y}" if phone.interacted else ""
    known = {"user_id": phone.id, "display_name": phone.name, "user_is_follower": phone.follows}
    return known | {"user_last_interaction_date": last, "is_sensitive": False, "shared_info": {}}


async def quota(call: Call) -> Json:
    """Say whether somebody may be written to."""
    phone = call.phone(call.params.get("user_id"))
    since = phone.interacted
    is_open = since is not None and call.oa.world.clock.now() - since <= OPEN
    last = int(since.timestamp() * 1000) if since else 0
    return {"last_interaction": last, "cs_reply": {"remain": 8 if is_open else 0, "total": 8}}


METHODS: dict[tuple[str, str], Method] = {
    ("POST", "v3.0/oa/message/cs"): oa_sends.send,
    ("POST", "v3.0/oa/message/template"): oa_sends.send_template,
    ("POST", "v2.0/oa/message"): shut_down,
    ("POST", "v2.0/oa/upload/image"): oa_sends.upload_image,
    ("POST", "v2.0/oa/upload/file"): oa_sends.upload_file,
    ("GET", "v3.0/oa/user/detail"): user_detail,
    ("POST", "v3.0/oa/quota/message"): quota,
    ("GET", "v2.0/oa/getoa"): get_oa,
}


class ZaloOaApi(ZaloApi):
    """Answers the account's program."""

    overload = ZaloError(-32, "App has reached its rate limit of 4000 requests per minute")
    failure = ZaloError(-200, "Send message failed")
    account: ZaloOA

    def add_to(self, app: web.Application) -> None:
        """Put the API's addresses into an application."""
        app.router.add_get("/zalo_oa/files/{path:.+}", self.file)
        app.router.add_post(f"/zalo_oa/{TOKEN}", self.token)
        for method in ("GET", "POST"):
            app.router.add_route(method, "/zalo_oa/{path:v[0-9.]+/oa/.+}", self.call)

    async def call(self, request: web.Request) -> web.StreamResponse:
        """Answer one request to /zalo_oa/<path>."""
        path = request.match_info["path"]
        method = METHODS.get((request.method, path))
        if method is None:
            raise web.HTTPNotFound
        if struck := self.struck_unread(request, path):
            return struck
        params = await read(request)
        recipient = params.get("recipient")
        chat = recipient.get("user_id", "") if isinstance(recipient, dict) else ""
        token = request.headers.get("access_token", "")
        return await self.respond(request, path, params, str(chat), partial(self._perform, method, token, params))

    async def token(self, request: web.Request) -> web.StreamResponse:
        """Renew the tokens; a refusal is no envelope of the OpenAPI."""
        if struck := self.struck_unread(request, TOKEN):
            return struck
        form = dict(await request.post())
        work = partial(self._grant, request.headers.get("secret_key", ""), form)
        return await self.respond(request, TOKEN, form, "", work)

    async def _perform(self, method: Method, token: str, params: Json) -> Json:
        if not self.account.tokens.good(token):
            raise NO_TOKEN
        return {"error": 0, "message": "Success", "data": await method(Call(self.account, params))}

    async def _grant(self, secret: str, form: Json) -> Json:
        return self.account.tokens.granted(secret, form)

    def accepted(self, result: Any) -> web.Response:
        """Answer with a result."""
        answer = as_json(result)
        answer.headers.update(RATE)
        return answer

    def refused(self, refusal: ZaloError) -> web.Response:
        """Answer with a refusal; its status tells nothing of it."""
        return as_json({"error": refusal.code, "message": refusal.description})
