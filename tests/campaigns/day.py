"""A day at the commune, played against the real program while strace records what it asks of the kernel."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from bot import control
from conversation.messages import Address
from handlers import asking
from handlers.feedback import texts
from sandbox.clock import MovableClock
from sandbox.people import Person
from sandbox.server import serving
from sandbox.world import World
from storage import migrate, people, units
from storage.database import open_database
from tests.campaigns.recorded_program import MORNING
from tests.campaigns.system_calls import under_strace
from tests.crash.bench import free_port
from tests.unpaced import TOKEN

ACCOUNT = f"telegram:{TOKEN.partition(':')[0]}"
COMMUNE = "26878"
ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
FIRST_REVISION = "0001"
WISHES = (texts.SEND, texts.DANGER_NO, texts.SKIP, asking.RIGHT, "Tôi đồng ý", "Bác", "Đúng", "Bỏ qua")
"""Labels that everybody here taps when they see them, whatever the question, the first ones rather."""


@dataclass
class Day:
    """People, and the program they write to."""

    world: World
    folder: Path
    env: Mapping[str, str]
    options: tuple[str, ...]
    hoa: Person
    """A resident."""
    nam: Person
    """An officer."""
    minh: Person
    """Another resident."""
    lives: int = 0

    @property
    def data(self) -> Path:
        """The program's folder."""
        return self.folder / "data"

    def logs(self) -> list[Path]:
        """What was recorded, in order."""
        return [self.log(life) for life in range(1, self.lives + 1)]

    @asynccontextmanager
    async def life(self) -> AsyncIterator[None]:
        """The program runs while inside, recorded, and is asked to end then."""
        self.lives += 1
        program = (sys.executable, "-m", "tests.campaigns.recorded_program", *self.options)
        traced = under_strace(self.log(self.lives), *program)
        with (self.folder / "said").open("ab") as said:
            process = await asyncio.create_subprocess_exec(*traced, cwd=ROOT, env=self.env, stdout=said, stderr=said)
        try:
            await self._until_it_listens(process)
            yield
        finally:
            await self._end(process)

    def log(self, life: int) -> Path:
        """Where a life is recorded."""
        return self.folder / f"calls-{life}"

    async def _until_it_listens(self, process: Process) -> None:
        async with asyncio.timeout(PATIENCE):
            while not (self.data / control.SOCKET).exists():
                assert process.returncode is None, (self.folder / "said").read_text()[-3000:]
                await asyncio.sleep(0.02)

    async def _end(self, process: Process) -> None:
        """strace passes no signal on, so the program itself is told."""
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        for child in map(int, children):
            os.kill(child, 15)
        async with asyncio.timeout(PATIENCE):
            await process.wait()


@asynccontextmanager
async def beginning(folder: Path, *options: str) -> AsyncIterator[Day]:
    """A world, and the records of an earlier version in which a few people are known."""
    world = World(MovableClock(), pace=False)
    world.add_bot(TOKEN)
    data = folder / "data"
    data.mkdir(mode=0o700)
    async with serving(world) as api:
        given = {
            "database_url": f"sqlite:///{data / 'caunoi.db'}", "data_dir": str(data), "telegram_token": TOKEN,
            "telegram_api_base": api, "web_port": str(free_port()),
        }  # fmt: skip
        env = {name: value for name, value in os.environ.items() if not name.startswith("CAUNOI_")}
        env |= {f"CAUNOI_{name.upper()}": value for name, value in given.items()} | {"PYTHONPATH": str(ROOT)}
        hoa, nam, minh = (world.add_person(name) for name in ("Hoa", "Nam", "Minh"))
        day = Day(world, folder, env, options, hoa, nam, minh)
        for person in world.people.values():
            world.chat(world.bot, person.id).started = True
        await settle(data, day.hoa.id, day.nam.id, day.minh.id)
        yield day


async def play(day: Day) -> None:
    """The whole day: an upgrade, letters both ways, a photo, no name, an answer, a backup, an erasure, a restart."""
    hoa, nam, minh = day.hoa, day.nam, day.minh
    stranger = day.world.add_person("Lan")
    async with day.life():
        await report(hoa, "Đèn đường hẻm 47 hư ba hôm rồi", named=True, photo=True)
        await answer(stranger, f"/start u_{COMMUNE}-01", "Xong rồi")
        await report(minh, "Quán karaoke hẻm 12 hát ồn tới nửa đêm", named=False)
        await reply(nam)
        await hoa.hear("đã có trả lời", timeout=PATIENCE)
        await control.pass_on(day.data, "backup", {})
        await erase(minh)
    async with day.life():
        await report(stranger, "Cống chợ bị nghẹt, nước tràn ra đường", named=True)
        await erase(stranger)


# what people do ------------------------------------------------------------------------------------------------------


async def report(person: Person, words: str, *, named: bool, photo: bool = False) -> None:
    """Send feedback, answering whatever is asked."""
    wish = texts.NAMED if named else texts.NAMELESS
    said = await _say(person, "/phananh")
    while "Đã nhận" not in said:
        labels = _labels(person)
        if wish in labels:
            said = await _tap(person, wish)
        elif "kể giúp" in said:
            said = await _say(person, words)
        elif photo and "ảnh" in said and texts.SKIP in labels:
            person.send_photo()
            photo, said = False, await _heard(person)
        else:
            said = await _answered(person, labels)


async def reply(officer: Person) -> None:
    """Open the newest letter and answer the ticket in it."""
    await officer.hear("Phản ánh mới", timeout=PATIENCE)
    await _tap(officer, "Xem và trả lời")
    _press(officer, "Trả lời")
    await officer.hear("nhắn câu trả lời", timeout=PATIENCE)
    await _say(officer, "Điện lực đã thay hai bóng sáng nay.")
    await _tap(officer, texts.SEND)


async def erase(person: Person) -> None:
    """Have everything erased, and be told so."""
    await _say(person, "xóa")
    person.type("XÓA HẾT")
    await person.hear("Đã xóa xong", timeout=PATIENCE)


async def answer(person: Person, words: str, until: str) -> None:
    """Say something, then answer what is asked until these words are heard."""
    said = await _say(person, words)
    while until not in said:
        said = await _answered(person, _labels(person))


async def _answered(person: Person, labels: list[str]) -> str:
    wish = next(wish for wish in WISHES if wish in labels) if set(WISHES) & set(labels) else labels[0]
    return await _tap(person, wish)


async def _say(person: Person, words: str) -> str:
    person.type(words)
    return await _heard(person)


async def _tap(person: Person, label: str) -> str:
    _press(person, label)
    return await _heard(person)


async def _heard(person: Person) -> str:
    message = await person.hear(timeout=PATIENCE)
    return str(message.get("text") or message.get("caption") or "")


def _press(person: Person, label: str) -> None:
    for message in reversed(person.heard):
        for shown in person.buttons(message["message_id"]):
            if shown.split(". ", 1)[-1] == label:
                person.tap(message["message_id"], shown)
                return
    raise AssertionError(f"no button {label}; heard: {[message.get('text') for message in person.heard[-3:]]}")


def _labels(person: Person) -> list[str]:
    return [label.split(". ", 1)[-1] for label in person.buttons()]


# the records of an earlier version -----------------------------------------------------------------------------------


async def settle(data: Path, resident: int, officer: int, other: int) -> None:
    """Write records of the first version: all units, a resident, an officer, and one more."""
    full = data.parent / "full.db"
    database = await open_database(f"sqlite:///{full}", data.parent, now=MORNING)
    await database.write(units.load_units)
    await database.write(_settle, resident, officer, other)
    await database.close()
    _at_first_revision(data / "caunoi.db")
    _copy_rows(full, data / "caunoi.db")


def _settle(tx: Connection, resident: int, officer: int, other: int) -> None:
    hamlet = units.add_unit(tx, COMMUNE, "Khu phố 1").code
    for number, (chat, name) in enumerate(((resident, "Lê Thị Hoa"), (officer, "Trần Văn Nam"), (other, "Võ Minh"))):
        address = Address(ACCOUNT, str(chat))
        person = people.register(tx, address, "bac", hamlet, MORNING)
        people.change(tx, person, name=name)
        for purpose in ("news", "reply", "office"):
            people.consent(tx, person, purpose, "Tôi đồng ý", address, f"{number}", MORNING)
        if chat == officer:
            people.grant(tx, person, "commune_officer", COMMUNE, MORNING)


def _at_first_revision(file: Path) -> None:
    file.touch(mode=0o600)
    engine = create_engine(f"sqlite:///{file}", poolclass=NullPool)
    with engine.begin() as tx:
        tx.exec_driver_sql("PRAGMA journal_mode = WAL")
        config = migrate._config()
        config.attributes["connection"] = tx
        command.upgrade(config, FIRST_REVISION)


def _copy_rows(source: Path, target: Path) -> None:
    """Whatever the later version wrote, in the columns that the first one has."""
    with closing(sqlite3.connect(target, isolation_level=None)) as connection:
        connection.execute("ATTACH ? AS later", (str(source),))
        tables = connection.execute("SELECT name FROM main.sqlite_schema WHERE type = 'table'").fetchall()
        for (table,) in tables:
            if table.startswith(("sqlite_", "alembic_")):
                continue
            columns = ", ".join(row[1] for row in connection.execute(f"PRAGMA main.table_info({table})"))
            connection.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM later.{table}")
