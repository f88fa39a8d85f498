"""Plays golden chats on the real thing: people with phones in the sandbox, the whole service, the Telegram adapter.

Requests and updates travel over loopback HTTP, the records are an SQLite file, and the clock is the sandbox's: it
stands still, and both sides look at it. What a golden chat cannot tell from what the engine says is put into its words:
bold entities as stars, buttons as they are labelled, numbers included.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, func, select

from bot.jobs import Timers
from bot.settings import Settings
from conversation.messages import Address, Json
from handlers.feature import Actor, perform
from handlers.invites.commands import Invite
from sandbox.clock import MovableClock
from sandbox.people import Person
from sandbox.server import serving
from sandbox.world import World
from storage import files, people, units
from storage.schema import inbox_updates, jobs, outbox
from storage.times import VIETNAM, to_ms
from tests.chats.engine import UNITS_OF_TIME
from tests.chats.script import Script, Spoken, Step
from tests.unpaced import TOKEN, UnpacedService

MORNING = datetime(2026, 11, 23, 8, tzinfo=VIETNAM)
DATE = "%Y-%m-%d %H:%M"
PATIENCE = 10.0


@asynccontextmanager
async def telegram_player(script: Script, url: str, folder: Path) -> AsyncIterator[TelegramPlayer]:
    """A served world at the hour of the script's beginning, and the service at work in it."""
    async with world_of(script) as (world, api), at_work(world, api, url, folder) as service:
        yield TelegramPlayer(world, service)


@asynccontextmanager
async def world_of(script: Script) -> AsyncIterator[tuple[World, str]]:
    """A served world at the hour of the script's beginning, and its address."""
    world = World(MovableClock(_beginning(script), frozen=True), pace=False)
    world.add_bot(TOKEN)
    async with serving(world) as api:
        yield world, api


@asynccontextmanager
async def at_work(world: World, api: str, url: str, folder: Path) -> AsyncIterator[UnpacedService]:
    """The service on its records, until it is left."""
    settings = Settings(
        database_url=url, data_dir=folder, telegram_token=SecretStr(TOKEN), telegram_api_base=api,
        telegram_webhook_url="", roles=("listen", "work", "send"),
    )  # fmt: skip
    service = await UnpacedService.open(settings, world.clock)
    stop = asyncio.Event()
    running = asyncio.create_task(service.run(stop))
    try:
        yield service
    finally:
        stop.set()
        await running
        await service.close()


def _beginning(script: Script) -> datetime:
    for step in script.steps:
        if (moment := _moment(step.line)) is not None:
            return moment
    return MORNING


def _moment(line: str) -> datetime | None:
    try:
        return datetime.strptime(line, f"@ {DATE}").replace(tzinfo=VIETNAM)
    except ValueError:
        return None


class TelegramPlayer:
    """People with phones, a clock, and the bot."""

    def __init__(self, world: World, service: UnpacedService) -> None:
        self.world = world
        self.people: dict[str, Person] = {}
        self.read: dict[str, int] = {}
        self.keyboards: dict[str, Json | None] = {}
        self.updates = 0
        self.committed = asyncio.Event()
        self.work_with(service)

    def work_with(self, service: UnpacedService) -> None:
        """Look at this service from now on."""
        self.service = service
        write = service.database.write

        async def watched(work: Callable[..., Any], *args: Any, **named: Any) -> Any:
            try:
                return await write(work, *args, **named)
            finally:
                self.committed.set()

        service.database.write = watched  # type: ignore[method-assign]

    async def __call__(self, step: Step) -> list[Spoken]:
        if step.line.startswith("@"):
            return [*await self._arrange(step.line[1:].strip()), *self._heard()]
        self.world.move(20)
        self._do(self._person(step.who), step.does)
        await self._settled()
        return self._heard()

    def _person(self, name: str) -> Person:
        if name not in self.people:
            self.people[name] = self.world.add_person(name)
        return self.people[name]

    # what people do --------------------------------------------------------------------------------------------------

    def _do(self, person: Person, does: str) -> None:
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
            for button in _buttons(message):
                if button["text"].split(". ", 1)[-1] == wanted:
                    person.tap(message["message_id"], button["text"])
                    return
        person.tap(None, label, stale=True)

    # what the bot says -----------------------------------------------------------------------------------------------

    async def _settled(self) -> None:
        """Wait until what was sent to the bot is committed, and what it answers has been sent and written down."""
        async with asyncio.timeout(PATIENCE):
            while not await self.service.database.read(self._is_settled):
                await self.committed.wait()
                self.committed.clear()

    def _is_settled(self, tx: Connection) -> bool:
        newest = max((update["update_id"] for update in self.world.bot.updates.history), default=0)
        mine = (inbox_updates.c.update_id == str(newest), inbox_updates.c.state == "done")
        heard = not newest or tx.scalar(select(func.count()).where(*mine))
        letters = tx.scalar(select(func.count()).where(outbox.c.not_before <= to_ms(self.world.clock.now())))
        fetching = tx.scalar(select(func.count()).where(jobs.c.kind == files.FETCH))
        return bool(heard) and not letters and not fetching

    def _heard(self) -> list[Spoken]:
        """What everybody has heard since the last time, one person after another."""
        spoken = []
        for name, person in self.people.items():
            messages = person.chat.spoken[self.read.get(name, 0) :]
            self.read[name] = len(person.chat.spoken)
            spoken += [_as_spoken(name, message) for message in messages]
            if messages and person.chat.keyboard is not self.keyboards.get(name):
                self.keyboards[name] = person.chat.keyboard
                spoken[-1] = _with_keyboard(spoken[-1], person.chat.keyboard or {})
        return spoken

    # instructions ----------------------------------------------------------------------------------------------------

    async def _arrange(self, line: str) -> list[Spoken]:
        write = self.service.database.write
        match line.split():
            case ["sau", number, unit]:
                self.world.move(timedelta(**{UNITS_OF_TIME[unit]: int(number)}).total_seconds())
                await self._fire_timers()
            case ["đơn", "vị", parent, *name]:
                await write(units.add_unit, parent, " ".join(name))
            case ["cán", "bộ", who, role, unit, *name]:
                await write(self._officer, self._person(who), role, unit, " ".join(name) or who)
            case ["người", "dân", who, honorific, unit, *name]:
                await write(self._resident, self._person(who), honorific, unit, " ".join(name) or who)
            case ["mã", "mời", role, unit]:
                return [Spoken("", await write(self._invite, role, unit))]
            case _:
                moment = datetime.strptime(line, DATE).replace(tzinfo=VIETNAM)
                self.world.move((moment - self.world.clock.now()).total_seconds())
        return []

    async def _fire_timers(self) -> None:
        service = self.service
        await Timers(service.database, service.registry, service.clock, service.committed).fire_due()
        await self._settled()

    def _resident(self, tx: Connection, person: Person, honorific: str, unit: str, name: str) -> int:
        person.chat.started = True
        now = self.world.clock.now()
        address = Address(f"telegram:{self.world.bot.user()['id']}", str(person.id))
        number = people.register(tx, address, honorific, unit, now)
        people.change(tx, number, name=name)
        people.consent(tx, number, "news", "Đồng ý nhận tin", address, "0", now)
        return number

    def _officer(self, tx: Connection, person: Person, role: str, unit: str, name: str) -> None:
        people.grant(tx, self._resident(tx, person, "anh", unit, name), role, unit, self.world.clock.now())

    def _invite(self, tx: Connection, role: str, unit: str) -> str:
        return perform(self.service.registry, tx, Actor(self.world.clock.now(), operator="test"), Invite(role, unit))


# --- what is on a phone, as a golden chat writes it -----------------------------------------------------------------


def _as_spoken(name: str, message: Json) -> Spoken:
    text = _starred(message.get("text") or message.get("caption") or "", message)
    if "document" in message:
        text = f"(tệp {message['document']['file_name']})"
    if "photo" in message or "voice" in message:
        text += "(tệp gửi kèm)"
    return Spoken(name, text, tuple(button["text"] for button in _buttons(message)))


def _with_keyboard(spoken: Spoken, keyboard: Json) -> Spoken:
    """The message and the keys that came up under the text field: one's own number, then what else can be said."""
    keys = [key if isinstance(key, str) else key["text"] for row in keyboard.get("keyboard", []) for key in row]
    return Spoken(spoken.to, f"{spoken.text}\n[📞 {keys[0]}]", tuple(keys[1:])) if keys else spoken


def _starred(text: str, message: Json) -> str:
    """The text with stars around what is bold; Telegram counts in UTF-16."""
    written = text.encode("utf-16-le")
    marks = [
        2 * place
        for entity in message.get("entities") or message.get("caption_entities") or []
        if entity["type"] == "bold"
        for place in (entity["offset"], entity["offset"] + entity["length"])
    ]
    pieces = [written[start:end] for start, end in zip([0, *marks], [*marks, len(written)], strict=True)]
    return "**".join(piece.decode("utf-16-le") for piece in pieces)


def _buttons(message: Json) -> list[Json]:
    return [button for row in message.get("reply_markup", {}).get("inline_keyboard", []) for button in row]
