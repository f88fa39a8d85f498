"""Calls to the Zalo Bot Platform: JSON posts, judged by `ok` and the code in the body, never by the status."""

from __future__ import annotations

import re
from typing import Any, Final

from bot.channels.channel import ChannelError, Gone, Misconfigured, Refused, Throttled, Unreachable
from bot.channels.json_request import SECONDS, Answer, JsonRequest, pause_seconds
from conversation.messages import Json

IMPATIENT: Final = {426, 429}
LONGEST_REASON = 200
_URL = re.compile(r"https?://\S+")
"""Perhaps one of ours, to a photo."""


class NothingYet(Unreachable):
    """Zalo took too long, or nothing came while it was asked for events."""


class Calls:
    """The methods of one bot's API; no error that leaves here knows the token."""

    def __init__(self, token: str, api: str) -> None:
        self._base = f"{api.rstrip('/')}/bot{token}"
        self._requests, self._token = JsonRequest(api), token

    async def close(self) -> None:
        """Give the connections back."""
        await self._requests.close()

    async def call(self, method: str, parameters: Json | None = None, *, seconds: float = SECONDS) -> Any:
        """The result of a method; a `ChannelError` when it has none."""
        answer = await self._requests.post(f"{self._base}/{method}", parameters or {}, seconds=seconds)
        if answer.content.get("ok") is True and "result" in answer.content:
            return answer.content["result"]
        raise self._classified(answer)

    async def download(self, url: str, limit: int, seconds: float) -> bytes:
        """What lies at a public address."""
        return await self._requests.download(url, limit, seconds)

    def _classified(self, answer: Answer) -> ChannelError:
        content = answer.content
        code = content.get("error_code", content.get("errorCode"))
        if content.get("ok") is not False or not isinstance(code, int):
            return Unreachable(f"an unreadable answer (status {answer.status})", maybe_sent=True)
        reason = f"{code} {self._reason(content.get('description'))}".rstrip()
        if code in IMPATIENT:
            return Throttled(_pause(content.get("parameters"), answer.retry_after))
        match code:
            case 400:
                return Refused(reason)
            case 401 | 409:
                return Misconfigured(reason)
            case 404:
                return Gone(reason)
            case 408:
                return NothingYet(reason, maybe_sent=True)
        return Unreachable(reason, maybe_sent=True)  # 403 too: so Zalo calls its own internal error

    def _reason(self, description: object) -> str:
        """What Zalo says of it, as far as a log and a database take it."""
        words = _URL.sub("…", description.replace(self._token, "…")) if isinstance(description, str) else ""
        return "".join(filter(str.isprintable, words))[:LONGEST_REASON]


def _pause(parameters: object, otherwise: float) -> float:
    """How long to be silent: no page tells of it, so it is looked for where others have it."""
    asked = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return otherwise if asked is None else pause_seconds(asked)
