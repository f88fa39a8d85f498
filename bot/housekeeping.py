"""What is thrown away in time: nothing is kept longer than promised."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy import Connection, delete, select

from bot.clock import Clock
from bot.fetching import hide_times
from storage import inbox, tickets
from storage.backup import expire_backups
from storage.database import Database, DatabaseUnavailable, leave_no_trace
from storage.schema import channel_accounts, chat_sessions, code_misses
from storage.times import day_of, to_ms

log = structlog.get_logger(__name__)

INBOX_KEPT = timedelta(hours=72)
"""Telegram repeats an update for 24 hours at most; source: Bot API, getUpdates."""
STRANGER_SESSIONS_KEPT = timedelta(days=7)
"""Sessions of people who agreed to nothing; source: docs/architecture.md, privacy."""
MISSES_KEPT = timedelta(hours=1)
BACKUPS_KEPT_DAYS = 30


@dataclass
class Housekeeping:
    """Cleans at start and every hour."""

    database: Database
    data_dir: Path
    clock: Clock
    _times_hidden: int = 0

    async def clean(self) -> None:
        """Throw away what is over; a database that is away is tried again in an hour."""
        now = self.clock.now()
        try:
            while await self.database.write(inbox.purge, now - INBOX_KEPT):
                pass
            await self.database.write(forget_strangers, to_ms(now - STRANGER_SESSIONS_KEPT))
            await self.database.write(forget_misses, to_ms(now - MISSES_KEPT))
            await self.database.write(tickets.mix_anonymous, day_of(now))
        except DatabaseUnavailable as away:
            log.error("housekeeping.database_away", kind=away.kind)
        await asyncio.to_thread(expire_backups, self.data_dir, now, BACKUPS_KEPT_DAYS)
        self._times_hidden = await asyncio.to_thread(hide_times, self.data_dir / "files", self._times_hidden)


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
