"""How fast the sender may speak: token buckets, on a clock that is handed in."""

from __future__ import annotations

import math
from collections.abc import Collection

from bot.channels.channel import Pace as Allowed
from bot.channels.channel import Rate
from storage.outbox import Lane

MOST_IN_FLIGHT = 30
SPARE = 1.5
"""So many times what an even latency needs, because it is not even."""
TYPICAL_SECONDS = 0.1
LEARNING = 0.1
"""How much one round trip changes what is expected of the next."""


class Bucket:
    """Tokens that come back with time, kept as the one moment at which the bucket would be full again."""

    __slots__ = ("_full_at", "_rate")

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._full_at = 0.0

    def room(self, now: float) -> int:
        """How many tokens there are."""
        missing = max(0.0, self._full_at - now) * self._rate.per_second
        return max(0, int(self._rate.burst - missing + 1e-6))

    def take(self, now: float) -> None:
        """Take one token, which must be there."""
        self._full_at = max(self._full_at, now) + 1 / self._rate.per_second

    def give_back(self) -> None:
        """Put back a token that was taken in vain."""
        self._full_at -= 1 / self._rate.per_second

    def empty(self, until: float) -> None:
        """Have no token before `until`, and one then."""
        self._full_at = max(self._full_at, until + (self._rate.burst - 1) / self._rate.per_second)

    def next_at(self, now: float) -> float:
        """When there is a token."""
        return max(now, self._full_at - (self._rate.burst - 1) / self._rate.per_second)

    def full(self, now: float) -> bool:
        """Tell whether nothing would be forgotten by dropping this bucket."""
        return self._full_at <= now


class Pace:
    """The budgets of one bot account; seconds are of any monotonic clock.

    It starts with one token only: nobody knows what the process before it sent a moment ago.
    """

    def __init__(self, allowed: Allowed, now: float) -> None:
        self._per_chat = allowed.per_chat
        self._overall, self._bulk = Bucket(allowed.overall), Bucket(allowed.bulk)
        self._chats: dict[str, Bucket] = {}
        self.pause(now)

    def room(self, now: float) -> int:
        """How many messages may be sent at once."""
        return self._overall.room(now)

    def bulk_room(self, now: float) -> int:
        """How many of them may be broadcast."""
        return min(self._bulk.room(now), self.room(now))

    def take(self, lane: Lane, chat: str, now: float) -> None:
        """Count a message that is about to be sent."""
        self._overall.take(now)
        if lane is Lane.BULK:
            self._bulk.take(now)
        self._chats.setdefault(chat, Bucket(self._per_chat)).take(now)

    def pause(self, until: float) -> None:
        """Say nothing before `until`."""
        self._overall.empty(until)

    def pause_chat(self, chat: str, until: float) -> None:
        """Say nothing to this chat before `until`."""
        self._chats.setdefault(chat, Bucket(self._per_chat)).empty(until)

    def resting(self, now: float) -> Collection[str]:
        """Chats that must not be written to just now; those with nothing to remember are forgotten."""
        self._chats = {chat: bucket for chat, bucket in self._chats.items() if not bucket.full(now)}
        return {chat for chat, bucket in self._chats.items() if bucket.room(now) < 1}

    def next_at(self, now: float) -> float:
        """When the next message may be sent, of whichever kind; `now` when nothing was sent just before."""
        return max(self._overall.next_at(now), self._bulk.next_at(now))


class Window:
    """How many letters may be on their way at once: a crash may repeat them all, so no more than the pace needs."""

    def __init__(self, rate: Rate) -> None:
        self._per_second, self._seconds = rate.per_second, TYPICAL_SECONDS

    @property
    def size(self) -> int:
        """What the pace needs at the latency of late."""
        return min(MOST_IN_FLIGHT, math.ceil(self._per_second * self._seconds * SPARE))

    def took(self, seconds: float) -> None:
        """Learn from a round trip."""
        self._seconds += (seconds - self._seconds) * LEARNING
