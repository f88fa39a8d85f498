"""How fast a bot may talk: about thirty messages a second in all, one a second to a chat, short bursts allowed."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

OVERALL = 30
BURST = 5


@dataclass(slots=True)
class Bucket:
    """Tokens that come back with time."""

    size: float
    rate: float
    at: float
    tokens: float

    def wait(self, now: float) -> float:
        """Return how long until a token is there."""
        self.tokens = min(self.size, self.tokens + (now - self.at) * self.rate)
        self.at = now
        return 0.0 if self.tokens >= 1 else (1 - self.tokens) / self.rate


@dataclass(slots=True)
class Pace:
    """Counts messages of one bot and says how long to wait when there are too many."""

    on: bool = True
    overall: float = OVERALL
    per_chat: float = 1.0
    burst: float = BURST
    monotonic: Callable[[], float] = time.monotonic
    refused: int = 0
    _all: Bucket | None = None
    _chats: dict[int, Bucket] = field(default_factory=dict)

    def wait(self, chat: int) -> int:
        """Return the whole seconds to wait before this message, 0 for none, and count it."""
        if not self.on:
            return 0
        now = self.monotonic()
        if self._all is None:
            self._all = Bucket(self.overall, self.overall, now, self.overall)
        mine = self._chats.setdefault(chat, Bucket(self.burst, self.per_chat, now, self.burst))
        wait = max(self._all.wait(now), mine.wait(now))
        if wait > 0:
            self.refused += 1
            return math.ceil(wait)
        self._all.tokens -= 1
        mine.tokens -= 1
        return 0
