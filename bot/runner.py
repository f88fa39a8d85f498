"""Intake: updates from a channel into the records, in order for each person, none lost and none applied twice."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from bot.channels.channel import Channel, ChannelError, Misconfigured, Throttled
from bot.clock import Clock
from bot.gate import QUIET, Gate, Verdict
from bot.turns import Desk, Event
from conversation.messages import N_, Address, Heard, Json, Said
from storage import inbox, outbox
from storage.database import Database, DatabaseUnavailable
from storage.leases import Lease

log = structlog.get_logger(__name__)

FIELD = re.compile(r"[a-z_]{1,40}")
"""What a field of an update may be called; anything else might be somebody's words, and is not logged."""
RETRY_SECONDS = 0.2
AWAY_SECONDS = 1.0
"""How long to wait before asking a database or a platform again that did not answer."""
MISCONFIGURED_SECONDS = 30.0
EMPTY_SECONDS = 0.05
"""A pause between empty answers, for servers that answer at once instead of waiting as Telegram does."""
LATE_SECONDS = 10.0
"""An update that was kept so long ago and not taken has nobody who takes it."""
LOOK_SECONDS = 2.0

TROUBLE = N_("Cầu Nối gặp trục trặc với tin vừa rồi của {you}. {You} nhắn lại giúp ạ; cán bộ kỹ thuật đã được báo.")
TOO_FAST = N_("{You} nhắn nhanh quá, Cầu Nối không đọc kịp các tin tiếp theo. {You} chờ một phút rồi nhắn lại giúp ạ.")


@dataclass
class Turnstile:
    """Lets one update of a person through at a time, first come first served."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


@dataclass
class Intake:
    """Takes updates of one channel to the desk."""

    database: Database
    channel: Channel
    desk: Desk
    clock: Clock
    committed: Callable[[], None]
    """Called after each commit, so that the sender looks at once."""
    gate: Gate = field(default_factory=Gate)
    groups: Gate = field(default_factory=partial(Gate, QUIET))
    """Anybody may add the bot to a group, whose every message it would answer."""
    turns: dict[Address, Turnstile] = field(default_factory=dict)
    begun: set[asyncio.Task[None]] = field(default_factory=set)
    """What takes updates that are on disk and answered."""

    async def keep(self, update: Json) -> None:
        """Return once the update is on disk, to be taken then; `DatabaseUnavailable`: it may come again."""
        event = self._hear(update)
        if event is None:
            return
        if await self.database.write(inbox.keep, event.address.account, event.update, event.at, update):
            self.begun.add(task := asyncio.create_task(self.take_kept(event, update)))
            task.add_done_callback(self.begun.discard)

    async def take_kept(self, event: Event, update: Json) -> None:
        """Take an update that is on disk; while the records are away it stays there, for `Latecomers`."""
        with suppress(DatabaseUnavailable):
            if not await self._take(event, update):
                await self.database.write(inbox.let_go, event.address.account, event.update)

    async def take_late(self, seconds: float = LATE_SECONDS) -> None:
        """Take what was kept so long ago and not taken: the process died, or the records were away.

        Some may have been let in and wait for their turn, so none is turned away.
        """
        before = self.clock.now() - timedelta(seconds=seconds)
        late = await self.database.read(inbox.kept, self.channel.account, before)
        for update_id, received_at, update in late:
            event = self.channel.hear(update, received_at)
            if event is None:  # by a newer reading it is nothing for us
                await self.database.write(inbox.let_go, self.channel.account, update_id)
            else:
                await self._take_after_others(event, update)

    async def take(self, update: Json) -> None:
        """Return once the update is committed, set aside or turned away; `DatabaseUnavailable`: deliver it again."""
        event = self._hear(update)
        if event is not None:
            await self._take(event, update)

    async def take_all(self, updates: Sequence[Json]) -> None:
        """Take a batch: people beside each other, each person's updates in order, none before one that failed."""
        of_each: dict[Address, list[tuple[Event, Json]]] = {}
        for update in updates:
            event = self._hear(update)
            if event is not None:
                of_each.setdefault(event.address, []).append((event, update))
        ended = await asyncio.gather(*map(self._take_in_order, of_each.values()), return_exceptions=True)
        for failure in filter(None, ended):
            raise failure

    def _hear(self, update: Json) -> Event | None:
        event = self.channel.hear(update, self.clock.now())
        if event is None:
            log.info("update.left_out", kind=",".join(sorted(filter(FIELD.fullmatch, map(str, update)))[:4]))
        return event

    async def _take_in_order(self, events: Sequence[tuple[Event, Json]]) -> None:
        for event, update in events:
            await self._take(event, update)

    async def _take(self, event: Event, update: Json) -> bool:
        """Whether it was read; what comes too fast is not."""
        if not isinstance(event, Heard):
            await self._take_after_others(event, update)
            return True
        gate = self.groups if event.group else self.gate
        verdict, counts = gate.admit(event.address), False
        try:
            if verdict is Verdict.READ:
                counts = await self._take_after_others(event, update)
            elif verdict is Verdict.ASK_TO_SLOW_DOWN and not event.group:
                await self._ask_to_slow_down(event)
                counts = True
        finally:
            if not counts:  # it had no effect, and comes again; or it had one before, and came again
                gate.take_back(event.address, verdict)
        return verdict is Verdict.READ

    async def _ask_to_slow_down(self, heard: Heard) -> None:
        log.warning("person.too_fast", account=heard.address.account)
        await self.database.write(ask_to_slow_down, self.desk, heard)
        self.committed()

    async def _take_after_others(self, event: Event, update: Json) -> bool:
        """Whether it was new."""
        turnstile = self.turns.setdefault(event.address, Turnstile())
        turnstile.waiting += 1
        try:
            async with turnstile.lock:
                return await self._take_in_turn(event, update)
        finally:
            turnstile.waiting -= 1
            if not turnstile.waiting:
                del self.turns[event.address]

    async def _take_in_turn(self, event: Event, update: Json) -> bool:
        for attempt in range(1, inbox.MOST_ATTEMPTS + 1):
            try:
                new = await self.database.write(self.desk.take, event)
            except DatabaseUnavailable:
                raise
            except Exception as failure:  # whatever a turn throws, the others go on
                if await self._failed(event, update, failure, attempt):
                    break
                await asyncio.sleep(RETRY_SECONDS * attempt)
            else:
                self.committed()
                return new
        return True

    async def _failed(self, event: Event, update: Json, failure: Exception, attempt: int) -> bool:
        """Note a failed turn; True when the update is set aside."""
        log.error("turn.failed", attempt=attempt, kind=type(failure).__name__, exc_info=failure)
        noted = event, update, type(failure).__name__
        try:
            attempts = await self.database.write(set_aside, self.desk, *noted)
        except DatabaseUnavailable:
            raise
        except Exception as trouble:  # its sender cannot be told, and the others go on all the same
            log.error("turn.failure_not_told", kind=type(trouble).__name__, exc_info=trouble)
            attempts = await self.database.write(note_failure, *noted)
        self.committed()
        return attempts >= inbox.MOST_ATTEMPTS


def note_failure(tx: Connection, event: Event, update: Json, error: str) -> int:
    """Record a failed turn; how many there were."""
    return inbox.note_failure(tx, event.address.account, event.update, event.at, error, update)


def set_aside(tx: Connection, desk: Desk, event: Event, update: Json, error: str) -> int:
    """Record a failed turn; at the third attempt the update is quarantined and the person told kindly."""
    attempts = note_failure(tx, event, update, error)
    if attempts == inbox.MOST_ATTEMPTS and isinstance(event, Heard) and not event.group:
        said = Said(desk.speech(tx, event).render(TROUBLE))
        outbox.reply(tx, event.address, said, event.at, acknowledges=event.callback)
    return attempts


def ask_to_slow_down(tx: Connection, desk: Desk, heard: Heard) -> None:
    """Tell somebody, kindly, that what follows is not read."""
    said = Said(desk.speech(tx, heard).render(TOO_FAST))
    outbox.reply(tx, heard.address, said, heard.at, acknowledges=heard.callback)


@dataclass
class Poller:
    """Asks a channel for updates; the next question, which acknowledges, waits until the last answer is on disk."""

    channel: Channel
    intake: Intake

    async def run(self, lease: Lease) -> None:
        """Poll until cancelled, or until `LeaseLost`."""
        lost = False
        while True:
            lease.check()
            try:
                updates = await self.channel.updates()
            except ChannelError as trouble:
                if not lost:
                    log.warning("platform.lost", channel=self.channel.name, reason=str(trouble))
                lost = True
                await asyncio.sleep(_pause(trouble))
                continue
            if lost:
                log.warning("platform.back", channel=self.channel.name)
            lost = False
            await (self._commit(updates) if updates else asyncio.sleep(EMPTY_SECONDS))

    async def _commit(self, updates: Sequence[Json]) -> None:
        """Try until the whole batch is on disk, and only then confirm it: what was committed already is recognised."""
        while True:
            try:
                await self.intake.take_all(updates)
            except DatabaseUnavailable:
                await asyncio.sleep(AWAY_SECONDS)
            else:
                return self.channel.confirm()


@dataclass
class Latecomers:
    """Looks for updates that a webhook kept and nobody took."""

    intake: Intake

    async def run(self, lease: Lease) -> None:
        """Look until cancelled, or until `LeaseLost`; first without delay, for people go on with what comes after."""
        seconds = 0.0
        while True:
            lease.check()
            with suppress(DatabaseUnavailable):
                await self.intake.take_late(seconds)
                seconds = LATE_SECONDS
            await asyncio.sleep(LOOK_SECONDS)


def _pause(trouble: ChannelError) -> float:
    match trouble:
        case Throttled(after=after):
            return after
        case Misconfigured():
            return MISCONFIGURED_SECONDS
    return AWAY_SECONDS
