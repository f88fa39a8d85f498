"""Killed at every named step: before and after each commit, send, acknowledgement and fetch, inside each transaction.

The steps are read from the product's code; one that no deed of the people reaches breaks the campaign.
"""

from __future__ import annotations

import asyncio
import random
import signal
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from bot.channels.channel import Rate
from bot.control import OrderRefused, pass_on
from sandbox.samples import photo
from tests.campaigns.campaign import Campaign, Engine, Outcome, Shard
from tests.campaigns.intake import settled
from tests.crash.bench import Bench, Mode, bench_on
from tests.crash.program import Build
from tests.crash.reckoning import ask, awaited, noted
from tests.crash.steps import Step, steps

CALM = Rate(5, burst=5)
FLOOD = 12
SECONDS_FOR_JOBS, REACHED_SECONDS, PATIENCE = 1.5, 40, 10
PLACES: dict[tuple[Mode, Engine], frozenset[str]] = {
    ("polling", "sqlite"): frozenset({"webhook.take", "write(add_all,", "contents.keep", "contents.remove_unused"}),
    ("webhook", "postgresql"): frozenset({"channel.updates", "files.store"}),
}
"""What is not there by this mode, on this engine."""
NEEDS_A_SICK_DISK = "write(probe)"
"""Reached only while the records are away; the campaigns of disks and databases go there."""
NEEDS_0_1_0 = "write(contents.adopt, sha256, content)"
"""Reached only at the first start after 0.1.0; tests/bot/test_service.py goes there."""

NEEDS_A_KEPT_UPDATE = frozenset({"write(inbox.keep,", "write(inbox.let_go,"})
"""Reached only where a webhook's updates are kept first, which Telegram's are not; `intake_zalo` goes there."""
NEEDS_ZALO = "write(platform_tokens."
"""tests/channels/test_zalo_oa_tokens.py goes there."""
NEEDS_A_LONG_OUTAGE = frozenset({"write(close_silent,", "write(leave,"})
"""Of ten minutes, in which letters leave for another chat; tests/bot/test_two_channels.py goes there."""
NEEDS_A_BROKEN_RECORD = "write(note_failure,"
"""Reached only when the sender of a failed update cannot even be told; tests/bot/test_runner.py goes there."""
NEEDS_MORE_THAN_TELEGRAM = NEEDS_A_KEPT_UPDATE | {NEEDS_ZALO} | NEEDS_A_LONG_OUTAGE | {NEEDS_A_BROKEN_RECORD}


def steps_there(mode: Mode, engine: Engine) -> list[Step]:
    """The steps that this program has."""
    missing = PLACES[mode, engine] | {NEEDS_A_SICK_DISK, NEEDS_0_1_0} | NEEDS_MORE_THAN_TELEGRAM
    return [step for step in steps() if not any(words in step.site.text for words in missing)]


@dataclass
class Street:
    """People who between them make the program do everything it can."""

    bench: Bench
    photos: list[str]
    """One that is a picture, and one that is not."""

    async def get_to_know(self) -> None:
        """Everybody is answered once, so that there is a message whose button can be pressed."""
        for person in self.bench.people:
            self.bench.write(person)
        self.bench.start(Build())
        await self.bench.until(lambda: not self.bench.unanswered())
        await self.bench.stop()

    def do_everything(self, step: Step) -> None:
        """One deed for each kind of step."""
        number = self.bench.kills
        flooder, presser, planner, sender, breaker, *others = self.bench.people
        for _ in range(FLOOD):
            flooder.type("/menu")
        presser.tap(None, "o1:x", stale=True)
        planner.type(f"/hen hẹn-{number}")
        for place, picture in enumerate(self.photos):
            sender.type(f"/anh {picture} {number}-{place}")
        if "set_aside" in step.site.text:  # what fails keeps its person waiting
            breaker.type("/hong")
        for person in others:
            self.bench.write(person)

    async def live_and_die(self, step: Step) -> None:
        """One life, which ends at the step."""
        self.do_everything(step)
        if step.site.file == "bot/outage.py" and step.site.verb == "open":
            self.bench.world.faults.html(None)  # until the sender asks for a sign of life
        self.bench.start(replace(self.bench.build, dies_at=step))
        ordering = asyncio.create_task(self._order())
        assert await self.bench.comes(lambda: not self.bench.alive(), REACHED_SECONDS), f"{step} was not reached"
        ordering.cancel()
        self.bench.world.faults.clear()
        await self.bench.ended(-signal.SIGKILL)
        self.bench.kills += 1

    async def _order(self) -> None:
        while True:
            with suppress(OrderRefused, OSError):
                await pass_on(self.bench.settings.data_dir, "status", {})
            await asyncio.sleep(0.05)


def drawn(step: Step, dice: random.Random) -> Step:
    """What happens often is not always fatal the first time."""
    often = step.site.file == "bot/sender.py" and step.site.verb in ("write", "send")
    return replace(step, passing=dice.randint(1, 3)) if often else step


async def reckoned(bench: Bench) -> Outcome:
    """What is true once the program has had time for everything that it owes."""
    found = Outcome(0)
    for _ in range(PATIENCE):
        bench.type(1)
        bench.start(Build())
        await asyncio.sleep(SECONDS_FOR_JOBS)
        found = await settled(bench, good=True)
        effects, fetching = await ask(bench, noted), await ask(bench, awaited)
        rung = sum(f"hẹn-{number}" in effects for number in range(bench.kills))
        found = replace(found, lost=found.lost + fetching + bench.kills - rung)
        if found.held:
            break
    return found


async def run(shard: Shard, mode: Mode, engine: Engine) -> Outcome:
    """Die at each in turn, and count."""
    there, build = steps_there(mode, engine), Build(calm=CALM)
    with shard.records(engine) as url:
        async with bench_on(url, shard.folder, shard.dice(), mode, people=12, build=build) as bench:
            photos = [bench.world.files.add_photo(data)[-1]["file_id"] for data in (photo(), b"not a picture")]
            street = Street(bench, photos)
            await street.get_to_know()
            for number in range(shard.count):
                await street.live_and_die(drawn(there[(shard.index + number) % len(there)], bench.dice))
            return await reckoned(bench)


TIMES = 25
"""How often each step is fatal in a campaign; most of them are in both."""
CAMPAIGNS = tuple(
    Campaign(
        f"steps_{mode}_{engine}",
        "kills",
        len(steps_there(mode, engine)) * TIMES,
        short,
        len(steps_there(mode, engine)),
        partial(run, mode=mode, engine=engine),
    )
    for (mode, engine), short in zip(PLACES, (len(steps_there("polling", "sqlite")), 6), strict=True)
)
