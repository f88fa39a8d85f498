"""Keeps the sandbox on this machine: loopback only, no foreign page may act."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self';"
        " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def is_loopback(host: str) -> bool:
    """Tell whether a name or address means this machine."""
    name = host.strip("[]").lower()
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def require_loopback(host: str) -> None:
    """Refuse to listen where others can reach."""
    if not is_loopback(host):
        raise ValueError(f"the sandbox listens on loopback only, not on {host}")


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse strangers: other hosts' names, other pages' writes, other machines."""
    if not is_loopback(urlsplit(f"//{request.host}").hostname or ""):
        raise web.HTTPForbidden(text="Host")
    if not _is_local_socket(request):
        raise web.HTTPForbidden(text="Address")
    if request.method not in _SAFE and not _same_origin(request):
        raise web.HTTPForbidden(text="Origin")
    return await handler(request)


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    """Put the page's security headers on every answer."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)


def _is_local_socket(request: web.Request) -> bool:
    name = request.transport.get_extra_info("sockname") if request.transport else None
    return not isinstance(name, tuple) or is_loopback(str(name[0]))


def _same_origin(request: web.Request) -> bool:
    """Tell whether a write comes from our own page, or from a program, which sends no Origin."""
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if origin == "null":  # a page that tells nobody where it came from
        return site == "same-origin"
    if origin is None:
        return site in (None, "none", "same-origin")
    return origin == f"{request.scheme}://{request.host}"
