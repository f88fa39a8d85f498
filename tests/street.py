"""People in a street who talk to the bot: the real turn path, without a platform; what is said is read at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from PIL import Image
from sqlalchemy import Connection, select

from bot.channels.channel import Channel
from bot.features import registry
from bot.fetching import Fetching
from bot.turns import Desk
from conversation.messages import Address, FileRef, Heard, Json, Said
from handlers import asking
from handlers.feedback import texts, topics
from storage import erasures, files, jobs, outbox, people, units
from storage.database import Database
from storage.schema import jobs as job_rows
from storage.times import VIETNAM

ACCOUNT = "telegram:1000000001"
COMMUNE = "26878"
MORNING = datetime(2026, 11, 23, 8, 1, tzinfo=VIETNAM)
FOR_THE_WORKER = (files.FETCH, files.ERASE, erasures.JOB)
WORK_WAITS = select(job_rows.c.id).where(job_rows.c.kind.in_(FOR_THE_WORKER)).limit(1)
COLOURS = 256**3


@dataclass
class Standing:
    """A clock that stands still."""

    at: datetime = MORNING

    def now(self) -> datetime:
        """That moment."""
        return self.at


@dataclass
class Street:
    """A clock, the bot's records, and whoever writes to it."""

    database: Database
    data_dir: Path
    now: datetime = MORNING
    updates: int = 700_000_000
    last: dict[str, Said] = field(default_factory=dict)
    awaited: bool = False
    """Whether there is work for the worker."""
    unreachable: set[str] = field(default_factory=set)
    """Those whose phones are off: what is said to them waits."""

    def __post_init__(self) -> None:
        self.registry = registry()
        self.desk = Desk(self.registry)
        camera = cast(Channel, SimpleNamespace(fetch=photographed))
        self.fetching = Fetching(self.database, {ACCOUNT: camera}, self.data_dir)

    async def tell(self, who: str, text: str = "", *, tap: str = "", photo: str = "") -> Said:
        """Somebody writes, taps or sends a photo; return the last thing the bot says to them."""
        self.updates += 1
        self.now += timedelta(seconds=1.5)
        heard = Heard(Address(ACCOUNT, who), str(self.updates), self.now, text=text)
        if tap:
            heard = Heard(heard.address, heard.update, self.now, tap=tap, callback=f"c{self.updates}")
        if photo:
            heard = Heard(heard.address, heard.update, self.now, text=text, file=FileRef("photo", photo, 1000))
        await self.database.write(self.desk.take, heard)
        await self.database.write(self.deliver)
        if self.awaited:
            await self.do_jobs()
        return self.last.get(who, Said(""))

    async def pick(self, who: str, label: str) -> Said:
        """Tap the button of that label under the last message."""
        choices = {choice.label: choice.data for choice in self.last[who].choices}
        return await self.tell(who, tap=choices[label])

    def deliver(self, tx: Connection) -> None:
        """Everything that waits is sent and settled."""
        while letters := outbox.claim(tx, ACCOUNT, self.now, 50, except_chats=self.unreachable):
            for letter in letters:
                if letter.said.text:
                    self.last[letter.address.chat] = letter.said
                outbox.settle(tx, letter, outbox.Outcome("sent", message_id=str(letter.id)), self.now)
        self.awaited = bool(tx.execute(WORK_WAITS).first())

    async def do_jobs(self) -> None:
        """What the worker would do now, as it would."""
        doers = {files.FETCH: self.fetching.fetch, files.ERASE: self.fetching.erase, erasures.JOB: self._journal}
        for job in await self.database.write(jobs.claim, tuple(doers), self.now, 50):
            await doers[job.kind](job.payload)
            await self.database.write(jobs.done, job.id)

    async def _journal(self, payload: Json) -> None:
        erasures.append(self.data_dir, payload)

    async def strike(self) -> None:
        """The next full hour: timers fire, letters go out."""
        self.now = (self.now + timedelta(hours=1)).replace(minute=0, second=1)
        await self.database.write(self._fire)
        await self.database.write(self.deliver)

    def _fire(self, tx: Connection) -> None:
        for job in jobs.claim(tx, list(self.registry.timers), self.now, 50):
            self.registry.timers[job.kind](tx, self.now, job.payload)
            jobs.done(tx, job.id)

    # who lives here ------------------------------------------------------------------------------------------------

    async def settle(self, who: str, name: str, role: str = "") -> int:
        """Somebody has registered; perhaps with an office."""
        return await self.database.write(self._settle, who, name, role)

    def _settle(self, tx: Connection, who: str, name: str, role: str) -> int:
        address = Address(ACCOUNT, who)
        person = people.register(tx, address, "bac", units.children(tx, COMMUNE)[0].code, self.now)
        people.change(tx, person, name=name)
        for purpose in ("news", "reply"):
            people.consent(tx, person, purpose, "Tôi đồng ý", address, str(self.updates), self.now)
        if role:
            people.grant(tx, person, role, COMMUNE, self.now)
        return person

    async def report(self, who: str, text: str, *, named: bool, photo: str = "") -> str:
        """Somebody sends feedback, answering whatever they are asked; return the receipt's words."""
        said = await self.tell(who, "/phananh")
        for _ in range(20):
            if "Đã nhận" in said.text:
                return said.text
            labels = [choice.label for choice in said.choices]
            answers = _answers(labels, named=named, place=bool(photo))
            if answers:
                said = await self.pick(who, answers)
            elif "kể giúp" in said.text:
                said = await self.tell(who, text)
            elif photo and "địa chỉ" in said.text:
                said = await self.tell(who, "trước cổng", photo=photo)
            elif "xã, phường" in said.text:
                said = await self.tell(who, "phuong an hoi dong")
            elif labels:
                said = await self.pick(who, labels[0])
        raise AssertionError(f"the talk does not end: {said}")


WISHES = (
    texts.RIGHT, asking.RIGHT, texts.SEND, texts.DANGER_NO, texts.SKIP, topics.NAMES[topics.OTHER][0], "Khu phố 1",
)  # fmt: skip
"""Labels that everybody here taps when they see them, whatever the question."""


def _answers(labels: list[str], *, named: bool, place: bool) -> str:
    """The label that this person would tap, if any."""
    wishes = (texts.NAMED if named else texts.NAMELESS, *WISHES)
    return next((wish for wish in wishes if wish in labels and not (place and wish == texts.SKIP)), "")


async def photographed(ref: FileRef, _limit: int) -> bytes:
    """A photo of its own colour, as the platform would hand it out."""
    picture = BytesIO()
    colour = abs(hash(ref.ref)) % COLOURS
    Image.new("RGB", (40, 30), (colour >> 16, colour >> 8 & 255, colour & 255)).save(picture, "JPEG")
    return picture.getvalue()


def plant(tx: Connection) -> Any:
    """The hamlet they live in."""
    return units.add_unit(tx, COMMUNE, "Khu phố 1")
