"""A phone in somebody's hand, whatever app is open on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.world import World

Json = dict[str, Any]


class Phone:
    """What can be seen on a phone; messages are written as Telegram writes them, whatever the app."""

    app = "telegram"

    def __init__(self, world: World, number: int, name: str, role: str) -> None:
        self.world = world
        self.number = number
        self.name = name
        self.role = role
        self._heard = 0

    @property
    def messages(self) -> list[Json]:
        """Return everything on the screen, oldest first."""
        raise NotImplementedError

    @property
    def spoken(self) -> list[Json]:
        """Return what the bot said or changed, in order."""
        raise NotImplementedError

    def screen(self) -> Json:
        """Return what else the page shows of this phone."""
        raise NotImplementedError

    @property
    def heard(self) -> list[Json]:
        """Return what the bot said that is still on the screen."""
        return [message for message in self.messages if message["from"]["is_bot"]]

    @property
    def last(self) -> Json:
        """Return the bot's newest message."""
        return self.heard[-1]

    def message(self, message_id: object) -> Json:
        """Return a message on the screen, the bot's newest if none is named."""
        if message_id is None:
            return self.last
        return next(message for message in self.messages if message["message_id"] == message_id)

    def buttons(self, message_id: object = None) -> list[str]:
        """Return the labels under a message, the bot's newest if none is named."""
        return [button["text"] for button in inline(self.message(message_id))]

    async def hear(self, words: str = "", *, timeout: float = 5.0) -> Json:  # noqa: ASYNC109  (for tests)
        """Return the next thing the bot says (or edits) that has these words, waiting for it."""

        def found() -> Json | None:
            for index in range(self._heard, len(self.spoken)):
                message = self.spoken[index]
                if words in str(message.get("text") or message.get("caption") or ""):
                    self._heard = index + 1
                    return message
            return None

        return await self._until(found, timeout, words)

    async def _until(self, found: Callable[[], Json | None], limit: float, words: str) -> Json:
        happened = asyncio.Event()
        with self.world.watched(happened.set):
            try:
                async with asyncio.timeout(limit):
                    while (message := found()) is None:
                        happened.clear()
                        await happened.wait()
            except TimeoutError:
                said = [item.get("text") or item.get("caption") for item in self.spoken[self._heard :]]
                raise AssertionError(f"{self.name} never heard {words!r}; heard since: {said}") from None
        return message


def inline(message: Json) -> list[Json]:
    """Return the buttons under a message."""
    return [button for row in message.get("reply_markup", {}).get("inline_keyboard", []) for button in row]


def data_of(message: Json, what: str) -> str:
    """Return what a button under a message stands for; it is found by its label or by that."""
    buttons = [button for button in inline(message) if "callback_data" in button]
    for button in buttons:
        if what in (button["callback_data"], button["text"]):
            return str(button["callback_data"])
    raise ValueError(f"no button {what!r}; there are {[button['text'] for button in buttons]}")
