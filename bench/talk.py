"""The feedback talk, as Telegram would bring it: eight updates from a resident, one ticket."""

from __future__ import annotations

import json
from datetime import UTC, datetime

TOKEN = "1000000001:cho-phep-do-toc-do-cua-chuong-trinh"  # noqa: S105 - nobody's
ACCOUNT = "telegram:1000000001"
COMMUNE = "26878"
FIRST_CHAT = 500_000_000
OFFICER = 1
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
ROWS = {
    "inbox_updates": 8,
    "chat_sessions": 1,
    "consents": 1,
    "tickets": 1,
    "ticket_events": 2,
    "deliveries": 1,
    "offers": 1,
    "outbox": 9,
    "audit": 1,
}
"""What one such talk leaves in the tables, ours and the peers' alike.

Besides, the counter of tickets is raised and one reminder looked up, which is there already.
"""


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


def talk_of(number: int) -> list[bytes]:
    """What the person of this number sends, from their first line to their last."""
    first = number * len(LINES) + 1
    return [update(first + place, FIRST_CHAT + number, text) for place, text in enumerate(LINES)]
