"""One person's haste must not keep the others waiting: whoever writes faster than people do is asked to slow down."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from bot.channels.channel import Rate
from bot.pace import Bucket
from conversation.messages import Address

CALM = Rate(per_second=1, burst=60)
"""Far above what a person types, and a phone that was offline may send what gathered meanwhile."""
QUIET = Rate(per_second=1 / 60, burst=1)
"""A group need not be told more than once a minute where the bot talks; Telegram allows 20 messages there."""
TIDY_AT = 1000


class Verdict(Enum):
    """What is done with a message."""

    READ = auto()
    ASK_TO_SLOW_DOWN = auto()
    TURN_AWAY = auto()


@dataclass(slots=True)
class _Visitor:
    bucket: Bucket
    asked: bool = False


class Gate:
    """Lets each address in at its own pace; forgets those who have been calm."""

    def __init__(self, calm: Rate = CALM, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._calm, self._monotonic = calm, monotonic
        self._visitors: dict[Address, _Visitor] = {}
        self._tidy_at = TIDY_AT

    def admit(self, address: Address) -> Verdict:
        """Count a message; the first one too many asks to slow down, those after it are turned away until calm."""
        now = self._monotonic()
        visitor = self._visitors.get(address) or self._welcome(address, now)
        if visitor.bucket.room(now):
            visitor.asked = visitor.asked and not visitor.bucket.full(now)
            visitor.bucket.take(now)
            return Verdict.READ
        if visitor.asked:
            return Verdict.TURN_AWAY
        visitor.asked = True
        return Verdict.ASK_TO_SLOW_DOWN

    def take_back(self, address: Address, verdict: Verdict) -> None:
        """Forget a message that had no effect and is going to come again."""
        visitor = self._visitors.get(address)
        if visitor is None:
            return
        if verdict is Verdict.READ:
            visitor.bucket.give_back()
        elif verdict is Verdict.ASK_TO_SLOW_DOWN:
            visitor.asked = False

    def _welcome(self, address: Address, now: float) -> _Visitor:
        if len(self._visitors) >= self._tidy_at:
            self._visitors = {each: known for each, known in self._visitors.items() if not known.bucket.full(now)}
            self._tidy_at = max(TIDY_AT, 2 * len(self._visitors))
        return self._visitors.setdefault(address, _Visitor(Bucket(self._calm)))
