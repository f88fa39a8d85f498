"""The composition root: everything is made here, handed to each other here, started and stopped here."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from bot import control
from bot.backups import back_up
from bot.channels.channel import Channel, ChannelError, Misconfigured
from bot.channels.telegram import Telegram
from bot.clock import Clock
from bot.contents import adopt, remove_unfinished
from bot.features import COMMANDS, erase, registry
from bot.fetching import Fetching
from bot.health import Health, versions
from bot.housekeeping import Housekeeping
from bot.jobs import Doer, Timers, Worker
from bot.operations import carry_out
from bot.runner import Intake, Poller
from bot.sender import Sender
from bot.settings import Settings
from bot.turns import Desk
from conversation.messages import Json
from handlers.feature import Registry
from scheduler.civil_zone import VIETNAM
from scheduler.clock import AlarmClock
from storage import erasures, files, units
from storage.database import Database, DatabaseUnavailable, open_database
from storage.organisations import load_organisations
from storage.trouble import probe
from web.server import Webhook, application

log = structlog.get_logger(__name__)

OPEN_AGAIN_SECONDS = 5
GRACE_SECONDS = 6.0
WEB_GRACE_SECONDS = 3.0


class StartFailed(Exception):
    """The process cannot start; one plain sentence for the operator."""


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
    wake_sender: asyncio.Event = field(default_factory=asyncio.Event)
    wake_worker: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    async def open(cls, settings: Settings, clock: Clock) -> Self:
        """Open the records, with today's schema and units, and erase again what a restored backup brought back."""
        VIETNAM.use(settings.timezone)
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        database = await open_database(settings.database_url, settings.data_dir, now=clock.now())
        features = registry()
        remove_unfinished(settings.data_dir)
        await database.write(units.load_units)
        await database.write(load_organisations)
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
        order = {**order, "language": self.settings.language}
        done = await self.database.write(carry_out, self.registry, self.clock.now(), name, order)
        self.committed()
        return done

    def committed(self) -> None:
        """Something new is on disk: whoever waits for it looks at once."""
        self.wake_sender.set()
        self.wake_worker.set()

    async def run(self, stop: asyncio.Event, *, serve_web: bool = True) -> None:
        """Run until `stop` is set; raises `StartFailed`, or the error of a part that died."""
        channel = self._channel()
        async with AsyncExitStack() as parts:
            if self.worker == 0:
                await parts.enter_async_context(control.listening(self.settings.data_dir, self.order))
            if channel is not None:
                parts.push_async_callback(channel.close)
            intake = self._intake(channel) if channel else None
            if serve_web and "web" in self.settings.roles:
                await parts.enter_async_context(self._web(channel, intake))
            if "clock" in self.settings.roles:
                await parts.enter_async_context(self._alarm_clock())
            await self._run_loops(stop, channel, intake)

    # parts -----------------------------------------------------------------------------------------------------------

    def _channel(self) -> Telegram | None:
        settings = self.settings
        if settings.telegram_token is None:
            return None
        secret = settings.telegram_webhook_secret
        return Telegram(
            settings.telegram_token.get_secret_value(),
            Fetching(self.database, {}, settings.data_dir).read,
            api=settings.telegram_api_base,
            webhook_url=settings.telegram_webhook_url,
            webhook_secret=secret.get_secret_value() if secret else "",
            commands=COMMANDS,
        )

    def _intake(self, channel: Channel) -> Intake:
        desk = Desk(self.registry, self.settings.language)
        return Intake(self.database, channel, desk, self.clock, self.committed)

    async def _run_loops(self, stop: asyncio.Event, channel: Telegram | None, intake: Intake | None) -> None:
        roles = self.settings.roles
        loops: dict[str, Coroutine[Any, Any, object]] = {"stop": stop.wait()}
        sender = Sender(self.database, channel, self.clock, self.wake_sender) if channel else None
        if channel and sender and "send" in roles:
            loops["sender"] = self.database.lead(f"sender:{channel.account}", sender.run)
        if channel and intake and "listen" in roles:
            loops["intake"] = self._listen(channel, intake)
        if channel and "work" in roles:
            worker = Worker(self.database, self.clock, self._doers(channel), self.wake_worker)
            loops["worker"] = self.database.lead("worker", worker.run)
        tasks = {name: asyncio.create_task(loop, name=name) for name, loop in loops.items()}
        try:
            ends: set[asyncio.Future[Any]] = {*tasks.values(), self.database.failed}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _wind_down(tasks, sender)
        if self.database.failed.done():
            await self.database.failed

    def _doers(self, channel: Channel) -> Mapping[str, Doer]:
        fetching = Fetching(self.database, {channel.account: channel}, self.settings.data_dir)

        async def journal(payload: Json) -> None:
            await asyncio.to_thread(erasures.append, self.settings.data_dir, payload)

        # those that are named first go first: erasing waits for no photo
        return {erasures.JOB: journal, files.ERASE: fetching.erase, files.FETCH: fetching.fetch}

    async def _listen(self, channel: Telegram, intake: Intake) -> None:
        """Open the channel, then poll it, or leave the rest to its webhook."""
        await self._open(channel)
        self.health.channels[channel.account] = "up"
        if self.settings.telegram_webhook_url:
            await asyncio.Event().wait()
        await self.database.lead(f"poller:{channel.account}", Poller(channel, intake).run)

    async def _open(self, channel: Channel) -> None:
        told = False
        while True:
            try:
                return await channel.open()
            except Misconfigured as wrong:
                raise StartFailed(
                    "Telegram không nhận thiết đặt của bot: xem lại CAUNOI_TELEGRAM_TOKEN, và "
                    f"CAUNOI_TELEGRAM_WEBHOOK_URL nếu có ({wrong})."
                ) from wrong
            except ChannelError as away:
                if not told:
                    log.warning("platform.lost", channel=channel.name, reason=str(away))
                told = True
            await asyncio.sleep(OPEN_AGAIN_SECONDS)

    @asynccontextmanager
    async def _web(self, channel: Telegram | None, intake: Intake | None) -> AsyncIterator[None]:
        webhooks: tuple[Webhook, ...] = ()
        if channel and intake and self.settings.telegram_webhook_url:
            path = urlsplit(self.settings.telegram_webhook_url).path or "/"
            webhooks = (Webhook(path, channel.webhook_secret_ok, intake.take),)
        app = application(self.health, versions(), webhooks)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=WEB_GRACE_SECONDS)
        await runner.setup()
        try:
            await _bind(runner, self.settings, shared=self.workers > 1)
            yield
        finally:
            await runner.cleanup()

    @asynccontextmanager
    async def _alarm_clock(self) -> AsyncIterator[None]:
        timers = Timers(self.database, self.registry, self.clock, self.committed)
        housekeeping = Housekeeping(self.database, self.settings.data_dir, self.clock, self.registry)

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


async def _bind(runner: web.AppRunner, settings: Settings, *, shared: bool) -> None:
    try:
        await web.TCPSite(runner, settings.web_host, settings.web_port, reuse_port=shared or None).start()
    except OSError as failure:
        raise not_opened(settings, failure) from failure


async def require_free_port(settings: Settings) -> None:
    """Refuse, with `StartFailed`, a port that somebody listens on: workers share theirs, so they would not notice."""
    loop = asyncio.get_running_loop()
    try:
        probe = await loop.create_server(asyncio.Protocol, settings.web_host, settings.web_port)
    except OSError as failure:
        raise not_opened(settings, failure) from failure
    probe.close()
    await probe.wait_closed()


def not_opened(settings: Settings, failure: OSError) -> StartFailed:
    """Which setting keeps the web port from being opened."""
    if isinstance(failure, socket.gaierror) or failure.errno == errno.EADDRNOTAVAIL:
        return StartFailed(f"Máy này không có địa chỉ {settings.web_host}. Sửa CAUNOI_WEB_HOST, thường là 127.0.0.1.")
    where = f"{settings.web_port} trên {settings.web_host}"
    why = "có chương trình khác đang dùng" if failure.errno == errno.EADDRINUSE else failure.strerror
    return StartFailed(f"Không mở được cổng {where} ({why}). Đặt CAUNOI_WEB_PORT sang cổng khác.")


async def _wind_down(tasks: dict[str, asyncio.Task[object]], sender: Sender | None) -> None:
    """Stop listening first, then let the sender finish what is in flight; a part that died tells why."""
    died = [task for task in tasks.values() if task.done() and not task.cancelled() and task.exception()]
    for name, task in tasks.items():
        if name != "sender":
            task.cancel()
    if sender is not None and "sender" in tasks:
        if sender.running:
            sender.stop(GRACE_SECONDS)
        else:
            tasks["sender"].cancel()
        with suppress(asyncio.CancelledError, Exception):
            async with asyncio.timeout(GRACE_SECONDS + 1):  # it may lose its lease just now, and wait for another
                await tasks["sender"]
    await asyncio.gather(*tasks.values(), return_exceptions=True)
    for task in died:
        task.result()
