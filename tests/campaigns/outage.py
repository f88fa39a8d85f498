"""The records cannot be written for a while, and people go on writing: what every such campaign looks at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

import aiohttp

from tests.campaigns.campaign import Outcome
from tests.crash.bench import Bench
from tests.crash.reckoning import ask, corrupt, lost_by_now, lost_for_good, noted

AT_ONCE = 3
PAUSE_SECONDS = 0.02
LONGEST_SECONDS = 30.0
Fault = Callable[[], AbstractAsyncContextManager[None]]


async def endure(bench: Bench, fault: Fault, *, tells: bool = True) -> list[str]:
    """One outage of a program that runs; what it did not do as it should."""
    wrong = []
    async with talking(bench):
        await asyncio.sleep(bench.dice.uniform(0, 0.3))
        async with fault():
            if tells and not await _becomes(bench, 503):
                wrong.append("readyz never told of the outage")
            await asyncio.sleep(bench.dice.uniform(0, 0.5))
        if not await _becomes(bench, 200):
            wrong.append(f"not ready again: {bench.last_words()}")
    return wrong


async def weigh(bench: Bench, count: int, wrong: list[str]) -> Outcome:
    """When all is answered, or never will be: compare the records with what people were told."""
    hasty = bench.build.hasty_intake
    await (bench.falls_silent() if hasty else bench.comes(lambda: not bench.unanswered(), LONGEST_SECONDS))
    await bench.stop()
    effects = await ask(bench, noted)
    return Outcome(
        count,
        lost=await (lost_by_now(bench) if hasty else lost_for_good(bench)),
        twice=sum(times > 1 for times in effects.values()),
        doubled=bench.answered_again(),
        corrupt=corrupt(bench) + len(wrong),
        note=wrong[0] if wrong else "",
    )


async def ready(bench: Bench) -> int:
    """What `/-/readyz` answers; 0 when nothing does."""
    with suppress(aiohttp.ClientError, TimeoutError):
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session,
            session.get(f"http://127.0.0.1:{bench.settings.web_port}/-/readyz") as response,
        ):
            return response.status
    return 0


async def _becomes(bench: Bench, status: int) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(LONGEST_SECONDS):
            while await ready(bench) != status:  # noqa: ASYNC110 - another process's answer
                await asyncio.sleep(PAUSE_SECONDS)
            return True
    return False


@asynccontextmanager
async def running(bench: Bench) -> AsyncIterator[None]:
    """The program runs and is ready."""
    bench.start()
    assert await _becomes(bench, 200), bench.last_words()
    yield


@asynccontextmanager
async def talking(bench: Bench) -> AsyncIterator[None]:
    """People type while inside."""

    async def talk() -> None:
        while True:
            bench.type(bench.dice.randint(1, AT_ONCE))
            await asyncio.sleep(PAUSE_SECONDS)

    task = asyncio.create_task(talk())
    try:
        yield
    finally:
        task.cancel()
