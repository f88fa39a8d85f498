"""Plays golden chats on the real thing: people with phones in the sandbox, the whole service, a channel's adapter.

Requests and updates travel over loopback HTTP, the records are a database, and the clock is the sandbox's: it stands
still, and both sides look at it. What is the channel's own — how people do things there, and how what they see there
is written in a golden chat — each channel's player adds.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Connection, exists, select

from bot.jobs import Timers
from conversation.messages import Address
from handlers.feature import Actor, perform
from handlers.invites.commands import Invite
from sandbox.clock import MovableClock
from sandbox.server import serving
from sandbox.world import World
from storage import files, people, units
from storage.schema import inbox_updates, jobs, outbox
from storage.times import VIETNAM, to_ms
from tests.chats.arranging import arrange
from tests.chats.engine import UNITS_OF_TIME
from tests.chats.script import Script, Spoken, Step
from tests.unpaced import TOKEN, UnpacedService

MORNING = datetime(2026, 11, 23, 8, tzinfo=VIETNAM)
DATE = "%Y-%m-%d %H:%M"
PATIENCE = 20.0


class Owner(Protocol):
    """Whoever holds a phone."""

    @property
    def id(self) -> int | str:
        """The platform's name for them."""


PhoneT = TypeVar("PhoneT", bound=Owner)
ServiceT = TypeVar("ServiceT", bound=UnpacedService)


@asynccontextmanager
async def world_of(script: Script) -> AsyncIterator[tuple[World, str]]:
    """A served world at the hour of the script's beginning, and its address."""
    world = World(MovableClock(_beginning(script), frozen=True), pace=False)
    world.add_bot(TOKEN)
    async with serving(world) as api:
        yield world, api


@asynccontextmanager
async def running(service: ServiceT) -> AsyncIterator[ServiceT]:
    """The service at work, until it is left."""
    stop = asyncio.Event()
    work = asyncio.create_task(service.run(stop))
    try:
        yield service
    finally:
        stop.set()
        await work
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


class Player(Generic[PhoneT, ServiceT]):
    """People with phones, a clock, and the bot."""

    def __init__(self, world: World, service: ServiceT) -> None:
        self.world = world
        self.people: dict[str, PhoneT] = {}
        self.committed = asyncio.Event()
        self.writing = 0
        self.work_with(service)

    def work_with(self, service: ServiceT) -> None:
        """Look at this service from now on."""
        self.service = service
        write = service.database.write

        async def watched(work: Callable[..., Any], *args: Any, **named: Any) -> Any:
            self.writing += 1
            try:
                return await write(work, *args, **named)
            finally:
                self.writing -= 1
                self.committed.set()

        service.database.write = watched  # type: ignore[method-assign]

    async def __call__(self, step: Step) -> list[Spoken]:
        if step.line.startswith("@"):
            return [*await self._arrange(step.line[1:].strip()), *self.heard()]
        self.world.move(20)
        self.do(self._person(step.who), step.does)
        await self._settled()
        return self.heard()

    # what is the channel's own ---------------------------------------------------------------------------------------

    @property
    def account(self) -> str:
        """The account that people write to."""
        raise NotImplementedError

    def newcomer(self, name: str) -> PhoneT:
        """Somebody with a phone, who has not yet written."""
        raise NotImplementedError

    def known(self, person: PhoneT) -> None:
        """Make somebody one who has written before."""
        raise NotImplementedError

    def do(self, person: PhoneT, does: str) -> None:
        """Do on a phone what a golden chat says."""
        raise NotImplementedError

    def heard(self) -> list[Spoken]:
        """What everybody has heard since the last time, one person after another."""
        raise NotImplementedError

    def busy(self) -> bool:
        """Whether it is known without a look at the records that there is something to wait for."""
        return self.writing > 0

    def time_passed(self) -> None:
        """Do what people do meanwhile."""

    def newest(self) -> str:
        """The platform's id of what it told the bot last; empty for nothing yet."""
        raise NotImplementedError

    # ---------------------------------------------------------------------------------------------------------------

    def _person(self, name: str) -> PhoneT:
        if name not in self.people:
            self.people[name] = self.newcomer(name)
        return self.people[name]

    async def _settled(self) -> None:
        """Wait until what was sent to the bot is committed, and what it answers has been sent and written down."""
        async with asyncio.timeout(PATIENCE):
            with self.world.watched(self.committed.set):
                while self.busy() or not await self.service.database.read(self._is_settled):
                    await self.committed.wait()
                    self.committed.clear()

    def _is_settled(self, tx: Connection) -> bool:
        newest = self.newest()
        heard = exists().where(inbox_updates.c.update_id == newest, inbox_updates.c.state == "done")
        letters = exists().where(outbox.c.not_before <= to_ms(self.world.clock.now()))
        fetching = exists().where(jobs.c.kind == files.FETCH)
        row = tx.execute(select(heard, letters, fetching)).one()
        return (row[0] or not newest) and not row[1] and not row[2]

    # instructions ----------------------------------------------------------------------------------------------------

    async def _arrange(self, line: str) -> list[Spoken]:
        write = self.service.database.write
        words = line.split()
        if await write(arrange, words, self._address, self.world.clock.now()):
            return []
        match words:
            case ["sau", number, unit]:
                self.world.move(timedelta(**{UNITS_OF_TIME[unit]: int(number)}).total_seconds())
                self.time_passed()
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
                self.time_passed()
        return []

    async def _fire_timers(self) -> None:
        service = self.service
        await Timers(service.database, service.registry, service.clock, service.committed).fire_due()
        await self._settled()

    def _address(self, who: str) -> Address:
        return Address(self.account, str(self._person(who).id))

    def _resident(self, tx: Connection, person: PhoneT, honorific: str, unit: str, name: str) -> int:
        self.known(person)
        now = self.world.clock.now()
        address = Address(self.account, str(person.id))
        number = people.register(tx, address, honorific, unit, now)
        people.change(tx, number, name=name)
        people.consent(tx, number, "news", "Đồng ý nhận tin", address, "0", now)
        return number

    def _officer(self, tx: Connection, person: PhoneT, role: str, unit: str, name: str) -> None:
        people.grant(tx, self._resident(tx, person, "anh", unit, name), role, unit, self.world.clock.now())

    def _invite(self, tx: Connection, role: str, unit: str) -> str:
        return perform(self.service.registry, tx, Actor(self.world.clock.now(), operator="test"), Invite(role, unit))
