"""python-telegram-bot's HTTP over aiohttp: eight times as many sends a second as its own client.

No error that leaves this module knows the URL, because the token is part of it.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp.payload import BytesPayload
from telegram.error import NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.channels.json_request import pause_seconds
from conversation.messages import Json

CONNECTIONS = 64
CONNECT_SECONDS = 5.0
ANSWER_BYTES = 32 * 2**20
CHUNK_BYTES = 2**16
FORM = "application/x-www-form-urlencoded"
OK, TOO_LARGE, TOO_MANY = 200, 413, 429
_NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


class NotSent(NetworkError):
    """The connection was never made, so the platform cannot have seen the request."""


class TooLarge(TelegramError):
    """The answer is longer than the caller takes."""


class AiohttpRequest(BaseRequest):
    """One pool of connections, opened at the first request.

    `seconds` bound a request as a whole, `upload_seconds` are added where a file is sent along.
    """

    __slots__ = ("_seconds", "_session", "_upload_seconds")

    def __init__(self, seconds: float = 15.0, upload_seconds: float = 20.0) -> None:
        self._seconds, self._upload_seconds = seconds, upload_seconds
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds a request may take."""
        return self._seconds

    async def initialize(self) -> None:
        """Nothing to do: the session opens itself."""

    async def shutdown(self) -> None:
        """Close the connections; the next request opens new ones."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one request; the read timeout stands for the whole of it."""
        seconds = read_timeout if isinstance(read_timeout, int | float) else self._seconds
        data: Any = request_data.json_parameters if request_data else None
        if request_data and request_data.contains_files:
            seconds, data = seconds + self._upload_seconds, _multipart(request_data)
        status, content = await self._exchange(method, url, seconds, data)
        if status != OK:
            _judge(status, content)
        return status, content

    async def download(self, url: str, limit: int, seconds: float) -> bytes:
        """Return a file of at most `limit` bytes; `TooLarge` or a `NetworkError` otherwise."""
        status, content = await self._exchange("GET", url, seconds, limit=limit)
        if status != OK:
            raise NetworkError(f"the file server answered {status}")
        return content

    async def _exchange(
        self, method: str, url: str, seconds: float, data: Any = None, *, limit: int = ANSWER_BYTES
    ) -> tuple[int, bytes]:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS)
            self._session = aiohttp.ClientSession(connector=connector, headers={"User-Agent": self.USER_AGENT})
        if isinstance(data, dict):  # a form of texts, written by hand: aiohttp's own takes three times as long
            data = BytesPayload(urlencode(data).encode(), content_type=FORM)
        timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS)
        try:
            async with self._session.request(
                method, url, data=data, timeout=timeout, allow_redirects=False
            ) as response:
                return response.status, await _read(response, limit)
        except _NEVER_SENT as error:
            failure: NetworkError = NotSent(type(error).__name__)
        except TimeoutError:
            failure = TimedOut()
        except (aiohttp.ClientError, OSError) as error:
            failure = NetworkError(type(error).__name__)
        raise failure  # out here, where no chained exception brings the URL and the token along

    @staticmethod
    def parse_json_payload(payload: bytes) -> Json:
        """Read an answer, its oddities mended; TelegramError, without a log line, when it is none."""
        answer = _object(payload)
        if answer is None:
            raise TelegramError("an answer that is not Telegram's")
        return _mended(answer)


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    if (response.content_length or 0) > limit:
        raise TooLarge("too large")
    content = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK_BYTES):
        content += chunk
        if len(content) > limit:
            raise TooLarge("too large")
    return bytes(content)


def _multipart(data: RequestData) -> aiohttp.FormData:
    form = aiohttp.FormData(data.json_parameters, quote_fields=False)  # else `báo cáo.txt` arrives percent-encoded
    for field, (name, content, mime) in data.multipart_data.items():
        form.add_field(field, content, filename=name, content_type=mime)
    return form


def _object(payload: bytes) -> Json | None:
    try:
        answer = json.loads(payload.decode(errors="replace"))
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _judge(status: int, content: bytes) -> None:
    """Raise what an answer that is no success comes to, where its status alone would mislead.

    A page of a proxy or a firewall says nothing about the person, the message or the token, whatever its status.
    """
    answer = _object(content)
    if status == TOO_MANY:
        parameters = (answer or {}).get("parameters")
        asked = parameters.get("retry_after") if isinstance(parameters, dict) else None
        raise RetryAfter(timedelta(seconds=pause_seconds(asked)))
    if answer is None:
        raise NetworkError(f"status {status} from something in between")
    if status == TOO_LARGE:
        raise TooLarge("too large")


def _mended(answer: Json) -> Json:
    """Make what lesser servers say readable for python-telegram-bot, which trusts every field."""
    answer["parameters"] = {}  # what matters of them was read from the error
    match answer.get("result"):
        case {"message_id": number}:  # of a message only its id is read; some write its date in milliseconds
            answer["result"] = {"message_id": number, "date": 0, "chat": {"id": 0, "type": "private"}}
        case {"username": name, **user}:
            answer["result"] = {"is_bot": True, "first_name": "", "username": name} | user
    return answer
