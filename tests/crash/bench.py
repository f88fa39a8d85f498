"""The other side of the crash tests: a pretend Telegram, its people, and the hand that kills."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import signal
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from bot.settings import Settings
from sandbox.people import Person
from sandbox.world import World
from tests.crash import program
from tests.unpaced import TOKEN

warm = multiprocessing.get_context("forkserver")
warm.set_forkserver_preload(["tests.crash.program"])  # a new process every time, yet without a second of imports
GLANCE = 0.003
OK = 200
MOST_SECONDS_TO_END = 10
Mode = Literal["polling", "webhook"]


@dataclass
class Tally:
    """What a run came to."""

    updates: int = 0
    repeats: int = 0
    kills: int = 0
    lost: int = 0
    doubled: int = 0
    unanswered: int = 0
    answered_again: int = 0
    """Replies that were sent more than once."""
    last_life: float = 0.0
    """Seconds until everything was answered, once nobody killed the program any more."""


@dataclass
class Bench:
    """A world, and the program that is killed in it."""

    world: World
    settings: Settings
    log: Path
    hasty: bool
    dice: random.Random
    people: list[Person] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    process: ForkServerProcess | None = None

    # people ----------------------------------------------------------------------------------------------------------

    def gather(self, people: int) -> None:
        """So many people open a chat with the bot."""
        self.world.add_bot(TOKEN)
        self.people = [self.world.add_person(f"Người {number}") for number in range(people)]

    def type(self, messages: int) -> None:
        """Somebody types, now this one and now that; one in twenty updates comes twice."""
        for _ in range(messages):
            words = f"tin-{len(self.typed)}"
            self.typed.append(words)
            self.dice.choice(self.people).type(f"/ghi {words}")
            if self.dice.random() < 0.05:
                self.tally.repeats += 1
                self.world.repeat(self.dice.choice(self.world.bot.updates.history)["update_id"])
        self.tally.updates = len(self.typed)

    def heard(self) -> Counter[str]:
        """What the bot said, and how often."""
        return Counter(str(message.get("text")) for person in self.people for message in person.chat.spoken)

    # the program -----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the program as a process of its own."""
        self.process = warm.Process(target=program.child, args=(self.settings, self.log, self.hasty))
        self.process.start()

    async def kill(self) -> None:
        """`kill -9`, without a word."""
        await self._end(signal.SIGKILL, -signal.SIGKILL)
        self.tally.kills += 1

    async def stop(self) -> None:
        """SIGTERM: the program ends by itself, well."""
        await self._end(signal.SIGTERM, 0)

    async def _end(self, number: signal.Signals, expected: int) -> None:
        process = self.process
        assert process is not None
        assert process.pid is not None
        assert process.is_alive(), self.log.read_text()[-3000:]
        os.kill(process.pid, number)
        await asyncio.to_thread(process.join, MOST_SECONDS_TO_END)
        assert process.exitcode == expected, self.log.read_text()[-3000:]
        process.close()
        self.process = None

    def abandon(self) -> None:
        """Leave nothing running behind a failed test."""
        if self.process is not None:
            self.process.kill()
            self.process.join()

    # waiting ---------------------------------------------------------------------------------------------------------

    async def until(self, reached: Callable[[], bool], seconds: float) -> bool:
        """Wait for something to become true; tell whether it did."""
        give_up = time.monotonic() + seconds
        while not reached():
            if time.monotonic() > give_up:
                return False
            await asyncio.sleep(GLANCE)
        return True

    def handed_over(self) -> int:
        """A number that grows when the program has taken updates from the platform."""
        if self.settings.telegram_webhook_url:
            return -len(self.world.bot.updates.pending)
        return sum(request.method == "getUpdates" and request.status == OK for request in self.world.requests)

    def said(self) -> int:
        """How many messages the bot has sent so far."""
        return sum(len(person.chat.spoken) for person in self.people)


def settings_for(mode: Mode, url: str, folder: Path, api: str) -> Settings:
    """The settings of a program that talks to the sandbox."""
    port = free_port()
    hook = f"http://127.0.0.1:{port}/telegram" if mode == "webhook" else ""
    return Settings(
        database_url=url,
        data_dir=folder / "data",
        telegram_token=SecretStr(TOKEN),
        telegram_api_base=api,
        telegram_webhook_url=hook,
        telegram_webhook_secret=SecretStr("khong-ai-biet") if hook else None,
        web_port=port,
    )


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def slices(total: int, parts: int) -> Iterator[int]:
    """Cut a number into nearly equal ones."""
    for part in range(parts):
        yield total * (part + 1) // parts - total * part // parts
