"""A handler that computes for five seconds: updates that come meanwhile are acknowledged and answered, none is lost.

On PostgreSQL a turn runs in the event loop, so that the whole process stands still; on SQLite in the writer's thread,
so that pages are served as ever. On either an update is acknowledged once it is committed, which is after the stall:
both are timed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from statistics import quantiles

import aiohttp

from sandbox.people import Person
from tests.campaigns.campaign import Campaign, Engine, Outcome, Shard
from tests.campaigns.trial import Trial, trial_of
from tests.campaigns.webhook_replay import FIRST, HEADER, message_of
from tests.crash.reckoning import noted

STALL_SECONDS = 5
STOOD_STILL = STALL_SECONDS - 1.0
MEANWHILE = 20
ANSWERED_SECONDS = STALL_SECONDS + 10.0
EVERY_SECONDS = 0.1
BOUND_SECONDS = 1.0
"""A page comes sooner while the writer computes, in 99 of 100 cases."""
ENGINES: tuple[Engine, ...] = ("postgresql", "sqlite")
Said = tuple[Person, str]


@dataclass
class Watch:
    """Asks for a page and posts an update all the time, and takes the time of both."""

    trial: Trial
    pages: list[float] = field(default_factory=list)
    posts: list[float] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    """What was posted."""

    @asynccontextmanager
    async def on(self) -> AsyncIterator[None]:
        """Watch while inside, and until everything has been answered."""
        over = asyncio.Event()
        async with (
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http,
            asyncio.TaskGroup() as asking,
        ):
            asking.create_task(self._ask(http, asking, over))
            try:
                yield
            finally:
                over.set()

    async def _ask(self, http: aiohttp.ClientSession, asking: asyncio.TaskGroup, over: asyncio.Event) -> None:
        while not over.is_set():
            asking.create_task(self._page(http))
            asking.create_task(self._post(http))
            await asyncio.sleep(EVERY_SECONDS)

    async def _page(self, http: aiohttp.ClientSession) -> None:
        began = time.monotonic()
        async with http.get(f"{self.trial.page}/healthz") as answer:
            answer.raise_for_status()
        self.pages.append(time.monotonic() - began)

    async def _post(self, http: aiohttp.ClientSession) -> None:
        person, words = self.trial.people[1 + len(self.said) % (len(self.trial.people) - 1)], f"gửi-{len(self.said)}"
        update = message_of(self.trial, person, words, FIRST + len(self.said), edited=False, stale=False)
        self.said.append((person, words))
        assert self.trial.world.bot.webhook is not None
        began = time.monotonic()
        async with http.post(
            self.trial.hook, json=update, headers={HEADER: self.trial.world.bot.webhook.secret}
        ) as answer:
            answer.raise_for_status()
        self.posts.append(time.monotonic() - began)

    def wrong(self, engine: Engine) -> int:
        """1 when nothing stood still, so that nothing was tried, or pages waited for SQLite's writer."""
        if engine == "sqlite":
            return int(max(self.posts) < STOOD_STILL or p99(self.pages) > BOUND_SECONDS)
        return int(max(self.posts) < STOOD_STILL or max(self.pages) < STOOD_STILL)

    def note(self, engine: Engine) -> str:
        """What was measured."""
        posts, pages = (f"p99 {p99(times):.2f} s" for times in (self.posts, self.pages))
        what = "writer" if engine == "sqlite" else "loop"
        return f"{engine}, its {what} standing still: posts acknowledged after the commit {posts}, pages {pages}"


def p99(times: list[float]) -> float:
    """What 99 of 100 do not exceed."""
    return quantiles(times, n=100, method="inclusive")[-1]


async def stall(shard: Shard) -> Outcome:
    """Stall it so many times, and write to it meanwhile."""
    engine = ENGINES[shard.index % len(ENGINES)]
    async with trial_of(shard, mode="webhook", engine=engine) as trial:
        watch, typed = Watch(trial), list[Said]()
        for number in range(shard.count):
            async with watch.on():
                typed += await _one(trial, number)
        typed += watch.said
        await trial.until(lambda: all(trial.heard(*each) for each in typed))
        unacknowledged = len(trial.world.bot.updates.pending)
        await trial.stop()
        effects = await trial.ask(noted)
    return Outcome(
        shard.count,
        lost=sum(words not in effects for _, words in typed) + unacknowledged,
        twice=sum(times > 1 for times in effects.values()),
        doubled=sum(trial.heard(*each) > 1 for each in typed),
        corrupt=watch.wrong(engine),
        note=watch.note(engine),
    )


async def _one(trial: Trial, number: int) -> list[Said]:
    """One stall, over when everybody has been answered; what was typed meanwhile."""
    slow, *others = trial.people
    slow.type(f"/dung {STALL_SECONDS}")
    batch = [(others[n % len(others)], f"tin-{number}-{n}") for n in range(MEANWHILE)]
    for person, words in batch:
        person.type(f"/ghi {words}")
    await trial.until(
        lambda: all(trial.heard(*each) for each in batch) and trial.heard(slow, "xong") > number, ANSWERED_SECONDS
    )
    return batch


CAMPAIGNS = (Campaign("stalls", "stalls", full=100, short=1, piece=10, run=stall),)
