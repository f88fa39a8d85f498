"""`kill -9` while Zalo posts events: what was answered with 200 takes effect exactly once and is answered.

The Bot Platform posts an event once: what it got no 200 for is lost by its own contract, and counted apart, as "posted
in vain". An Official Account posts it again, so that nothing may be lost at all. Half the lives of the program end some
random milliseconds after events began to come, half after a random number of its answers. The control answers 200
before the commit.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

from bot.pace import MOST_IN_FLIGHT
from conversation.messages import Json
from sandbox.server import serving
from sandbox.zalo.account import ZaloAccount
from sandbox.zalo.phone import ZaloPhone
from tests.campaigns.campaign import Campaign, Engine, Outcome, Shard
from tests.campaigns.intake import EARLY, ENGINES, LETTER_SECONDS
from tests.chats.zalo import App, settings_of
from tests.crash.bench import OK, REPEATED, Bench, Witness
from tests.crash.program import Build
from tests.crash.reckoning import ask, corrupt, noted

MESSAGES = 60
"""Events for each kill."""
PEOPLE = 30
COMING_SECONDS, HASTE_SECONDS = 0.3, 0.06
PATIENCE, HASTE = 60.0, 4.0
LATE = 1.0
ASKED_FIRST = {"zalo_bot": "getMe", "zalo_oa": "v2.0/oa/getoa"}
SECOND = 0.002
"""How long a second of an Official Account's patience lasts."""


@dataclass
class ZaloBench(Bench):
    """People with Zalo, and the program that is killed."""

    zalo: Any = field(kw_only=True)
    """A `ZaloAccount`, on either platform."""
    words: dict[str, str] = field(default_factory=dict)
    """What each message said that was posted."""

    def gather(self, people: int) -> None:
        self.people = [self.zalo.add_person(f"Người {number}") for number in range(people)]
        say = self.zalo.say

        def witnessed(phone: ZaloPhone, content: Json) -> Json:
            self.world.heard[phone.id, str(content.get("text"))] += 1
            return dict(say(phone, content))

        self.zalo.say = witnessed

    def type(self, messages: int) -> None:
        for _ in range(messages):
            self.write(self.dice.choice(self.people))
            self.zalo.manner.times = 2 if self.dice.random() < REPEATED else 1

    def write(self, person: Any) -> None:
        words = f"tin-{len(self.typed)}"
        self.typed[words] = person
        self.words[person.type(f"/ghi {words}")["message_id"]] = words

    def taken(self) -> set[str]:
        """What the program answered with 200."""
        return {self.words[key] for key, status in self.zalo.postman.tries if status == OK and key in self.words}

    def unheard(self) -> set[str]:
        """What was taken and has no answer."""
        return {words for words in self.taken() if not self.world.heard[self.typed[words].id, words]}

    async def begin(self) -> None:
        """Start the program, and wait until events can be posted, and until an Official Account's tokens are on disk.

        Who is killed between Zalo's giving them and that has lost the account, until a human consents again.
        """
        begun = len(self.zalo.calls(ASKED_FIRST[self.zalo.app]))
        self.start()
        await self.until(
            lambda: bool(self.zalo.postman.url) and len(self.zalo.calls(ASKED_FIRST[self.zalo.app])) > begun
        )
        async with asyncio.timeout(PATIENCE):
            while not await _is_open(self.settings.web_port):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)


async def _is_open(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


@asynccontextmanager
async def zalo_bench(app: App, url: str, folder: Path, dice: random.Random, build: Build) -> AsyncIterator[ZaloBench]:
    """A bench on a database; whatever happens, nothing runs on after it."""
    world = Witness()
    world.second = SECOND
    async with serving(world) as api:
        zalo: ZaloAccount = world.zalo_bot if app == "zalo_bot" else world.zalo_oa
        settings = settings_of(app, world, api, database_url=url, data_dir=folder / "data")
        bench = ZaloBench(world, settings, folder / "log", dice, build, zalo=zalo)
        bench.gather(PEOPLE)
        if app == "zalo_oa":
            world.zalo_oa.manner.echoes = False
            world.zalo_oa.hook(f"{settings.public_url}/zalo/oa")
        try:
            yield bench
        finally:
            bench.abandon()


async def live_and_die(bench: ZaloBench) -> None:
    """One life of the program: events come, and it dies in the midst of them."""
    await bench.begin()
    said, tries = bench.said(), len(bench.zalo.postman.tries)
    bench.type(MESSAGES)
    if bench.build.hasty_intake or bench.dice.random() < EARLY:
        await bench.until(lambda: len(bench.zalo.postman.tries) > tries)
        await asyncio.sleep(bench.dice.uniform(0, HASTE_SECONDS if bench.build.hasty_intake else COMING_SECONDS))
    else:
        answers = said + bench.dice.randint(1, MESSAGES // 2)
        await bench.until(lambda: bench.said() >= answers)
        await asyncio.sleep(bench.dice.uniform(0, LETTER_SECONDS))
    await bench.kill()


async def settled(bench: ZaloBench) -> Outcome:
    """Compare the records with what was answered, once the program has had time for everything."""
    await bench.comes(
        lambda: bench.zalo.postman.idle and not bench.unheard(), 3 if bench.build.hasty_intake else PATIENCE
    )
    await bench.stop()
    effects, taken = await ask(bench, noted), bench.taken()
    gone = len(bench.typed) - len(taken)
    return Outcome(
        bench.kills,
        lost=len({words for words in taken if words not in effects} | bench.unheard())
        + (gone if bench.zalo.app == "zalo_oa" else 0),
        twice=sum(times > 1 for times in effects.values()),
        doubled=bench.answered_again(),
        bound=MOST_IN_FLIGHT * bench.kills,
        corrupt=corrupt(bench),
        note=f"{gone} posted in vain" if gone else "",
    )


async def run(shard: Shard, app: App, engine: Engine, build: Build) -> Outcome:
    """Kill, and count."""
    with shard.records(engine) as url:
        async with zalo_bench(app, url, shard.folder, shard.dice(), build) as bench:
            for _ in range(shard.count):
                await live_and_die(bench)
            await bench.begin()
            bench.type(MESSAGES)
            return await settled(bench)


APPS: tuple[App, ...] = ("zalo_bot", "zalo_oa")
SHORT = {("zalo_bot", "sqlite"): 2, ("zalo_oa", "postgresql"): 2}
GOOD, HASTY = Build(late=LATE), Build(late=LATE, hasty_intake=True)
CAMPAIGNS = (
    *(
        Campaign(f"intake_{app}_webhook_{engine}", "kills", 300, SHORT.get((app, engine), 0), 30,
                 partial(run, app=app, engine=engine, build=GOOD))
        for app, engine in product(APPS, ENGINES)
    ),
    *(
        Campaign(f"intake_{app}_webhook_control", "kills", 20, 2 if app == "zalo_bot" else 0, 10,
                 partial(run, app=app, engine="sqlite", build=HASTY), control=True)
        for app in APPS
    ),
)  # fmt: skip
