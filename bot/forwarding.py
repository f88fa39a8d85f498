"""Channels that are used no more: whoever was written to there is reached elsewhere, or it is told that they are not.

The sender of a channel that is only lost looks after its letters itself. Here it is about those without a sender: the
operator took the token out of the settings. Another process may still have it, or be starting anew with it, so the
account must have had no sender for long.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import Connection

from bot.clock import Clock
from bot.outage import LONG_OUTAGE_SECONDS
from bot.sender import MOST_REROUTED
from storage import leases, rerouting
from storage.database import Database, DatabaseUnavailable

log = structlog.get_logger(__name__)

LOOK_SECONDS = 30.0
DEAD_SECONDS = 60.0
"""A sender that did not show itself for so long has died."""


@dataclass
class Forwarder:
    """Looks, now and then, for letters that wait where nobody sends."""

    database: Database
    clock: Clock
    served: Callable[[], Collection[str]]
    """The accounts that this process sends for, or waits to."""
    monotonic: Callable[[], float] = time.monotonic
    _silent_since: dict[str, float] = field(default_factory=dict)

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                await self.look()
            except DatabaseUnavailable as away:
                log.info("forwarding.database_away", kind=away.kind)
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Find who sends no more, and bring the letters of those that have not for long to an end."""
        now = self.monotonic()
        silent = await self.database.write(silent_accounts, self.served())
        self._silent_since = {account: self._silent_since.get(account, now) for account in silent}
        off = {account for account, since in self._silent_since.items() if now - since >= LONG_OUTAGE_SECONDS}
        for account in off:
            closed = 0
            while ended := await self.database.write(close_silent, account, off, self.clock.now()):
                closed += ended
            if closed:
                log.warning("channel.off", account=account, letters=closed)


def silent_accounts(tx: Connection, served: Collection[str]) -> list[str]:
    """Bot accounts that letters wait for, and that nobody sends for."""
    waiting = [account for account in rerouting.accounts_written_to(tx) if account not in served]
    return [account for account in waiting if is_silent(tx, account)]


def is_silent(tx: Connection, account: str) -> bool:
    """Whether no sender of an account is alive; none begins before the transaction ends."""
    return leases.is_free(tx, f"sender:{account}", DEAD_SECONDS)


def close_silent(tx: Connection, account: str, off: Collection[str], at: datetime) -> int:
    """Bring some letters of an account to an end, unless somebody sends them now after all; how many."""
    return rerouting.close_account(tx, account, off, at, MOST_REROUTED) if is_silent(tx, account) else 0
