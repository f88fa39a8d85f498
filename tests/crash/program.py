"""A Cầu Nối to be killed: the real service, adapter and storage, with some deeds more whose effects can be counted.

A build may be wrong on purpose: a campaign against it must fail.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import typer

from bot import runner
from bot.channels.channel import Channel, Pace, Rate, Receipt
from bot.cli_tools import run_plainly, stop_on_signals
from bot.clock import SystemClock
from bot.gate import Gate, Verdict
from bot.logs import set_up_logs
from bot.runner import LATE_SECONDS, Intake
from bot.settings import Settings
from conversation.messages import Address, Json, Said
from handlers.feature import Registry
from storage.leading import Term, Timing
from storage.leases import Lease
from storage.postgres import PostgresDatabase
from storage.sqlite_watch import OpenedFile
from tests.crash.deeds import DEEDS, chats
from tests.crash.steps import Step, die_at
from tests.unpaced import UnpacedService

ONE_WAY_SECONDS = 0.05
PATIENT = Timing()


@dataclass(frozen=True, slots=True)
class Build:
    """How a life of the program differs from the product."""

    per_second: float = 0.0
    """Messages it may send; 0 for as many as it can."""
    hasty_intake: bool = False
    """Acknowledges an update before the commit."""
    hasty_sender: bool = False
    """Writes down that a letter was sent before it is."""
    timing: Timing = PATIENT
    """How soon a sleeping leader is replaced, on PostgreSQL."""
    unfenced: bool = False
    """Goes on as a leader for ever once it is one."""
    unwatched: bool = False
    """Does not look whether its data file is still there."""
    calm: Rate | None = None
    """How fast the first person may write; None for as fast as they can, like all others."""
    late: float = LATE_SECONDS
    """How old a kept update is that nobody takes."""
    dies_at: Step | None = None
    """Where it kills itself."""


@dataclass
class HastyIntake(Intake):
    """Says an update is safe before it is: what the product must never do."""

    def __post_init__(self) -> None:
        self.begun: set[asyncio.Task[None]] = set()

    async def take(self, update: Json) -> None:
        """Begin, and return at once, as a webhook's receiver must not."""
        self.begun.add(asyncio.create_task(super().take(update)))

    async def keep(self, update: Json) -> None:
        """Begin, and return at once, as the receiver must not that answers before it works."""
        self.begun.add(asyncio.create_task(super().keep(update)))

    async def take_all(self, updates: Sequence[Json]) -> None:
        """Begin, and return at once, as a poller must not."""
        self.begun.add(asyncio.create_task(super().take_all(updates)))


def make_hasty(channel: Channel) -> None:
    """Let it say that a letter was taken before it is on its way."""
    send, begun = channel.send, set[asyncio.Task[None]]()

    async def send_later(to: Address, said: Said) -> None:
        await asyncio.sleep(ONE_WAY_SECONDS)
        await send(to, said)

    async def send_at_once(to: Address, said: Said) -> Receipt:
        begun.add(asyncio.create_task(send_later(to, said)))
        return Receipt("")

    channel.send = send_at_once  # type: ignore[method-assign]


class GateForOne(Gate):
    """Lets everybody in as fast as they come, but not the first person."""

    def admit(self, address: Address) -> Verdict:
        """Count a message of the first person."""
        return super().admit(address) if address.chat in chats(address.account, 1) else Verdict.READ


class CountingService(UnpacedService):
    """The service as it is built."""

    build = Build()

    def _channels(self) -> list[Channel]:
        channels = super()._channels()
        for channel in channels:
            if self.build.per_second:
                rate = Rate(self.build.per_second, burst=2)
                channel.limits = replace(channel.limits, pace=Pace(rate, rate, rate))
            if self.build.hasty_sender:
                make_hasty(channel)
        return channels

    def _intake(self, channel: Channel) -> Intake:
        intake = super()._intake(channel)
        if self.build.calm:
            intake.gate = GateForOne(self.build.calm)
        if self.build.hasty_intake:
            return HastyIntake(intake.database, channel, intake.desk, intake.clock, intake.committed, intake.gate)
        return intake


async def serve(settings: Settings, build: Build) -> None:
    """Run until told to stop."""
    service = await CountingService.open(settings, SystemClock())
    service.registry = Registry([*service.registry.features, DEEDS])
    service.build = build
    if isinstance(service.database, PostgresDatabase):
        service.database.timing = build.timing
    if build.unfenced:
        unfence()
    setattr(runner, "LATE_SECONDS", build.late)  # noqa: B010 - mypy knows that it is no variable
    try:
        await service.run(stop_on_signals())
    finally:
        await service.close()


def unfence() -> None:
    """Let this process believe that what it has is its own for good."""

    async def never_lost(term: Term) -> None:
        await term.over.wait()

    for kind, method, instead in (
        (Lease, "check", lambda *_: None),
        (Lease, "fence", lambda *_: None),
        (Term, "_beat_until_lost", never_lost),
    ):
        setattr(kind, method, instead)


def child(settings: Settings, log: Path, build: Build) -> None:
    """Be a process of one's own, started from a warm one, with the log in a file."""
    with log.open("ab") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    set_up_logs()
    if build.dies_at:
        die_at(build.dies_at)
    if build.unwatched:
        setattr(OpenedFile, "require", lambda _: None)  # noqa: B010 - mypy knows that it is no variable
    try:
        run_plainly(serve(settings, build))
    except typer.Exit as refused:
        sys.exit(refused.exit_code)
