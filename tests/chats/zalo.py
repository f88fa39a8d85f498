"""Plays golden chats on Zalo, where people type numbers instead of tapping, and the bot is told by webhook.

What the adapter was given to say is what the golden chat shows; and all of it must be found on the phone: every line,
every choice with its number, each file, or words in its place.
"""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from pydantic import SecretStr

from bot.channels.channel import Channel, Receipt
from bot.settings import Settings
from conversation.messages import BOLD, PLAIN, Address, Json, Said
from sandbox.world import World
from sandbox.zalo.account import ZaloAccount
from sandbox.zalo.phone import ZaloPhone
from tests.chats.player import PATIENCE, Player, running, world_of
from tests.chats.script import Lacking, Script, Spoken, as_spoken
from tests.chats.telegram import starred
from tests.crash.bench import free_port
from tests.unpaced import UnpacedService

App = Literal["zalo_bot", "zalo_oa"]


class Listening(UnpacedService):
    """The service, and what its channel was given to say to whom, in order."""

    def _channels(self) -> list[Channel]:
        self.told: list[tuple[str, Said]] = []
        channels = super()._channels()
        for channel in channels:
            self._listen(channel)
        return channels

    def _listen(self, channel: Channel) -> None:
        send = channel.send

        async def listened(to: Address, said: Said) -> Receipt:
            self.told.append((to.chat, said))
            return await send(to, said)

        channel.send = listened  # type: ignore[method-assign]


@asynccontextmanager
async def zalo_player(app: App, script: Script, url: str, folder: Path) -> AsyncIterator[ZaloPlayer]:
    """A served world at the hour of the script's beginning, and the service at work in it, known to the platform."""
    async with world_of(script) as (world, api):
        settings = settings_of(app, world, api, database_url=url, data_dir=folder)
        async with running(await Listening.open(settings, world.clock)) as service:
            player = ZaloPlayer(world, service, app)
            player.zalo.postman.patience = PATIENCE  # how fast a webhook answers is looked at elsewhere
            await player.known_to_the_platform()
            yield player
    assert not player.zalo.complaints


def settings_of(app: App, world: World, api: str, **given: Any) -> Settings:
    """The settings of a program that is on Zalo alone."""
    port = free_port()
    roles = ("listen", "work", "send", "web")
    common = {"web_port": port, "public_url": f"http://127.0.0.1:{port}", "roles": roles, **given}
    if app == "zalo_bot":
        token, secret = SecretStr(world.zalo_bot.token), SecretStr("khong-ai-biet")
        return Settings(
            zalo_bot_token=token, zalo_bot_webhook_secret=secret, zalo_bot_api_base=f"{api}/zalo_bot", **common
        )
    oa = world.zalo_oa
    return Settings(
        zalo_oa_app_id=oa.app_id, zalo_oa_id=oa.oa_id, zalo_oa_secret=SecretStr(oa.oa_secret),
        zalo_oa_app_secret=SecretStr(oa.app_secret), zalo_oa_refresh_token=SecretStr(oa.tokens.refresh),
        zalo_oa_api_base=f"{api}/zalo_oa", **common,
    )  # fmt: skip


class ZaloPlayer(Player[ZaloPhone, Listening]):
    """People with phones, a clock, and the bot on Zalo."""

    def __init__(self, world: World, service: Listening, app: App) -> None:
        super().__init__(world, service)
        self.zalo: ZaloAccount = world.zalo_bot if app == "zalo_bot" else world.zalo_oa
        self.asked: dict[str, list[str]] = {}
        self.seen: dict[str, int] = {}
        self.albums: set[str] = set()
        self.sent = ""

    async def known_to_the_platform(self) -> None:
        """Wait until events are posted to the service; an Official Account's administrator sets that by hand."""
        with self.world.watched(self.committed.set):
            while not self.zalo.postman.url:
                self._hook_by_hand()
                await self.committed.wait()
                self.committed.clear()

    def _hook_by_hand(self) -> None:
        channel = self.service.lines[0].channel if self.service.lines else None
        if channel and channel.webhook and channel.webhook.by_hand:
            self.world.zalo_oa.hook(channel.webhook.url)

    @property
    def account(self) -> str:
        return self.service.lines[0].channel.account

    def newcomer(self, name: str) -> ZaloPhone:
        return self.zalo.add_person(name)

    def known(self, person: ZaloPhone) -> None:
        person.follows, person.interacted = True, self.world.clock.now()

    def busy(self) -> bool:
        return super().busy() or not self.zalo.postman.idle

    def time_passed(self) -> None:
        """Everybody has looked into the menu meanwhile: an Official Account may not write to who was silent a week."""
        for person in self.people.values():
            person.interacted = self.world.clock.now()

    def newest(self) -> str:
        return self.sent

    # what people do --------------------------------------------------------------------------------------------------

    def do(self, person: ZaloPhone, does: str) -> None:
        message = self._done(person, does)
        self.sent = message["message_id"] if message else ""

    def _done(self, person: ZaloPhone, does: str) -> Json | None:
        if does.startswith("["):
            return person.type(self._number(person, does.strip("[]")))
        if does.startswith("("):
            return self._special(person, does[1:].partition(")")[0])
        return person.type(does)

    def _special(self, person: ZaloPhone, kind: str) -> Json | None:
        kind, _, words = kind.partition(": ")
        match kind:
            case "chặn":
                person.block()
                return None
            case "mở chặn":
                person.unblock()
                return None
            case "nhãn dán":
                return person.send_sticker()
            case "giọng nói":
                return person.send_voice()
            case "ảnh trong album" if person.id not in self.albums:  # on Zalo each of them is a message by itself
                self.albums.add(person.id)
                return person.send_photo(caption=words)
            case "ảnh":
                return person.send_photo(caption=words)
            case "tệp":
                return person.send_unsupported()
        raise Lacking(f"({kind})")

    def _number(self, person: ZaloPhone, label: str) -> str:
        """What somebody types who would tap a button under the newest question."""
        wanted = label.split(". ", 1)[-1]
        labels = self.asked.get(person.id, [])
        if wanted not in labels:
            raise Lacking(f"[{label}], which is not among {labels}")
        return str(labels.index(wanted) + 1)

    # what the bot says -----------------------------------------------------------------------------------------------

    def heard(self) -> list[Spoken]:
        told, self.service.told = self.service.told, []
        spoken = []
        for name, person in self.people.items():
            mine = [said for chat, said in told if chat == person.id and (said.text or said.document or said.file)]
            on_phone = person.spoken[self.seen.get(name, 0) :]
            self.seen[name] = len(person.spoken)
            check_shown(mine, on_phone)
            if mine:  # what was asked before, numbers answer no more
                self.asked[person.id] = [choice.label for said in mine for choice in said.choices]
            spoken += [as_spoken(name, said) for said in mine]
        return spoken


def check_shown(told: list[Said], messages: list[Json]) -> None:
    """Find all that was said on the phone."""
    plain = not any("entities" in message for message in messages)  # an Official Account has no bold letters
    shown = [starred(message.get("text") or message.get("caption") or "", message) for message in messages]
    lines = [line.strip() for text in shown for line in text.split("\n")]
    for said in told:
        for line in _lines(said, plain=plain):
            assert line in lines, (line, lines)
            lines.remove(line)
        if said.choices or said.asks_contact or said.document:
            assert any(lines), f"nothing says how to answer, or what is not shown: {said}"
    assert sum("photo" in message for message in messages) <= sum(bool(said.file) for said in told)


def _lines(said: Said, *, plain: bool) -> list[str]:
    """The lines somebody must see: the words, then the choices that are not among them already."""
    star = "" if plain else "**"
    text = unicodedata.normalize("NFC", said.text.replace(BOLD, star).replace(PLAIN, star))
    words = [line.strip() for line in text.split("\n") if line.strip()]
    choices = [f"{number}. {choice.label}" for number, choice in enumerate(said.choices, 1)]
    bare = {line.replace("**", "") for line in words}
    return words + ([] if bare.issuperset(choices) else choices)
