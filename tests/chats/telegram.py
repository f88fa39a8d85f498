"""Plays golden chats on Telegram. What a golden chat cannot tell from what the engine says is put into its words: bold
entities as stars, buttons as they are labelled, numbers included.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from bot.settings import Settings
from conversation.messages import Json
from sandbox.people import Person
from sandbox.phone import inline
from sandbox.world import World
from tests.chats.player import Player, running, world_of
from tests.chats.script import Script, Spoken
from tests.unpaced import TOKEN, UnpacedService


@asynccontextmanager
async def telegram_player(script: Script, url: str, folder: Path) -> AsyncIterator[TelegramPlayer]:
    """A served world at the hour of the script's beginning, and the service at work in it."""
    async with world_of(script) as (world, api), at_work(world, api, url, folder) as service:
        yield TelegramPlayer(world, service)


@asynccontextmanager
async def at_work(world: World, api: str, url: str, folder: Path) -> AsyncIterator[UnpacedService]:
    """The service on its records, until it is left."""
    settings = Settings(
        database_url=url, data_dir=folder, telegram_token=SecretStr(TOKEN), telegram_api_base=api,
        telegram_webhook_url="", roles=("listen", "work", "send"),
    )  # fmt: skip
    async with running(await UnpacedService.open(settings, world.clock)) as service:
        yield service


class TelegramPlayer(Player[Person, UnpacedService]):
    """People with phones, a clock, and the bot on Telegram."""

    def __init__(self, world: World, service: UnpacedService) -> None:
        super().__init__(world, service)
        self.read: dict[str, int] = {}
        self.keyboards: dict[str, Json | None] = {}

    @property
    def account(self) -> str:
        return f"telegram:{self.world.bot.user()['id']}"

    def newcomer(self, name: str) -> Person:
        return self.world.add_person(name)

    def known(self, person: Person) -> None:
        person.chat.started = True

    def newest(self) -> str:
        return str(max((update["update_id"] for update in self.world.bot.updates.history), default=""))

    def do(self, person: Person, does: str) -> None:
        if does.startswith("["):
            return self._tap(person, does.strip("[]"))
        if does.startswith("("):
            return self._special(person, *does[1:].partition(")")[::2])
        person.type(does)
        return None

    def _special(self, person: Person, kind: str, rest: str) -> None:
        kind, _, words = kind.partition(": ")
        if kind.startswith("số của tôi"):
            person.phone = kind.split()[-1]
        match kind.split():
            case ["chặn"]:
                person.block()
            case ["mở", "chặn"]:
                person.unblock()
            case ["sửa", "tin"]:
                mine = [message for message in person.messages if not message["from"]["is_bot"]]
                person.edit(mine[-1]["message_id"], rest.strip())
            case ["nhãn", "dán"]:
                person.send_sticker()
            case ["tệp"]:
                person.send_document(b"%PDF-1.7", "thu.pdf")
            case ["giọng", "nói"]:
                person.send_voice()
            case ["số", *_]:
                person.share_contact(own="của tôi" in kind)
            case _:
                person.send_photo(caption=words, album="a1" if "album" in kind else "")

    def _tap(self, person: Person, label: str) -> None:
        """Tap the newest button of that label, however old; one that never was is forged."""
        wanted = label.split(". ", 1)[-1]
        for message in reversed(person.heard):
            for button in inline(message):
                if button["text"].split(". ", 1)[-1] == wanted:
                    person.tap(message["message_id"], button["text"])
                    return
        person.tap(None, label, stale=True)

    def heard(self) -> list[Spoken]:
        spoken = []
        for name, person in self.people.items():
            messages = person.chat.spoken[self.read.get(name, 0) :]
            self.read[name] = len(person.chat.spoken)
            spoken += [_as_spoken(name, message) for message in messages]
            if messages and person.chat.keyboard is not self.keyboards.get(name):
                self.keyboards[name] = person.chat.keyboard
                spoken[-1] = _with_keyboard(spoken[-1], person.chat.keyboard or {})
        return spoken


# --- what is on a phone, as a golden chat writes it -----------------------------------------------------------------


def _as_spoken(name: str, message: Json) -> Spoken:
    text = starred(message.get("text") or message.get("caption") or "", message)
    if "document" in message:
        text = f"(tệp {message['document']['file_name']})"
    if "photo" in message or "voice" in message:
        text += "(tệp gửi kèm)"
    return Spoken(name, text, tuple(button["text"] for button in inline(message)))


def _with_keyboard(spoken: Spoken, keyboard: Json) -> Spoken:
    """The message and the keys that came up under the text field: one's own number, then what else can be said."""
    keys = [key if isinstance(key, str) else key["text"] for row in keyboard.get("keyboard", []) for key in row]
    return Spoken(spoken.to, f"{spoken.text}\n[📞 {keys[0]}]", tuple(keys[1:])) if keys else spoken


def starred(text: str, message: Json) -> str:
    """The text with stars around what is bold; it is counted in UTF-16."""
    written = text.encode("utf-16-le")
    marks = [
        2 * place
        for entity in message.get("entities") or message.get("caption_entities") or []
        if entity["type"] == "bold"
        for place in (entity["offset"], entity["offset"] + entity["length"])
    ]
    pieces = [written[start:end] for start, end in zip([0, *marks], [*marks, len(written)], strict=True)]
    return "**".join(piece.decode("utf-16-le") for piece in pieces)
