"""The composition root: everything is made here, handed to each other here, started and stopped here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any, Self
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from bot import control, media, webhooks
from bot.backups import back_up
from bot.channels.channel import Channel
from bot.channels.zalo_oa import ZaloOA
from bot.channels_of import Outfitter
from bot.clock import Clock
from bot.contents import adopt, remove_unfinished
from bot.features import erase, registry
from bot.fetching import Fetching
from bot.forwarding import Forwarder
from bot.health import Health, versions
from bot.housekeeping import Housekeeping
from bot.jobs import Doer, Timers, Worker
from bot.knocks import Knocks
from bot.lines import Line
from bot.operations import ONLY_READ, carry_out
from bot.runner import Intake
from bot.sender import Sender
from bot.settings import Settings
from bot.starting import bind
from bot.turns import Desk
from conversation.messages import Json
from handlers.feature import Registry
from handlers.my_data import takeaway
from handlers.operating import Operator
from scheduler.civil_zone import VIETNAM
from scheduler.clock import AlarmClock
from storage import erasures, files
from storage.database import Database, DatabaseUnavailable, open_database
from storage.first_records import load_first_records
from storage.trouble import probe
from web.server import add_doors, add_media, application
from web.takeaway import Takeaway, add_takeaway

log = structlog.get_logger(__name__)

WEB_GRACE_SECONDS = 3.0


@dataclass
class Service:
    """One running Cầu Nối."""

    settings: Settings
    clock: Clock
    database: Database
    registry: Registry
    health: Health
    worker: int = 0
    """Its number among those that were started together; the first takes the operator's orders."""
    workers: int = 1
    lines: list[Line] = field(default_factory=list)
    """The channels, once they are made."""
    lost: set[str] = field(default_factory=set)
    """Bot accounts whose platform has been lost for long."""
    wake_worker: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    async def open(cls, settings: Settings, clock: Clock) -> Self:
        """Open the records, with today's schema and units, and erase again what a restored backup brought back."""
        VIETNAM.use(settings.timezone)
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        database = await open_database(settings.database_url, settings.data_dir, now=clock.now())
        features = registry(operator_of(settings))
        remove_unfinished(settings.data_dir)
        await database.write(load_first_records)
        await database.write(erasures.replay, settings.data_dir, erase)
        await adopt(database, settings.data_dir)
        return cls(settings, clock, database, features, Health(database, clock, settings.roles))

    async def close(self) -> None:
        """Let go of the records."""
        await self.database.close()

    async def order(self, name: str, order: Json) -> Json:
        """Carry out an operator's order."""
        if name == "backup":
            return await back_up(self.database.url, self.settings.data_dir, self.clock.now(), order)
        if name in webhooks.VERBS:
            return await webhooks.carry_out(self.outfitter.channels(), name)
        order = {**order, "language": self.settings.language}
        run = self.database.read if name in ONLY_READ else self.database.write
        done = await run(carry_out, self.registry, self.clock.now(), name, order)
        self.committed()
        return {**done, **self._of_channels()} if name == "status" else done

    def _of_channels(self) -> Json:
        """How each channel is, and what the doctor asks of an Official Account."""
        facts = [line.channel.facts() for line in self.lines if isinstance(line.channel, ZaloOA)]
        lost = dict.fromkeys(self.lost, "lost")
        return {"channels": {**self.health.channels, **lost}, "zalo_oa": facts}

    def committed(self) -> None:
        """Something new is on disk: whoever waits for it looks at once."""
        for line in self.lines:
            line.wake.set()
        self.wake_worker.set()

    async def run(self, stop: asyncio.Event, *, serve_web: bool = True) -> None:
        """Run until `stop` is set; raises `StartFailed`, or the error of a part that died."""
        async with AsyncExitStack() as parts:
            if self.worker == 0:
                await parts.enter_async_context(control.listening(self.settings.data_dir, self.order))
            if not self.lines:
                self.connect()
            for line in self.lines:
                parts.push_async_callback(line.close)
            if serve_web and "web" in self.settings.roles:
                await parts.enter_async_context(self._web())
            if "clock" in self.settings.roles:
                await parts.enter_async_context(self._alarm_clock())
            await self._run_loops(stop)

    def connect(self) -> None:
        """Make the channels; done before it runs, another application can have their doors."""
        channels = self._channels()
        self.lines = [self._line(channel, alone=len(channels) == 1) for channel in channels]

    # parts -----------------------------------------------------------------------------------------------------------

    @cached_property
    def outfitter(self) -> Outfitter:
        """What makes the channels."""
        return Outfitter(self.settings, self.database, self.clock)

    @cached_property
    def knocks(self) -> Knocks:
        """Who counts what is posted to us."""
        return Knocks(self.database)

    def _channels(self) -> list[Channel]:
        return list(self.outfitter.channels())

    def _intake(self, channel: Channel) -> Intake:
        desk = Desk(self.registry, self.settings.language)
        return Intake(self.database, channel, desk, self.clock, self.committed)

    def _line(self, channel: Channel, *, alone: bool) -> Line:
        wake = asyncio.Event()
        sender = Sender(self.database, channel, self.clock, wake, lost=self.lost)
        return Line(self.database, self.health, channel, self._intake(channel), sender, alone, wake)

    async def _run_loops(self, stop: asyncio.Event) -> None:
        loops: dict[str, Coroutine[Any, Any, object]] = {"stop": stop.wait()}
        for line in self.lines:
            loops |= line.loops(self.settings.roles)
        if self.lines and "send" in self.settings.roles:
            loops["forwarder"] = Forwarder(self.database, self.clock, self._served).run()
        if self.lines and "work" in self.settings.roles:
            worker = Worker(self.database, self.clock, self._doers(), self.wake_worker)
            loops["worker"] = self.database.lead("worker", worker.run)
        if any(line.channel.webhook for line in self.lines):
            loops["knocks"] = self.knocks.run()
        tasks = {name: asyncio.create_task(loop, name=name) for name, loop in loops.items()}
        try:
            ends: set[asyncio.Future[Any]] = {*tasks.values(), self.database.failed}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _wind_down(tasks, self.lines)
        if self.database.failed.done():
            await self.database.failed

    def _served(self) -> set[str]:
        return {line.channel.account for line in self.lines}

    def _doers(self) -> Mapping[str, Doer]:
        channels = {line.channel.account: line.channel for line in self.lines}
        fetching = Fetching(self.database, channels, self.settings.data_dir)

        async def journal(payload: Json) -> None:
            await asyncio.to_thread(erasures.append, self.settings.data_dir, payload)

        # those that are named first go first: erasing waits for no photo
        return {erasures.JOB: journal, files.ERASE: fetching.erase, files.FETCH: fetching.fetch}

    def add_doors(self, app: web.Application) -> None:
        """Let an application take the webhooks of the channels, and hand out what is linked to."""
        doors = ((line.channel.account, line.door()) for line in self.lines)
        add_doors(app, [self.knocks.counted(account, door) for account, door in doors if door])
        settings, operator = self.settings, operator_of(self.settings)
        if settings.public_url:
            below = urlsplit(settings.public_url).path
            add_media(app, below + media.PATH, self.outfitter.media.open)
            pages = Takeaway(self.database, self.registry, self.clock.now, operator, settings.language)
            add_takeaway(app, below + takeaway.PATH, pages)

    @asynccontextmanager
    async def _web(self) -> AsyncIterator[None]:
        app = application(self.health, versions())
        self.add_doors(app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=WEB_GRACE_SECONDS)
        await runner.setup()
        try:
            await bind(runner, self.settings, shared=self.workers > 1)
            yield
        finally:
            await runner.cleanup()

    @asynccontextmanager
    async def _alarm_clock(self) -> AsyncIterator[None]:
        timers = Timers(self.database, self.registry, self.clock, self.committed)
        housekeeping = Housekeeping(self.database, self.settings.data_dir, self.clock, self.registry, self.settings)

        async def tick() -> None:
            with suppress(DatabaseUnavailable):
                if self.database.trouble.kind:  # on a quiet night nobody else would find out that it is over
                    await self.database.write(probe)
                await timers.fire_due()
                self.health.last_tick = self.clock.now()

        alarm = AlarmClock(self.clock.now, tick, housekeeping.clean, housekeeping.back_up)
        await housekeeping.clean()
        alarm.start()
        try:
            yield
        finally:
            alarm.stop()


def operator_of(settings: Settings) -> Operator:
    """Who runs it and where their pages are, as people are told."""
    name, person, phone = settings.operator_name, settings.operator_person, settings.operator_phone
    return Operator(name, person, phone, settings.public_url, timedelta(hours=settings.data_link_hours))


async def _wind_down(tasks: dict[str, asyncio.Task[object]], lines: Sequence[Line]) -> None:
    """Stop listening first, then let the senders finish what is in flight; a part that died tells why."""
    died = [task for task in tasks.values() if task.done() and not task.cancelled() and task.exception()]
    for name, task in tasks.items():
        if not name.startswith("sender:"):
            task.cancel()
    senders = ((line, tasks.get(f"sender:{line.channel.account}")) for line in lines)
    await asyncio.gather(*(line.finish(task) for line, task in senders if task))
    await asyncio.gather(*tasks.values(), return_exceptions=True)
    for task in died:
        task.result()
