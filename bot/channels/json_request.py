"""Calls answered with JSON objects, for both Zalo platforms; what a status means is theirs to tell.

No error that leaves this module knows the URL, because it may hold a token.
"""

from __future__ import annotations

import ipaddress
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.channels.channel import Refused, Throttled, Unreachable
from bot.loopback import is_loopback
from conversation.messages import Json

SECONDS = 30.0
CONNECT_SECONDS = 5.0
CONNECTIONS = 64
ANSWER_BYTES = 4 * 2**20
CHUNK_BYTES = 2**16
REDIRECTS = 3
OK, TOO_MANY = 200, 429
PAUSE_SECONDS = 5.0
"""How long silence is kept when it is asked for without saying how long."""
LONGEST_PAUSE_SECONDS = 24 * 3600.0
UNICAST, TUNNELLED = ipaddress.ip_network("2000::/3"), ipaddress.ip_network("2002::/16")
_NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a platform said: a JSON object, whatever its status."""

    status: int
    content: Json
    retry_after: float
    """Seconds of silence to keep if this is a refusal for haste: what the header asks, or a guess."""


class _PrivateAddress(Exception):
    """A connection into our own network, which no file from outside is worth."""


class JsonRequest:
    """Two pools of connections, opened when they are needed: one to the platform, one to wherever its files lie."""

    def __init__(self, api: str) -> None:
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        self._at_home = is_loopback(api)  # a pretend platform has its files here too

    async def close(self) -> None:
        """Close the connections; the next request opens new ones."""
        while self._sessions:
            await self._sessions.popitem()[1].close()

    async def post(
        self,
        url: str,
        body: Json,
        *,
        seconds: float = SECONDS,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Post JSON; `Unreachable` when no JSON object came back, `Throttled` when something in between says so."""
        return await self.ask("POST", url, seconds=seconds, headers=headers, json=body)

    async def ask(self, method: str, url: str, *, seconds: float = SECONDS, **how: Any) -> Answer:
        """Make any other request, as `aiohttp` takes it: `headers`, `params`, or a form in `data`."""
        try:
            status, headers, content = await self._exchange(self._session(), method, url, seconds, ANSWER_BYTES, **how)
        except Refused as strange:  # a page without end, say: it is not the platform that refuses
            raise Unreachable(str(strange), maybe_sent=True) from None
        pause, answer = pause_seconds(headers.get("Retry-After")), _object(content)
        if answer is not None:
            return Answer(status, answer, pause)
        if status == TOO_MANY:
            raise Throttled(pause)
        raise Unreachable(f"status {status} from something in between", maybe_sent=True)

    async def download(self, url: str, limit: int, seconds: float) -> bytes:
        """Return a public file of at most `limit` bytes; `Refused` for one that is larger, gone or not public."""
        if not url.startswith(("http://", "https://")):
            raise Refused("a file that is not on the web")
        session = self._session(files=True)
        status, _, content = await self._exchange(session, "GET", url, seconds, limit, max_redirects=REDIRECTS)
        if status == OK:
            return content
        if status in (403, 404, 410):
            raise Refused(f"the file is gone ({status})")
        raise Unreachable(f"the file server answered {status}")

    def _session(self, *, files: bool = False) -> aiohttp.ClientSession:
        if files not in self._sessions:
            guard = _public_socket if files and not self._at_home else None
            # one address after the other: only so does the guard's refusal come through as it is
            connector = aiohttp.TCPConnector(limit=CONNECTIONS, socket_factory=guard, happy_eyeballs_delay=None)
            self._sessions[files] = aiohttp.ClientSession(connector=connector)
        return self._sessions[files]

    async def _exchange(
        self, session: aiohttp.ClientSession, method: str, url: str, seconds: float, limit: int, **how: Any
    ) -> tuple[int, Mapping[str, str], bytes]:
        timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS)
        redirects = "max_redirects" in how
        try:
            async with session.request(method, url, timeout=timeout, allow_redirects=redirects, **how) as response:
                return response.status, response.headers, await _read(response, limit)
        except _PrivateAddress:
            failure: Exception = Refused("a file inside our own network")
        except aiohttp.InvalidURL:
            failure = Refused("an address that leads nowhere")
        except _NEVER_SENT as error:
            failure = Unreachable(type(error).__name__)
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            failure = Unreachable(type(error).__name__, maybe_sent=True)
        raise failure  # out here, where no chained exception brings the URL along


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK_BYTES):
        content += chunk
        if len(content) > limit:
            raise Refused("too large")
    return bytes(content)


def _object(content: bytes) -> Json | None:
    try:
        answer = json.loads(content.decode(errors="replace"))
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def pause_seconds(asked: object) -> float:
    """How long to be silent when a platform asks for it, in whatever form it says so."""
    if isinstance(asked, str) and asked.isdecimal():
        asked = int(asked[:12])
    if not isinstance(asked, int | float) or isinstance(asked, bool) or not asked > 0:
        return PAUSE_SECONDS
    return float(min(asked, LONGEST_PAUSE_SECONDS))


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether it is out in the world; in other ways of writing IPv6 a private IPv4 address may hide."""
    if isinstance(address, ipaddress.IPv6Address) and (address not in UNICAST or address in TUNNELLED):
        return False
    return address.is_global and not address.is_multicast


def _public_socket(address: Any) -> socket.socket:
    family, kind, protocol, _, (host, *_) = address
    if not _is_public(ipaddress.ip_address(str(host).partition("%")[0])):
        raise _PrivateAddress
    return socket.socket(family, kind, protocol)
