"""Plays golden chats on the bare engine: no channel, real records."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from bot.features import registry
from bot.turns import Desk
from conversation.messages import Address, Contact, FileRef, Heard, Joined, Left
from handlers.feature import Actor, perform
from handlers.invites.commands import Invite
from storage import jobs, outbox, people, units
from storage.database import Database
from storage.schema import outbox as outbox_rows
from storage.times import VIETNAM
from tests.chats.arranging import arrange
from tests.chats.script import Spoken, Step, as_spoken

ACCOUNT = "test:1"
OTHERS = {"nhãn dán": "sticker", "tệp": "unsupported"}
UNITS_OF_TIME = {"ngày": "days", "giờ": "hours", "phút": "minutes"}


class EnginePlayer:
    """People, a clock, and the bot's records."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.registry = registry()
        self.desk = Desk(self.registry)
        self.now = datetime(2026, 11, 23, 8, tzinfo=VIETNAM)
        self.updates = 0
        self.buttons: dict[str, list[tuple[str, str]]] = {}

    async def __call__(self, step: Step) -> list[Spoken]:
        if step.line.startswith("@"):
            spoken = await self._arrange(step.line[1:].strip())
        else:
            self.now += timedelta(seconds=20)
            await self.database.write(self.desk.take, self._event(step.who, step.does))
            spoken = []
        return [*spoken, *await self.database.write(self._deliver)]

    # what people do ----------------------------------------------------------------------------------------------

    def _event(self, who: str, does: str) -> Heard | Left | Joined:
        self.updates += 1
        place = (Address(ACCOUNT, who), str(self.updates), self.now)
        if does == "(chặn)":
            return Left(*place)
        if does == "(mở chặn)":
            return Joined(*place)
        return self._heard(Heard(*place), does)

    def _heard(self, heard: Heard, does: str) -> Heard:
        fields: dict[str, object] = {"text": does}
        if does.startswith("["):
            label = does.strip("[]")
            fields = {"tap": self._button(heard.address.chat, label), "callback": f"c{heard.update}"}
        elif does.startswith("("):
            fields = self._special(*does[1:].partition(")")[::2])
        return Heard(**{**{name: getattr(heard, name) for name in ("address", "update", "at")}, **fields})

    def _special(self, kind: str, rest: str) -> dict[str, object]:
        kind, _, words = kind.partition(": ")
        if kind.startswith("số "):
            return {"contact": Contact(kind.split()[-1], own="của tôi" in kind)}
        if kind == "sửa tin":
            return {"text": rest.strip(), "edited": True}
        if kind in OTHERS:
            return {"other": OTHERS[kind]}
        album = "a1" if kind == "ảnh trong album" else ""
        ref = FileRef("voice" if kind == "giọng nói" else "photo", f"file-{self.updates}", 1000)
        return {"file": ref, "text": words, "album": album}

    def _button(self, who: str, label: str) -> str:
        wanted = label.split(". ", 1)[-1]
        return next((data for data, shown in reversed(self.buttons.get(who, [])) if shown == wanted), label)

    # what the bot says -------------------------------------------------------------------------------------------

    def _deliver(self, tx: Connection) -> list[Spoken]:
        spoken = []
        while tx.execute(select(outbox_rows.c.id).limit(1)).first():
            for letter in outbox.claim(tx, ACCOUNT, self.now, 50):
                who, said = letter.address.chat, letter.said
                if said.text or said.document or said.file:
                    spoken.append(as_spoken(who, said))
                self.buttons.setdefault(who, []).extend((choice.data, choice.label) for choice in said.choices)
                outbox.settle(tx, letter, outbox.Outcome("sent", message_id=str(letter.id)), self.now)
        return spoken

    # instructions ------------------------------------------------------------------------------------------------

    async def _arrange(self, line: str) -> list[Spoken]:
        words = line.split()
        if await self.database.write(arrange, words, lambda who: Address(ACCOUNT, who), self.now):
            return []
        match words:
            case ["sau", number, unit]:
                self.now += timedelta(**{UNITS_OF_TIME[unit]: int(number)})
                return await self._fire_timers()
            case ["đơn", "vị", parent, *name]:
                await self.database.write(units.add_unit, parent, " ".join(name))
            case ["cán", "bộ", who, role, unit, *name]:
                await self.database.write(self._officer, who, role, unit, " ".join(name) or who)
            case ["người", "dân", who, honorific, unit, *name]:
                await self.database.write(self._resident, who, honorific, unit, " ".join(name) or who)
            case ["mã", "mời", role, unit]:
                code = await self.database.write(self._invite, role, unit)
                return [Spoken("", f"{code}")]
            case _:
                self.now = datetime.strptime(line, "%Y-%m-%d %H:%M").replace(tzinfo=VIETNAM)
        return []

    async def _fire_timers(self) -> list[Spoken]:
        spoken: list[Spoken] = []
        while await self.database.write(self._fire):
            spoken += await self.database.write(self._deliver)
        return spoken

    def _fire(self, tx: Connection) -> int:
        due = jobs.claim(tx, list(self.registry.timers), self.now, 50)
        for job in due:
            self.registry.timers[job.kind](tx, self.now, job.payload)
            jobs.done(tx, job.id)
        return len(due)

    def _resident(self, tx: Connection, who: str, honorific: str, unit: str, name: str) -> int:
        address = Address(ACCOUNT, who)
        person = people.register(tx, address, honorific, unit, self.now)
        people.change(tx, person, name=name)
        people.consent(tx, person, "news", "Đồng ý nhận tin", address, "0", self.now)
        return person

    def _officer(self, tx: Connection, who: str, role: str, unit: str, name: str) -> None:
        people.grant(tx, self._resident(tx, who, "anh", unit, name), role, unit, self.now)

    def _invite(self, tx: Connection, role: str, unit: str) -> str:
        return perform(self.registry, tx, Actor(self.now, operator="test"), Invite(role, unit))
