"""Whether a webhook of a Zalo Official Account is Zalo's: a hash over the very bytes that arrived."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, Literal

from storage.times import to_ms

SIGNATURE, TIMESTAMP = "X-ZEvent-Signature", "X-ZEvent-Timestamp"
REPEATED_FOR: Final = timedelta(hours=48)
"""Zalo repeats an event for two hours at most, and the inbox remembers it for 72."""
First = Literal["app_id", "oa_id"]
_DIGITS = re.compile(r"[0-9]{1,20}", re.ASCII)
"""Nothing else may stand where the timestamp does, or a part of the body could pass for one."""


@dataclass(frozen=True, slots=True)
class Signer:
    """What a signature is made of, besides the body and its time."""

    app_id: str
    oa_id: str
    secret: str

    def signed(self, headers: Mapping[str, str], raw: bytes, now: datetime) -> First | None:
        """Which id the signature begins with, the app's as documented or the account's; None when it is forged.

        None as well for what was signed too long ago: the inbox may have forgotten it, so that it would count anew.
        """
        given = headers.get(SIGNATURE, "").strip().lower().removeprefix("mac=").strip().encode("utf-8", "replace")
        found: First | None = None
        for timestamp in _timestamps(headers, raw, to_ms(now - REPEATED_FOR)):
            for first, term in _firsts(self):
                if hmac.compare_digest(given, self._mac(term, raw, timestamp)):
                    found = first
        return found if self.secret else None

    def _mac(self, term: str, raw: bytes, timestamp: str) -> bytes:
        content = b"".join((term.encode(), raw, timestamp.encode(), self.secret.encode()))
        return sha256(content).hexdigest().encode()  # plain, not an HMAC: so does Zalo


def is_probe(raw: bytes) -> bool:
    """Whether this is what Zalo posts, unsigned, when a webhook's address is saved."""
    return raw.strip() in (b"", b"{}")


def _firsts(signer: Signer) -> Iterator[tuple[First, str]]:
    yield "app_id", signer.app_id
    if signer.oa_id:
        yield "oa_id", signer.oa_id


def _timestamps(headers: Mapping[str, str], raw: bytes, since: int) -> Iterator[str]:
    """The time as the header has it, then as the body has it, a text or a number."""
    for timestamp in dict.fromkeys((headers.get(TIMESTAMP, "").strip(), _in_body(raw))):
        if _DIGITS.fullmatch(timestamp) and int(timestamp) >= since:
            yield timestamp


def _in_body(raw: bytes) -> str:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return ""
    match body:
        case {"timestamp": str() | int() as timestamp} if not isinstance(timestamp, bool):
            return str(timestamp)[:40]
    return ""
