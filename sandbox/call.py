"""One request of a bot, with its parameters read."""

from dataclasses import dataclass
from typing import Any

from sandbox.errors import bad, too_many
from sandbox.records import Bot, Chat
from sandbox.spec import Upload
from sandbox.world import World

Json = dict[str, Any]


@dataclass(slots=True)
class Call:
    """What a bot asks for."""

    world: World
    bot: Bot
    method: str
    params: Json
    uploads: dict[str, Upload]

    def get(self, name: str) -> Any:
        """Return a parameter, None when it was not given."""
        return self.params.get(name)

    def flag(self, name: str) -> bool:
        """Return a yes-or-no parameter."""
        return self.params.get(name) is True

    def chat(self) -> Chat:
        """Return the chat to write to, or refuse as Telegram does."""
        number = self.get("chat_id")
        if number is None or number == "":
            raise bad("chat_id is empty")
        if not isinstance(number, int):
            raise bad("chat not found")
        return self.world.open_chat(self.bot, number)

    def keep_pace(self, chat: Chat) -> None:
        """Refuse a message that comes too soon."""
        if wait := self.bot.pace.wait(chat.id):
            raise too_many(wait)
