"""A Cầu Nối to be recorded: the real service on a working morning, perhaps with SQLite's syncs taken away.

`CAUNOI_…=… python -m tests.campaigns.recorded_program [OFF|NORMAL]`
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.cli_tools import stop_on_signals
from bot.logs import set_up_logs
from bot.settings import load_settings
from storage import sqlite_file
from storage.times import VIETNAM
from tests.unpaced import UnpacedService

MORNING = datetime(2026, 11, 23, 8, tzinfo=VIETNAM)


class MorningClock:
    """Goes as fast as any clock, from eight on a Monday."""

    def __init__(self, later: timedelta = timedelta(0)) -> None:
        self._ahead = MORNING + later - datetime.now(UTC)

    def now(self) -> datetime:
        """The time there."""
        return (datetime.now(UTC) + self._ahead).astimezone(UTC)


def take_away_syncs(synchronous: str) -> None:
    """What the product must never do, for the control."""
    properly = sqlite_file.connect

    def connect(file: Path, *settings: str) -> sqlite3.Connection:
        """Connect without them."""
        return properly(file, *settings, f"synchronous = {synchronous}")

    sqlite_file.connect = connect


async def serve() -> None:
    """Run until told to stop."""
    service = await UnpacedService.open(load_settings(), MorningClock())
    try:
        await service.run(stop_on_signals())
    finally:
        await service.close()


if __name__ == "__main__":
    set_up_logs()
    for given in sys.argv[1:]:
        take_away_syncs(given)
    asyncio.run(serve())
