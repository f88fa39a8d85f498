"""(c) How long people wait for a reply, from Telegram having their words to Telegram having ours."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path

from bench.child import Result
from bench.platform import Platform, running
from bench.rounds import folder
from bench.service import WORDS
from bench.talk import FIRST_CHAT, LINES

SEATS = 12
"""People in the middle of a talk; at 4 messages a second each writes every 3 seconds."""
PATIENCE_SECONDS = 30.0


class NoReply(Exception):
    """Somebody was never answered."""


@dataclass
class Writers:
    """People who write now and then, and look at the clock."""

    dice: random.Random = field(default_factory=lambda: random.Random(1))
    waited: list[float] = field(default_factory=list)
    letters: int = 0
    """Letters of the bulk that have arrived."""
    _since: dict[int, float] = field(default_factory=dict)
    _seats: deque[tuple[int, int]] = field(default_factory=lambda: deque((number, 0) for number in range(SEATS)))
    _next: int = SEATS

    async def write(self, platform: Platform, seconds: float, per_second: float) -> None:
        """Write so often for so long, each when the last reply has come; then wait for what is still to come."""
        end = time.monotonic() + seconds
        while (now := time.monotonic()) < end:
            number, place = self._seats.popleft()
            if number in self._since:
                self._seats.append((number, place))
            else:
                self._since[number] = now
                platform.bring(FIRST_CHAT + number, LINES[place])
                self._seats.append(self._after(number, place))
            await asyncio.sleep(self.dice.expovariate(per_second))
        while self._since:
            if time.monotonic() > end + PATIENCE_SECONDS:
                raise NoReply(f"to {len(self._since)} people")
            await asyncio.sleep(0.05)

    def _after(self, number: int, place: int) -> tuple[int, int]:
        if place + 1 < len(LINES):
            return number, place + 1
        self._next += 1
        return self._next - 1, 0

    def hear(self, chat: int, words: str) -> None:
        """A message has arrived."""
        if words == WORDS:
            self.letters += 1
        elif since := self._since.pop(chat - FIRST_CHAT, None):
            self.waited.append(time.monotonic() - since)


async def replies(records: str, letters: int, seconds: float, per_second: float) -> Result:
    """Milliseconds with nothing else to do, and while so many letters go out; on a copy of the records."""
    writers = Writers()
    platform = Platform(writers.hear)
    with folder() as place:
        shutil.copyfile(records, Path(place) / "caunoi.db")
        command = (sys.executable, "-m", "bench.service", str(letters))
        async with platform.open() as api, running(platform, api, place, *command) as process:
            await writers.write(platform, seconds / 4, per_second)  # everything is compiled and cached by now
            idle = await _phase(writers, platform, seconds, per_second)
            os.kill(process.pid, signal.SIGUSR1)
            bulk = await _phase(writers, platform, seconds, per_second)
    if writers.letters >= letters:
        raise RuntimeError("the bulk ended before the measuring did")
    return {**{f"idle_{name}": value for name, value in idle.items()}, **bulk}


async def _phase(writers: Writers, platform: Platform, seconds: float, per_second: float) -> Result:
    writers.waited, letters = [], writers.letters
    cpu, began = time.process_time(), time.monotonic()
    await writers.write(platform, seconds, per_second)
    passed, waited = time.monotonic() - began, sorted(1000 * wait for wait in writers.waited)
    return {
        "p50_ms": percentile(waited, 50),
        "p99_ms": percentile(waited, 99),
        "replies": len(waited),
        "letters_per_second": (writers.letters - letters) / passed,
        "load_us": (time.process_time() - cpu) / max(len(waited) + writers.letters - letters, 1) * 1e6,
    }


def percentile(ordered: list[float], hundredth: int) -> float:
    """The nearest-rank percentile."""
    return ordered[max(ceil(len(ordered) * hundredth / 100), 1) - 1]
