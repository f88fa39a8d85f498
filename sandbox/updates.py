"""What waits for a bot: numbered updates, confirmed by offset, delivered again until then."""

from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.errors import bad

Json = dict[str, Any]
FIRST_UPDATE = 100_000_001
KEPT = timedelta(hours=24)
CALLBACK_KEPT = timedelta(seconds=150)
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(slots=True)
class Pending:
    """An update that was not confirmed yet."""

    update: Json
    queue: str
    expires: datetime
    again: bool = False

    @property
    def id(self) -> int:
        """Return the update's number."""
        return int(self.update["update_id"])


@dataclass(slots=True)
class Updates:
    """The updates of one bot."""

    now: Callable[[], datetime]
    keep: int | None = None
    next_id: int = FIRST_UPDATE
    allowed: frozenset[str] = frozenset()
    pending: list[Pending] = field(default_factory=list)
    history: deque[Json] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.history = deque(maxlen=self.keep)

    def allow(self, kinds: Collection[str]) -> None:
        """Remember which kinds the bot wants from now on; none means the usual ones."""
        self.allowed = frozenset(kinds)

    def wants(self, kind: str) -> bool:
        """Tell whether the bot asked for this kind."""
        return kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT

    def add(self, kind: str, payload: Json, queue: str) -> int:
        """Number and keep a new update; return its number, 0 when the bot does not want it."""
        if not self.wants(kind):
            return 0
        kept = CALLBACK_KEPT if kind == "callback_query" else KEPT
        return self.inject({kind: payload}, queue, kept)

    def inject(self, update: Json, queue: str = "raw", kept: timedelta = KEPT) -> int:
        """Keep an update as it is, numbering it when it has no number."""
        update = {"update_id": self.next_id} | update
        if not isinstance(update["update_id"], int):
            raise bad("update_id must be a number")
        self.next_id = max(self.next_id, update["update_id"]) + 1
        self.history.append(update)
        self.pending.append(Pending(update, queue, self.now() + kept))
        return int(update["update_id"])

    def repeat(self, update_id: int) -> None:
        """Deliver once more what was delivered before."""
        update = next(update for update in reversed(self.history) if update["update_id"] == update_id)
        self.pending.append(Pending(update, "raw", self.now() + KEPT, again=True))

    def confirm(self, offset: int) -> None:
        """Forget what came before the offset; a negative one keeps only so many from the end."""
        if offset < 0:
            self.pending = self.pending[offset:]
        elif offset > 0:
            self.pending = [item for item in self.pending if item.id >= offset or item.again]

    def take(self, limit: int) -> list[Json]:
        """Return what waits, oldest first; it goes on waiting until confirmed."""
        self.forget_old()
        taken = self.pending[:limit]
        repeats = [item for item in taken if item.again]
        self.pending = [item for item in self.pending if item not in repeats]
        return [item.update for item in taken]

    def done(self, item: Pending) -> None:
        """Forget an update a webhook accepted."""
        self.pending = [other for other in self.pending if other is not item]

    def forget_old(self) -> None:
        """Drop what waited too long."""
        now = self.now()
        self.pending = [item for item in self.pending if item.expires > now]
