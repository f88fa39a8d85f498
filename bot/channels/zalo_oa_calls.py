"""Calls to the Zalo OA OpenAPI, each with the access token in force."""

from __future__ import annotations

from typing import Any, Final

import aiohttp

from bot.channels.channel import StoredFile
from bot.channels.json_request import Answer, JsonRequest
from bot.channels.zalo_oa_errors import failure_of, wants_new_token
from bot.channels.zalo_oa_tokens import Tokens
from conversation.messages import Json

API: Final = "https://openapi.zalo.me"
OAUTH: Final = "https://oauth.zaloapp.com"
SECONDS, UPLOAD_SECONDS = 15.0, 40.0


class Calls:
    """Makes them; where the token turns out to be dead, again with the one that another process has, or a new one."""

    def __init__(self, tokens: Tokens, http: JsonRequest, api: str = API) -> None:
        self._tokens, self._http, self._api = tokens, http, api.rstrip("/")

    @property
    def token_dead(self) -> bool:
        """Whether the account's administrator must give consent anew."""
        return self._tokens.dead

    async def close(self) -> None:
        """Let a new token reach the disk, then give the connections back."""
        await self._tokens.close()
        await self._http.close()

    async def ask(self, method: str, path: str, *, body: Json | None = None, file: StoredFile | None = None) -> Answer:
        """The answer, whatever it is."""
        pair = await self._tokens.current()
        answer = await self._ask(pair.access, method, path, body, file)
        brand_new = False
        while wants_new_token(answer) and not brand_new:
            pair = await self._tokens.newer_than(pair)
            brand_new = pair.generation == self._tokens.newest_given
            answer = await self._ask(pair.access, method, path, body, file)
        return answer

    async def download(self, url: str, limit: int) -> bytes:
        """A file of at most `limit` bytes that somebody sent to the account."""
        return await self._http.download(url, limit, UPLOAD_SECONDS)

    async def _ask(self, token: str, method: str, path: str, body: Json | None, file: StoredFile | None) -> Answer:
        how: dict[str, Any] = {"headers": {"access_token": token}}
        if body is not None:
            how["json"] = body
        if file is not None:  # made anew each time: a form can be sent only once
            how["data"] = _form(file)
        seconds = UPLOAD_SECONDS if file else SECONDS
        return await self._http.ask(method, self._api + path, seconds=seconds, **how)


def data_of(answer: Answer) -> Json:
    """What an answer gives; one of the channel's errors instead of a failure."""
    failure = failure_of(answer)
    if failure is not None:
        raise failure
    data = answer.content.get("data")
    return data if isinstance(data, dict) else {}


def _form(file: StoredFile) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)  # else `báo cáo.pdf` arrives percent-encoded
    form.add_field("file", file.content, filename=file.name)
    return form
