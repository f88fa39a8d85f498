"""A Cầu Nối that is fed by hand: the real intake, turns and storage, without a platform and without its web server.

Whatever the disk refuses is asked again, as a platform would, and never by a new process.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from bot.backups import back_up
from bot.channels.telegram_updates import hear
from bot.contents import write_whole
from bot.control import OrderRefused
from bot.features import registry
from bot.runner import Intake
from bot.turns import Desk
from conversation.messages import Json
from handlers.feature import Registry
from storage import erasures
from storage.contents import place_of
from storage.database import Database, DatabaseUnavailable, leave_no_trace, open_database
from tests.bot.mute import BOT, Mute
from tests.campaigns.recorded_program import MORNING, MorningClock
from tests.crash.deeds import DEEDS

T = TypeVar("T")
PEOPLE = 997
"""So many that nobody among them floods the bot."""
AGAIN_SECONDS = 0.01
MOST_ATTEMPTS = 500
CHORE_EVERY = 8
TRACED_SECONDS = 10
ENDED = "ended"
"""Left behind by one that ended well."""


class NotRecovered(Exception):
    """The disk is well again, and still something is refused."""


class Ears(Mute):
    """A channel that hears, and says nothing."""

    def hear(self, update: Json, at: Any) -> Any:
        """Read an update of Telegram's."""
        return hear(update, BOT, at)


@dataclass
class Fed:
    """An open intake and what belongs to it."""

    database: Database
    data_dir: Path
    intake: Intake
    hasty: bool = False
    """Whether it takes a refusal for an acknowledgement: what the product must never do."""

    @classmethod
    async def open(cls, url: str, data_dir: Path, *, hasty: bool = False) -> Fed:
        """Open the records."""
        database = await until_done(partial(open_database, url, data_dir, now=MORNING))
        assert database is not None
        desk = Desk(Registry([*registry().features, DEEDS]))
        return cls(database, data_dir, Intake(database, Ears(), desk, MorningClock(), lambda: None), hasty)

    async def feed(self, number: int) -> None:
        """Deliver an update until it is acknowledged; now and then do what else writes to the disk."""
        await until_done(partial(self.intake.take, update(number)), hasty=self.hasty)
        if number % CHORE_EVERY == 0:
            for chore in (self._erase, self._journal, self._keep_a_file, self._back_up):
                await until_done(partial(chore, number), hasty=self.hasty)

    async def _erase(self, _number: int) -> None:
        await self.database.write(leave_no_trace)

    async def _journal(self, number: int) -> None:
        await asyncio.to_thread(erasures.append, self.data_dir, erasures.entry(number, MORNING))

    async def _keep_a_file(self, number: int) -> None:
        await asyncio.to_thread(write_whole, place_of(self.data_dir, f"{number:064x}"), bytes([number % 256]) * 9000)

    async def _back_up(self, number: int) -> None:
        target = self.data_dir / f"copy-{number}.db"
        if not target.exists():
            await back_up(self.database.url, self.data_dir, MORNING, {"to": str(target)})


async def until_done(work: Callable[[], Awaitable[T]], *, hasty: bool = False) -> T | None:
    """Ask again while the disk refuses, in plain words."""
    for _ in range(MOST_ATTEMPTS):
        try:
            return await work()
        except (DatabaseUnavailable, OrderRefused, OSError):
            if hasty:
                return None
            await asyncio.sleep(AGAIN_SECONDS)
    raise NotRecovered(work)


def update(number: int) -> Json:
    """The n-th update: somebody notes a word of its own."""
    person = {"id": 100 + number % PEOPLE, "first_name": "Hoa"}
    message = {"chat": {"id": person["id"], "type": "private"}, "from": person, "text": f"/ghi tin-{number}"}
    return {"update_id": number, "message": message}


def eat(url: str, data_dir: Path, updates: int, hasty: bool) -> None:
    """Be a process of one's own: take so many updates, once it is traced, and end well when all are acknowledged."""
    give_up = time.monotonic() + TRACED_SECONDS
    while "TracerPid:\t0\n" in Path("/proc/self/status").read_text() and time.monotonic() < give_up:
        time.sleep(0.002)

    async def work() -> None:
        fed = await Fed.open(url, data_dir, hasty=hasty)
        for number in range(updates):
            await fed.feed(number)
        await fed.database.close()

    asyncio.run(work())
    (data_dir / ENDED).touch()
