"""The other side of a campaign of kills: a pretend platform, its people, and the hand that kills.

The platform is Telegram here; `zalo_bench` has the same people with Zalo.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, Literal

from pydantic import SecretStr

from bot.settings import Settings
from sandbox.clock import MovableClock
from sandbox.faults import Faults, is_send
from sandbox.records import Chat, Request
from sandbox.world import World
from tests.crash import program
from tests.crash.program import Build
from tests.unpaced import TOKEN
from tests.warm import warm

GLANCE = 0.003
OK = 200
MOST_SECONDS_TO_END = 10
ALIVE_SECONDS = 20.0
QUIET_SECONDS, MOST_SECONDS = 2.0, 60.0
REPEATED = 0.05
"""The share of updates that the server delivers twice."""
Mode = Literal["polling", "webhook", "zalo_bot_webhook", "zalo_oa_webhook"]
"""How updates come, and where from: the first two are Telegram's."""


class Witness(World):
    """Remembers what each person heard, as the bot says it."""

    def __init__(self) -> None:
        super().__init__(MovableClock(), pace=False)
        self.second = 0.01  # a platform's patience between two posts of a webhook
        self.heard: Counter[tuple[int | str, str]] = Counter()
        """How often each chat was told these words."""

    def spoke(self, chat: Chat, message: dict[str, Any]) -> None:
        """Count it."""
        self.heard[chat.id, str(message.get("text"))] += 1
        super().spoke(chat, message)


@dataclass
class Bench:
    """A world, and the program that is killed in it."""

    world: Witness
    settings: Settings
    log: Path
    dice: random.Random
    build: Build
    people: list[Any] = field(default_factory=list)
    """Whoever has a phone with the platform's app on it."""
    typed: dict[str, Any] = field(default_factory=dict)
    """Who typed these words."""
    repeated: set[str] = field(default_factory=set)
    """What the platform delivers twice, the second time before the first perhaps."""
    kills: int = 0
    consents: int = 0
    """After how many kills a human had to let the program into its account anew."""
    unsaved: int = 0
    """For how many of them the program is to blame: it had used its new tokens before they were on disk."""
    process: ForkServerProcess | None = None

    # the platform ----------------------------------------------------------------------------------------------------

    @property
    def faults(self) -> Faults:
        """Its troubles."""
        return self.world.faults

    @property
    def requests(self) -> deque[Request]:
        """What the program asked of it."""
        return self.world.requests

    @property
    def account(self) -> str:
        """What the program calls its account there."""
        return f"telegram:{TOKEN.partition(':')[0]}"

    def told(self, request: Request) -> str:
        """Whom a request tells something; nobody when it asks for something else."""
        to = request.params.get("chat_id") or request.params.get("recipient", {}).get("user_id")
        return str(to) if is_send(request.method) else ""

    def add_photo(self, data: bytes) -> str:
        """Somebody has sent this picture; return how the platform refers to it."""
        return str(self.world.files.add_photo(data)[-1]["file_id"])

    def handed_over(self) -> int:
        """A number that grows when the program has taken updates from the platform."""
        if self.settings.telegram_webhook_url:
            return -len(self.world.bot.updates.pending)
        return sum(request.method == "getUpdates" and request.status == OK for request in self.requests)

    def not_handed_over(self) -> set[str]:
        """What the platform would still deliver for the first time, as nobody has acknowledged it."""
        return {words_in(item.update) for item in self.world.bot.updates.pending if not item.again}

    def owed(self) -> dict[str, Any]:
        """What must have an effect and an answer in the end: all that was typed, since Telegram keeps it."""
        return self.typed

    # people ----------------------------------------------------------------------------------------------------------

    def gather(self, people: int) -> None:
        """So many people open a chat with the bot."""
        self.world.add_bot(TOKEN)
        self.people = [self.world.add_person(f"Người {number}") for number in range(people)]
        for person in self.people:
            person.chat.started = True

    def type(self, messages: int) -> None:
        """Somebody types, now this one and now that; one in twenty updates comes twice."""
        for _ in range(messages):
            self.write(self.dice.choice(self.people))
            if self.dice.random() < REPEATED:
                self.repeat(self.dice.choice(self.world.bot.updates.history))

    def repeat(self, update: dict[str, Any]) -> None:
        """The platform delivers an update once more."""
        self.repeated.add(words_in(update))
        self.world.repeat(update["update_id"])

    def write(self, person: Any, deed: str = "/ghi") -> None:
        """This person types words that are to be counted and answered."""
        words = f"tin-{len(self.typed)}"
        self.typed[words] = person
        self.post(person, words, f"{deed} {words}")

    def post(self, person: Any, _words: str, text: str) -> None:
        """Type it."""
        person.type(text)

    def press(self, person: Any) -> None:
        """Press a button that is no longer there."""
        person.tap(None, "o1:x", stale=True)

    def said(self) -> int:
        """How many messages the bot has sent so far."""
        return self.world.heard.total()

    def unanswered(self) -> int:
        """How many messages that must be answered are not."""
        return sum(not self.world.heard[person.id, words] for words, person in self.owed().items())

    def all_is_answered(self) -> bool:
        """Whether nobody waits for anything."""
        return not self.unanswered()

    def in_vain(self) -> int:
        """How many messages the platform had nobody for, and keeps no more."""
        return len(self.typed) - len(self.owed())

    def answered_again(self) -> int:
        """How many answers were sent more than once."""
        heard = self.world.heard
        return sum(max(0, heard[person.id, words] - 1) for words, person in self.typed.items())

    def out_of_order(self) -> int:
        """How many answers came before that to an earlier message of the same person."""
        return sum(self._out_of_order(person) for person in self.people)

    def _out_of_order(self, person: Any) -> int:
        own = [words for words, who in self.typed.items() if who is person and words not in self.repeated]
        said = [str(message.get("text")) for message in person.spoken]
        place = {words: at for at, words in reversed(list(enumerate(said)))}
        return sum(place[one] > place[next_] for one, next_ in pairwise(words for words in own if words in place))

    # the program -----------------------------------------------------------------------------------------------------

    def start(self, build: Build | None = None) -> None:
        """Start the program as a process of its own."""
        self.process = warm.Process(target=program.child, args=(self.settings, self.log, build or self.build))
        self.process.start()

    async def begin(self, deeds: Callable[[], None], build: Build | None = None) -> None:
        """Let people do something, and start the program, for which the platform keeps it meanwhile."""
        deeds()
        self.start(build)

    async def kill(self) -> None:
        """`kill -9`, without a word."""
        await self._end(signal.SIGKILL, -signal.SIGKILL)
        self.kills += 1

    async def mend(self) -> None:
        """Do what only a human can, if a kill has broken something; there is no such thing on Telegram."""

    async def stop(self) -> None:
        """SIGTERM: the program ends by itself, well."""
        await self._end(signal.SIGTERM, 0)

    async def _end(self, number: signal.Signals, expected: int) -> None:
        process = self.process
        assert process is not None
        assert process.pid is not None
        assert process.is_alive(), self.last_words()
        os.kill(process.pid, number)
        await self.ended(expected)

    async def ended(self, expected: int) -> None:
        """Wait until the program has ended, and in no other way than this exit code says."""
        process, self.process = self.process, None
        assert process is not None
        await asyncio.to_thread(process.join, MOST_SECONDS_TO_END)
        code = process.exitcode
        if code is None:
            process.kill()
            process.join()
        process.close()
        assert code == expected, f"exit code {code}: {self.last_words()}"

    def alive(self) -> bool:
        """Whether it is running."""
        return self.process is not None and self.process.is_alive()

    def abandon(self) -> None:
        """Leave nothing running behind a failure."""
        if self.process is not None:
            self.process.kill()
            self.process.join()

    def last_words(self) -> str:
        """The end of its log."""
        return self.log.read_text()[-3000:]

    async def until(self, reached: Callable[[], bool], seconds: float = ALIVE_SECONDS) -> None:
        """Wait for something to become true, which it must within so many seconds."""
        assert await self.comes(reached, seconds), self.last_words()

    async def falls_silent(self, seconds: float = QUIET_SECONDS, most: float = MOST_SECONDS) -> None:
        """Wait until nothing new has been said for a while."""
        said = -1
        with suppress(TimeoutError):
            async with asyncio.timeout(most):
                while said != self.said():
                    said = self.said()
                    await asyncio.sleep(seconds)

    async def comes(self, reached: Callable[[], bool], seconds: float) -> bool:
        """Wait for something to become true; tell whether it did."""
        give_up = time.monotonic() + seconds
        while not reached():
            if time.monotonic() > give_up:
                return False
            await asyncio.sleep(GLANCE)
        return True


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


def words_in(update: dict[str, Any]) -> str:
    """The words that are to be counted, in somebody's message."""
    return str(update.get("message", {}).get("text", "")).removeprefix("/ghi ")
