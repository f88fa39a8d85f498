"""A Cầu Nối to be killed: the real service, adapter and storage, with one talk more, whose effect can be counted.

`CAUNOI_…=… python -m tests.crash.program [--control]`; `/ghi <words>` adds one to the counter `note:<words>`, and the
words are said.
With `--control` it is built wrongly on purpose: it acknowledges an update before the commit, so a crash must lose some.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from bot.channels.channel import Channel
from bot.cli_tools import stop_on_signals
from bot.clock import SystemClock
from bot.logs import set_up_logs
from bot.runner import Intake
from bot.settings import Settings, load_settings
from conversation.chat import Chat, Talk
from conversation.messages import N_, Command, Json
from handlers.feature import Actor, Feature, Registry
from storage.schema import counters
from storage.upsert import insert_into
from tests.unpaced import UnpacedService

NOTE = "note:"


@dataclass(frozen=True, slots=True)
class Note(Command[int]):
    """Add one to the counter of these words."""

    words: str


def count(tx: Connection, _actor: Actor, note: Note) -> int:
    """Count the words; return how often they were noted."""
    row = insert_into(tx.dialect.name, counters).values(name=NOTE + note.words, value=1)
    counted = row.on_conflict_do_update(index_elements=["name"], set_={"value": counters.c.value + 1})
    noted: int = tx.execute(counted.returning(counters.c.value)).scalar_one()
    return noted


def take_note(chat: Chat) -> None:
    """Do it and say so."""
    words = str(chat.given.argument)
    chat.do(Note(words))
    chat.say(words)


NOTES = Feature(
    name="notes",
    talks=(Talk("note", take_note, N_("ghi"), opens_with=("/ghi",), asks_first=False),),
    commands={Note: count},
)


@dataclass
class HastyIntake(Intake):
    """Says an update is safe before it is: what the product must never do."""

    def __post_init__(self) -> None:
        self.begun: set[asyncio.Task[None]] = set()

    async def take(self, update: Json) -> None:
        """Begin, and return at once, as a webhook's receiver must not."""
        self.begun.add(asyncio.create_task(super().take(update)))

    async def take_all(self, updates: Sequence[Json]) -> None:
        """Begin, and return at once, as a poller must not."""
        self.begun.add(asyncio.create_task(super().take_all(updates)))


class CountingService(UnpacedService):
    """The service, perhaps wrong."""

    hasty = False

    def _intake(self, channel: Channel) -> Intake:
        intake = super()._intake(channel)
        if not self.hasty:
            return intake
        return HastyIntake(intake.database, intake.channel, intake.desk, intake.clock, intake.committed, intake.gate)


async def serve(settings: Settings, *, hasty: bool) -> None:
    """Run until told to stop."""
    service = await CountingService.open(settings, SystemClock())
    service.registry = Registry([*service.registry.features, NOTES])
    service.hasty = hasty
    try:
        await service.run(stop_on_signals())
    finally:
        await service.close()


def child(settings: Settings, log: Path, hasty: bool) -> None:
    """Be a process of one's own, started from a warm one, with the log in a file."""
    with log.open("ab") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    set_up_logs()
    asyncio.run(serve(settings, hasty=hasty))


if __name__ == "__main__":
    set_up_logs()
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(load_settings(), hasty="--control" in sys.argv))
