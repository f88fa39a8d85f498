"""Whether something stays on this very machine."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_own_host(host: str) -> bool:
    """Whether a name or an address is this machine's, for itself only."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this very machine."""
    return is_own_host(urlsplit(url).hostname or "")
