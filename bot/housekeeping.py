"""What is thrown away in time: nothing is kept longer than promised."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import structlog
from sqlalchemy import Connection, delete, select

from bot.clock import Clock
from bot.contents import hide_times
from bot.letting_go import let_go
from bot.retention import Retention
from handlers.feature import Registry
from handlers.invites import lapsing
from storage import clock_ahead, contents, data_links, inbox, leases, tickets
from storage.backup import back_up_daily, expire_backups, last_backup
from storage.database import Database, DatabaseUnavailable, leave_no_trace, sqlite_file
from storage.schema import channel_accounts, chat_sessions, code_misses
from storage.times import day_of, to_ms
from storage.unavailable import file_faults_named

log = structlog.get_logger(__name__)
P = ParamSpec("P")
T = TypeVar("T")

INBOX_KEPT = timedelta(hours=72)
"""Telegram repeats an update for 24 hours at most; source: Bot API, getUpdates."""
STRANGER_SESSIONS_KEPT = timedelta(days=7)
"""Sessions of people who agreed to nothing; source: docs/architecture.md, privacy."""
MISSES_KEPT = timedelta(hours=1)
BACKUPS_KEPT_DAYS = 30
HOUSEKEEPING = "housekeeping"
BACKUP_EVERY = timedelta(days=1)


@dataclass
class Housekeeping:
    """Cleans at start and every hour."""

    database: Database
    data_dir: Path
    clock: Clock
    registry: Registry
    keep: Retention = field(default_factory=Retention)
    _times_hidden: int = 0
    _told_of_postgres: bool = False

    async def clean(self) -> None:
        """Throw away what is over; a database that is away is tried again in an hour."""
        now = self.clock.now()
        try:
            await self.database.write(alone, clock_ahead.set_right, now)
            await self.database.write(alone, self.registry.plan, now)
            failed_before = now - timedelta(days=self.keep.keep_failures_days)
            while await self.database.write(alone, inbox.purge, now - INBOX_KEPT, failed_before):
                pass
            while await self.database.write(alone, let_go, self.keep, now):
                pass
            await self.database.write(alone, forget_strangers, to_ms(now - STRANGER_SESSIONS_KEPT))
            await self.database.write(alone, forget_misses, to_ms(now - MISSES_KEPT))
            await self.database.write(alone, data_links.forget_expired, now)
            await self.database.write(alone, tickets.mix_anonymous, day_of(now))
            await self.database.write(alone, lapsing.watch, now, self.keep.keep_unconfirmed_days)
        except DatabaseUnavailable as away:
            log.error("housekeeping.database_away", kind=away.kind)
        await asyncio.to_thread(expire_backups, self.data_dir, now, BACKUPS_KEPT_DAYS)
        self._times_hidden = await asyncio.to_thread(hide_times, contents.folder_in(self.data_dir), self._times_hidden)

    async def back_up(self) -> None:
        """Make the day's backup when the last is a day old; one that fails is tried again in an hour."""
        file, now = sqlite_file(self.database.url), self.clock.now()
        if file is None:
            return self._leave_it_to_the_operator()
        last = await asyncio.to_thread(last_backup, self.data_dir)
        if last is not None and timedelta(0) <= now - last < BACKUP_EVERY:
            return None
        try:
            with file_faults_named(str(self.data_dir / "backups")):
                made = await back_up_daily(file, self.data_dir, now, BACKUPS_KEPT_DAYS)
        except DatabaseUnavailable as failure:
            log.error("backup.failed", kind=failure.kind)
        else:
            log.info("backup.made", file=made.name)

    def _leave_it_to_the_operator(self) -> None:
        if not self._told_of_postgres:
            log.warning("backup.not_ours", reason="PostgreSQL is backed up by its operator: pg_dump, pg_basebackup")
        self._told_of_postgres = True


def alone(tx: Connection, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T | None:
    """Do it, unless another process is doing such things just now: it does this one too, or did it a moment ago."""
    return work(tx, *args, **kwargs) if leases.lock_for_now(tx, HOUSEKEEPING) else None


def forget_strangers(tx: Connection, before: int) -> int:
    """Delete old sessions of chats that belong to no registered person."""
    mine = select(channel_accounts.c.chat).where(
        channel_accounts.c.account == chat_sessions.c.account, channel_accounts.c.chat == chat_sessions.c.chat
    )
    gone = tx.execute(delete(chat_sessions).where(chat_sessions.c.updated_at < before, ~mine.exists())).rowcount
    if gone:
        leave_no_trace(tx)
    return gone


def forget_misses(tx: Connection, before: int) -> None:
    """Wrong codes count for an hour."""
    tx.execute(delete(code_misses).where(code_misses.c.at < before))
