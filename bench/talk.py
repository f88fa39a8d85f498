"""The feedback talk, as Telegram would bring it: eight updates from a resident, one ticket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime

TOKEN = "1000000001:cho-phep-do-toc-do-cua-chuong-trinh"  # noqa: S105 - nobody's
ACCOUNT = "telegram:1000000001"
COMMUNE = "26878"
FIRST_CHAT = 500_000_000
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)  # nine in the morning in Vietnam
LINES = (
    "den duong hem 47 hu 3 hom roi",
    "1",  # yes, feedback
    "1",  # yes, street lighting
    "khong",  # no danger
    "truoc nha so 12, sat quan ca phe",
    "1",  # with a name
    "dong y",
    "gui",
)


class Still:
    """A clock that stands."""

    def now(self) -> datetime:
        """Always the same."""
        return NOW


def update(number: int, chat: int, text: str) -> bytes:
    """One message, as Telegram writes it."""
    person = {"id": chat, "is_bot": False, "first_name": "Hoa", "language_code": "vi"}
    room = {"id": chat, "first_name": "Hoa", "type": "private"}
    message = {"message_id": number, "from": person, "chat": room, "date": int(NOW.timestamp()), "text": text}
    return json.dumps({"update_id": number, "message": message}).encode()


def talks(first: int, chats: int) -> list[list[bytes]]:
    """What each of so many people sends, from the first chat on."""
    numbers = range(first, first + chats)
    return [
        [update(n * len(LINES) + place + 1, FIRST_CHAT + n, text) for place, text in enumerate(LINES)] for n in numbers
    ]


async def crowd(people: list[list[bytes]], in_flight: int, take: Callable[[bytes], Awaitable[object]]) -> None:
    """Everybody says their lines, each waiting for the last to be committed, so many people at a time."""

    async def speak(waiting: Iterator[list[bytes]]) -> None:
        for lines in waiting:
            for line in lines:
                await take(line)

    queue = iter(people)
    await asyncio.gather(*(speak(queue) for _ in range(in_flight)))
