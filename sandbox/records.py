"""What the world keeps: bots, chats, requests, webhooks, taps."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.pace import Pace
from sandbox.updates import Updates

Json = dict[str, Any]


@dataclass(slots=True)
class Request:
    """A request a bot made, with the status it was answered with; 0 when the connection was dropped."""

    method: str
    params: Json
    at: datetime
    status: int = 0
    description: str = ""
    trouble: str = ""
    """The kind of trouble that struck it."""


@dataclass(slots=True)
class Webhook:
    """Where a bot wants its updates sent."""

    url: str
    secret: str = ""
    max_connections: int = 40
    last_error: str = ""
    last_error_date: int = 0


@dataclass(slots=True)
class Callback:
    """A tap on a button that waits for an answer."""

    chat: int
    at: datetime
    answered: bool = False


@dataclass(slots=True)
class Chat:
    """One private chat between a person and a bot."""

    user: Json
    instance: str
    messages: dict[int, Json] = field(default_factory=dict)
    spoken: list[Json] = field(default_factory=list)
    last_id: int = 0
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    keyboard: Json | None = None
    notice: Json | None = None
    typing_until: float = 0.0

    @property
    def id(self) -> int:
        """Return the chat's number, which is the person's."""
        return int(self.user["id"])

    def shape(self) -> Json:
        """Return the chat as Telegram writes it."""
        return {"id": self.id, "first_name": self.user["first_name"], "type": "private"}


@dataclass(slots=True)
class Bot:
    """A bot and everything it has set."""

    token: str
    username: str
    name: str
    updates: Updates
    pace: Pace
    webhook: Webhook | None = None
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    about: dict[str, str] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    callbacks: dict[str, Callback] = field(default_factory=dict)

    def user(self) -> Json:
        """Return the bot as a user."""
        number = int(self.token.split(":")[0])
        return {"id": number, "is_bot": True, "first_name": self.name, "username": self.username}

    def menu(self, user_id: int, language: str) -> list[Json]:
        """Return the commands a person sees: the narrowest scope first, their language before the rest."""
        scopes: list[Json] = [
            {"type": "chat", "chat_id": user_id},
            {"type": "all_private_chats"},
            {"type": "default"},
        ]
        for scope in scopes:
            for code in (language, ""):
                if found := self.commands.get((scope_key(scope), code)):
                    return found
        return []


def scope_key(scope: Json) -> str:
    """Return a scope of commands as a key."""
    return json.dumps(scope, sort_keys=True)
