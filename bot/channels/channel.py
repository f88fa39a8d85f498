"""The edge: a channel is data, one pure reader and a few verbs; only the sender decides what follows an error."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from urllib.parse import urlsplit

from conversation.messages import Address, FileRef, Heard, Joined, Json, Left, Said, Words


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a second in the long run, and `burst` at once: at most `burst + per_second * t` in any t seconds."""

    per_second: float
    burst: int = 1


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a platform may be spoken to, in messages."""

    overall: Rate
    """Everything said by one bot account; replies go first."""
    bulk: Rate
    """Broadcasts alone, so that a reply always finds room."""
    per_chat: Rate


@dataclass(frozen=True, slots=True)
class Limits:
    """What a platform allows, as data."""

    text: int
    """Length of one message."""
    unit: Literal["utf16", "character"]
    """What the lengths count."""
    caption: int
    """Length of the words under a photo or a file."""
    buttons: int
    """Buttons under one message; 0 where numbers alone are offered."""
    label: int
    """Length of a button's label."""
    documents: tuple[str, ...]
    """How the names of documents end that can be sent: none, some, or whatever ends with nothing at all."""
    pace: Pace


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that the platform took a message; empty when it said nothing that could be kept."""

    message_id: str


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A photo, voice message or document of ours, ready to be sent."""

    kind: Literal["photo", "voice", "document"]
    content: bytes
    name: str


Files = Callable[[str], Awaitable[StoredFile]]
"""Finds a stored file by its id; `Refused` when it is not there (any more)."""

Links = Callable[[str], Awaitable[str]]
"""A public, expiring link to a stored file, by its id; empty without a public address, `Refused` as for `Files`."""

Wording = Callable[[Address, Words], Awaitable[str]]
"""Words of ours as they are said to whoever reads there: in their language, with the right pronouns."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where a platform posts the updates of a channel, and how they are taken there."""

    url: str
    """The whole public address. Its path is unguessable or guarded by a secret, so it stays out of the logs."""
    authentic: Callable[[Mapping[str, str], bytes], bool]
    """Whether the headers, whose names have no case, and the raw body prove the platform; nothing is read before."""
    probe: Callable[[bytes], bool] = lambda _body: False
    """Whether a body is the platform's question if anybody is there: answered with 200 before `authentic` is asked."""
    comes_again: bool = True
    """Whether what was not answered with 200 is posted again. Else, or where an answer is awaited for 2 s only, an
    update is kept on disk first, answered, and taken then."""
    by_hand: bool = False
    """Whether only the operator can set the address, on the platform's own pages."""

    @property
    def path(self) -> str:
        """Where our own server takes the updates."""
        return urlsplit(self.url).path or "/"


def has_secret(headers: Mapping[str, str], name: str, secret: str) -> bool:
    """Tell, in constant time, whether a header is our secret; never without one."""
    given = headers.get(name, "").encode("utf-8", "replace")
    return bool(secret) and hmac.compare_digest(given, secret.encode())


class ChannelError(Exception):
    """One of the six things that can go wrong at the edge; never holds a token or a URL."""

    partly = False
    """Whether some messages of the letter had been taken before."""


class Throttled(ChannelError):
    """The platform asks for silence of `after` seconds."""

    def __init__(self, after: float) -> None:
        super().__init__(f"asked to wait {after:g} s")
        self.after = after


class Unreachable(ChannelError):
    """The network or the platform failed; `maybe_sent` when the message may have been taken all the same."""

    def __init__(self, reason: str, *, maybe_sent: bool = False) -> None:
        super().__init__(reason)
        self.maybe_sent = maybe_sent


class Gone(ChannelError):
    """The person blocked the bot, or the chat exists no more."""


Reason = Literal["window", "not_following", "inactive", "night", "quota"]
"""Why a platform forbids a letter: silent for too long, not a follower, hardly ever there, at night, too many."""


class NotAllowed(ChannelError):
    """The platform's rules forbid this letter to this person just now; others, and later ones, may well go."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(ChannelError):
    """The platform will never take this message, or the file is not as it must be."""


class Misconfigured(ChannelError):
    """Nothing can work until the operator changes a setting: a wrong token, a second program with the same one."""


@contextmanager
def message_of_letter(*, first: bool) -> Iterator[None]:
    """One of the messages in which a letter is said: an error tells whether it comes after others."""
    try:
        yield
    except ChannelError as error:
        error.partly = not first
        raise


class Channel(Protocol):
    """One bot account on one platform; every verb raises `ChannelError` and nothing else."""

    name: str
    """The platform, such as `telegram`."""
    account: str
    """The platform and the bot's id, such as `telegram:8123`; known once open."""
    limits: Limits
    webhook: Webhook | None
    """Where updates are posted; None while they are asked for with `updates`."""

    async def open(self) -> None:
        """Check the token, learn the account, set commands and webhook; may be repeated as a sign of life."""

    async def close(self) -> None:
        """Give the connections back."""

    async def posts_to(self) -> str:
        """Ask the platform where it posts updates now; empty while they are asked for, or when it does not tell."""

    async def set_webhook(self) -> None:
        """Have updates posted to our webhook; nothing to do where that is done `by_hand`."""

    async def delete_webhook(self) -> None:
        """Have updates posted nowhere."""

    def hear(self, update: Json, at: datetime) -> Heard | Left | Joined | None:
        """Read an update received at `at`; pure, never raises, None for what is not for us."""

    async def updates(self) -> list[Json]:
        """Wait for updates: those it returned before come again until `confirm` was called."""

    def confirm(self) -> None:
        """Note that what `updates` returned last is on disk; its next call acknowledges them to the platform."""

    async def send(self, to: Address, said: Said) -> Receipt:
        """Say it; returns once the platform has taken all of it."""

    async def acknowledge(self, callback: str) -> None:
        """Stop a pressed button's spinning; one that is too old is fine."""

    async def fetch(self, ref: FileRef, limit: int) -> bytes:
        """Download a file of at most `limit` bytes; `Refused` when it is larger or gone."""
