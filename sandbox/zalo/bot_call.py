"""One request of a Zalo bot, with its parameters read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.utf16 import units
from sandbox.zalo.errors import ZaloError

if TYPE_CHECKING:
    from sandbox.zalo.bot import ZaloBot
    from sandbox.zalo.phone import ZaloPhone

Json = dict[str, Any]
MAX_TEXT = 2000


@dataclass(slots=True)
class Call:
    """What the bot asks for."""

    bot: ZaloBot
    params: Json

    def text(self, name: str) -> str:
        """Return a parameter that must be words, neither none nor too many."""
        value = self.params.get(name)
        if not isinstance(value, str) or not value.strip():
            raise bad(f"The {name} must not be empty")
        if units(value) > MAX_TEXT:
            raise bad(f"The {name} must not exceed {MAX_TEXT} characters")
        return value

    def phone(self) -> ZaloPhone:
        """Return the phone of the chat to write to."""
        number = self.params.get("chat_id")
        if not isinstance(number, str) or not number:
            raise bad("The chat_id must not be empty")
        phone = self.bot.phones.get(number)
        if phone is None or phone.blocked:
            raise ZaloError(404, "Not found")
        return phone


def bad(words: str) -> ZaloError:
    """Return a 400 with these words."""
    return ZaloError(400, words)
