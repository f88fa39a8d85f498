"""How Zalo fetches what it is given the address of."""

from urllib.parse import urlsplit

import aiohttp

from sandbox.guard import is_loopback
from sandbox.samples import dimensions

MOST = 20 * 2**20
TIMES = 2
"""How often one address is fetched."""
SECONDS = aiohttp.ClientTimeout(total=30)


async def fetched_picture(url: str) -> bytes:
    """Return the picture at an address of this machine, empty when there is none; it is fetched more than once."""
    data = [await _fetched(url) for _ in range(TIMES)]
    return data[-1] if all(all(dimensions(each)) for each in data) else b""


async def _fetched(url: str) -> bytes:
    if not is_loopback(urlsplit(url).hostname or ""):
        return b""
    try:
        async with aiohttp.ClientSession(timeout=SECONDS) as http, http.get(url) as answer:
            return await answer.read() if answer.ok and (answer.content_length or 0) <= MOST else b""
    except (aiohttp.ClientError, TimeoutError, OSError):
        return b""
