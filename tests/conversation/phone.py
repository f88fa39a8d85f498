"""A records port without a database, for tests of the engine alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from conversation.chat import Chat
from conversation.messages import N_, Address, Command, Heard, Json, Query, Turn
from conversation.speech import Speaker
from conversation.state import Offer
from conversation.talks import Talk, Talks
from conversation.turn import turn
from conversation.words_vi import GlobalWord

T = TypeVar("T")
START = datetime(2026, 11, 23, 1, tzinfo=UTC)


@dataclass
class MemoryRecords:
    """Remembers commands, answers no query."""

    done: list[object] = field(default_factory=list)
    offered: dict[int, Offer] = field(default_factory=dict)
    taken: list[int] = field(default_factory=list)
    who: Speaker = field(default_factory=lambda: Speaker(1, "bac", "Nguyễn Thị Hoa"))

    def speaker(self) -> Speaker:
        return self.who

    def look(self, query: Query[T]) -> T:
        raise NotImplementedError

    def do(self, command: Command[T]) -> T:
        self.done.append(command)
        return command  # type: ignore[return-value]

    def offers(self) -> Sequence[Offer]:
        return [offer for number, offer in self.offered.items() if number not in self.taken]

    def offer(self, number: int) -> Offer | None:
        return self.offered.get(number)

    def take(self, number: int) -> None:
        self.taken.append(number)

    def carries(self, name: str) -> bool:
        return True


def menu(chat: Chat) -> None:
    chat.choose("what", N_("{You} cần gì ạ?"), {"a": N_("Việc A")})


MENU = Talk("menu", menu, N_("xem các việc"), ("/menu",), GlobalWord.MENU, asks_first=False)


class Phone:
    """One person talking with one script, the state through JSON between any two messages."""

    def __init__(self, script: Callable[[Chat], None], *others: Talk) -> None:
        self.records = MemoryRecords()
        self.state: Json | None = None
        self.now = START
        self.updates = 0
        self.others = others
        self.last = Turn((), None)
        self.buttons: list[tuple[str, str]] = []
        self.becomes(script)

    def becomes(self, script: Callable[[Chat], None]) -> None:
        """A new version of the program."""
        self.talks = Talks((Talk("it", script, N_("làm việc ấy"), ("/it",)), MENU, *self.others))

    def hear(self, text: str = "", **fields: Any) -> str:
        """Send something; all that is said, in one string."""
        self.now += timedelta(seconds=15)
        self.updates += 1
        heard = Heard(Address("test", "1"), str(self.updates), self.now, text=text, **fields)
        self.last = turn(self.talks, self.state, heard, self.records, lambda _language: str)
        self.state = as_stored(self.last.keeps)
        for said in self.last.says:
            self.buttons += [(choice.data, choice.label) for choice in said.choices]
        return "\n".join(said.text for said in self.last.says)

    def tap(self, label: str) -> str:
        """Tap the newest button with this label."""
        data = next(data for data, shown in reversed(self.buttons) if shown == label)
        return self.hear(tap=data)

    @property
    def labels(self) -> list[str]:
        return [choice.label for said in self.last.says for choice in said.choices]


def as_stored(state: Json | None) -> Json | None:
    stored: Json | None = json.loads(json.dumps(state)) if state is not None else None
    return stored
