"""A Cầu Nối on trial: the real service, which people can make stall, fail and remind them.

`CAUNOI_…=… python -m tests.campaigns.trial_program [--gated] [--blind]`; besides the deeds of the crash tests there are
`/dung <seconds>`, which computes for so long, `/hong <name>`, which raises that exception, and
`/nhac <seconds> <words>`, which reminds of the words when they are over, through a timer and a letter.
"""

from __future__ import annotations

import asyncio
import builtins
import sys
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from bot.channels.channel import Channel
from bot.cli_tools import stop_on_signals
from bot.clock import SystemClock
from bot.logs import set_up_logs
from bot.main import Service
from bot.runner import Intake
from bot.settings import load_settings
from conversation.chat import Chat, Talk
from conversation.messages import N_, Address, Command, Json, Said
from handlers.feature import Actor, Feature, Registry
from storage import clock_ahead, jobs, outbox
from tests.crash.deeds import DEEDS, count
from tests.unpaced import UnpacedService

REMIND = "trial.remind"


class Unknown(Exception):
    """A fault that nobody has heard of."""


@dataclass(frozen=True, slots=True)
class Stall(Command[None]):
    """Compute."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Fail(Command[None]):
    """Raise an exception of this name, or have the database raise one."""

    name: str


@dataclass(frozen=True, slots=True)
class Remind(Command[None]):
    """Say the words later."""

    seconds: float
    words: str


def stall(_tx: Connection, _actor: Actor, deed: Stall) -> None:
    """Use the processor, without a pause for anybody."""
    end = time.monotonic() + deed.seconds
    while time.monotonic() < end:
        sum(range(1000))


def fail(tx: Connection, _actor: Actor, deed: Fail) -> None:
    """Count the words, which must be undone, and raise."""
    count(tx, "hỏng")
    if deed.name == "SQL":
        tx.execute(text("INSERT INTO nowhere VALUES (1)"))
    if deed.name == "Constraint":
        tx.execute(text("INSERT INTO counters (name) VALUES (NULL)"))
    if deed.name == "Deep":
        fail(tx, _actor, deed)
    kind = getattr(builtins, deed.name, Unknown)
    raise (kind("utf-8", b"x", 0, 1, deed.name) if kind is UnicodeDecodeError else kind(deed.name))


def remind(tx: Connection, actor: Actor, deed: Remind) -> None:
    """Set a timer."""
    assert actor.address is not None
    to = {"account": actor.address.account, "chat": actor.address.chat, "words": deed.words}
    jobs.enqueue(tx, REMIND, to, actor.at + timedelta(seconds=deed.seconds), f"{REMIND}:{deed.words}")


def ring(tx: Connection, now: datetime, payload: Json) -> None:
    """Count it, and write to whoever wanted it."""
    count(tx, payload["words"])
    to = Address(payload["account"], payload["chat"])
    outbox.post(tx, to, Said(payload["words"]), key=f"{REMIND}:{payload['words']}", at=now)


def _stall(chat: Chat) -> None:
    chat.do(Stall(float(str(chat.given.argument))))
    chat.say("xong")


def _fail(chat: Chat) -> None:
    chat.do(Fail(str(chat.given.argument)))


def _remind(chat: Chat) -> None:
    seconds, _, words = str(chat.given.argument).partition(" ")
    chat.do(Remind(float(seconds), words))
    chat.say("sẽ nhắc")


TRIALS = Feature(
    name="trials",
    talks=(
        Talk("stall", _stall, N_("dừng"), opens_with=("/dung",), asks_first=False),
        Talk("fail", _fail, N_("hỏng"), opens_with=("/hong",), asks_first=False),
        Talk("remind", _remind, N_("nhắc"), opens_with=("/nhac",), asks_first=False),
    ),
    commands={Stall: stall, Fail: fail, Remind: remind},
    timers={REMIND: ring},
)


class GatedService(UnpacedService):
    """For a platform that takes everything at once, and people who are held to their own pace."""

    def _intake(self, channel: Channel) -> Intake:
        return Service._intake(self, channel)


def be_blind() -> None:
    """Leave what was written while the clock was ahead dated so: what the product must never do."""
    setattr(clock_ahead, "set_right", lambda *_: None)  # noqa: B010 - mypy would not have it assigned


async def serve() -> None:
    """Run until told to stop."""
    if "--blind" in sys.argv:
        be_blind()
    kind = GatedService if "--gated" in sys.argv else UnpacedService
    service = await kind.open(load_settings(), SystemClock())
    service.registry = Registry([*service.registry.features, DEEDS, TRIALS])
    try:
        await service.run(stop_on_signals())
    finally:
        await service.close()


if __name__ == "__main__":
    set_up_logs()
    asyncio.run(serve())
