"""Who loads a bot: a process on the other core, whose people each wait for their last line to be committed."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bench.cores import LOADING, stay_on
from bench.talk import talk_of

READY, DONE = b"ready\n", b"done "
AT_ONCE = 1 << 16
Take = Callable[[bytes], Awaitable[object]]


@dataclass
class Crowd:
    """So many people who are about to speak; `cpu` is what they cost, in seconds, once they have spoken."""

    process: asyncio.subprocess.Process
    cpu: float = 0.0
    failed: list[BaseException] = field(default_factory=list)

    async def speak(self, take: Take) -> None:
        """Take each line; a seat's next line comes when the last one was taken."""
        heard, said = self.process.stdout, self.process.stdin
        assert heard is not None
        assert said is not None
        said.write(b"\n")
        tasks: set[asyncio.Task[None]] = set()

        async def hear(seat: bytes, line: bytes) -> None:
            await take(line)
            said.write(seat + b"\n")

        async for line in heard:
            if line.startswith(DONE):
                self.cpu = float(line.removeprefix(DONE))
                break
            seat, _, update = line.partition(b" ")
            task = asyncio.create_task(hear(seat, update))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            task.add_done_callback(self._look)
        if self.failed:
            raise self.failed[0]

    def _look(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (failure := task.exception()):
            self.failed.append(failure)
            self.process.terminate()  # nobody answers this seat any more, so the rest would wait for ever


@asynccontextmanager
async def crowd(first: int, people: int, in_flight: int) -> AsyncIterator[Crowd]:
    """So many people from the first on, so many of them at a time, ready with all their lines."""
    arguments = [sys.executable, "-m", "bench.people", str(first), str(people), str(in_flight)]
    process = await asyncio.create_subprocess_exec(*arguments, stdin=PIPE, stdout=PIPE, limit=AT_ONCE)
    assert process.stdout is not None
    try:
        assert await process.stdout.readline() == READY
        yield Crowd(process)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def main(first: int, people: int, in_flight: int) -> None:
    """Say the first lines of all seats, then a seat's next line for each answer; at the end, what that cost."""
    waiting = iter([talk_of(number) for number in range(first, first + people)])
    seats = {b"%d" % seat: iter(lines) for seat, lines in zip(range(in_flight), waiting, strict=False)}
    _say(READY)
    os.read(0, 1)
    began = time.process_time()
    _say(b"".join(b"%s %s\n" % (seat, next(lines)) for seat, lines in seats.items()))
    rest = b""
    while seats:
        *answered, rest = (rest + os.read(0, AT_ONCE)).split(b"\n")
        lines = []
        for seat in answered:
            line = next(seats[seat], None)
            if line is None and (sits_down := next(waiting, None)) is not None:
                seats[seat] = iter(sits_down)
                line = next(seats[seat])
            if line is None:
                del seats[seat]
            else:
                lines.append(b"%s %s\n" % (seat, line))
        _say(b"".join(lines))
    _say(DONE + b"%f\n" % (time.process_time() - began))


def _say(words: bytes) -> None:
    while words:
        words = words[os.write(1, words) :]


if __name__ == "__main__":
    stay_on(LOADING)
    main(*map(int, sys.argv[1:]))
