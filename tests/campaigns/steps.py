"""Killed at every named step: before and after each commit, send, acknowledgement and fetch, inside each transaction.

The steps are read from the product's code; one that no deed of the people reaches breaks the campaign.
"""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Connection

from bot.channels.channel import Rate
from bot.control import OrderRefused, pass_on
from sandbox.samples import photo
from storage import inbox
from tests.campaigns.campaign import Campaign, Engine, Outcome, Shard
from tests.campaigns.intake import PATIENCE, settled
from tests.crash.bench import Bench, Mode
from tests.crash.benches import ZALO, bench_on
from tests.crash.program import Build
from tests.crash.reckoning import ask, awaited, change
from tests.crash.steps import Step, steps

CALM = Rate(1, burst=5)
FLOOD = 12
SECONDS_FOR_JOBS, REACHED_SECONDS = 1.5, 40
TRIES = 4
"""Lives in which all that is owed must be done."""
RENEWS, IS_REFUSED = "write(platform_tokens.replace", "write(platform_tokens.refuse"
LETS_GO_OF_THE_UNREADABLE = "write(inbox.let_go, self.channel.account"
POSTED = frozenset({"channel.updates"})
ON_TELEGRAM = frozenset({"write(inbox.keep,", "write(inbox.let_go,", "write(platform_tokens."})
ON_ZALO = POSTED | {"channel.acknowledge"}
MISSING: Mapping[Mode | Engine, frozenset[str]] = {
    "polling": ON_TELEGRAM | {"webhook.take", "write(add_all,"},
    "webhook": ON_TELEGRAM | POSTED,
    "zalo_bot_webhook": ON_ZALO | {"write(platform_tokens."},
    "zalo_oa_webhook": ON_ZALO,
    "sqlite": frozenset({"contents.keep", "contents.remove_unused"}),
    "postgresql": frozenset({"files.store"}),
}
"""What is not there by this mode, on this engine."""
FORMS: Mapping[tuple[Mode, Engine], int | None] = {
    ("polling", "sqlite"): None,
    ("webhook", "postgresql"): 6,
    ("zalo_bot_webhook", "sqlite"): 0,
    ("zalo_bot_webhook", "postgresql"): 0,
    ("zalo_oa_webhook", "sqlite"): 6,
    ("zalo_oa_webhook", "postgresql"): 0,
}
"""How many steps `make test` has time for, the first ones; None for all."""
ELSEWHERE = {
    "write(probe)": "reached only while the records are away: the campaigns of disks and databases",
    "write(contents.adopt, sha256, content)": "only at the first start after 0.1.0: tests/bot/test_service.py",
    "write(close_silent,": "only in an outage of ten minutes: tests/bot/test_two_channels.py",
    "write(leave,": "only in an outage of ten minutes: tests/bot/test_two_channels.py",
    "write(note_failure,": "only when the sender of a failed update cannot even be told: tests/bot/test_runner.py",
    "write(lambda tx: perform(": "only when a browser opens the page of a link: tests/web/test_takeaway.py",
}
"""Steps that no deed of people reaches, and who goes there."""


def steps_there(mode: Mode, engine: Engine) -> list[Step]:
    """The steps that this program has."""
    missing = MISSING[mode] | MISSING[engine] | ELSEWHERE.keys()
    return [step for step in steps() if not any(words in step.site.text for words in missing)]


def needs_consent(step: Step) -> bool:
    """Whether only an administrator can help who dies there (ADR 22): the new tokens are nowhere, or there are none."""
    return IS_REFUSED in step.site.text or (RENEWS in step.site.text and step.moment != "after")


@dataclass
class Street:
    """People who between them make the program do everything it can."""

    bench: Bench
    photos: list[str]
    """One that is a picture, and one that is not."""
    consents: int = 0
    """After how many of the kills a consent is the only way."""

    async def live_calmly(self) -> None:
        """One life in which everybody writes and is answered, and nothing is left undone."""
        await self.bench.begin(self._greet, Build())
        await self.bench.until(self.bench.all_is_answered, PATIENCE)
        await self.bench.stop()

    def _greet(self) -> None:
        for person in self.bench.people:
            self.bench.write(person)

    def do_everything(self, step: Step) -> None:
        """One deed for each kind of step."""
        number = self.bench.kills
        flooder, presser, planner, sender, breaker, *others = self.bench.people
        for _ in range(FLOOD):
            flooder.type("/menu")
        self.bench.press(presser)
        self.bench.write(planner, "/hen")
        for place, picture in enumerate(self.photos):
            sender.type(f"/anh {picture} {number}-{place}")
        if "set_aside" in step.site.text:  # what fails keeps its person waiting
            breaker.type("/hong")
        for person in others:
            self.bench.write(person)

    async def live_and_die(self, step: Step) -> None:
        """One life, which ends at the step."""
        await self._prepare(step)
        ordering = asyncio.create_task(self._order())
        await self.bench.begin(partial(self.do_everything, step), replace(self.bench.build, dies_at=step))
        assert await self.bench.comes(lambda: not self.bench.alive(), REACHED_SECONDS), f"{step} was not reached"
        ordering.cancel()
        self.bench.faults.clear()
        await self.bench.ended(-signal.SIGKILL)
        self.bench.kills += 1
        await self.bench.mend()
        self.consents += needs_consent(step)

    async def _prepare(self, step: Step) -> None:
        """Bring about what no deed of people does."""
        if step.site.file == "bot/outage.py" and step.site.verb == "open":
            await self.live_calmly()  # a letter that many lives have tried in vain is given up after one trouble more
            self.bench.faults.html(None)  # until the sender asks for a sign of life
        if LETS_GO_OF_THE_UNREADABLE in step.site.text:
            await change(self.bench, self._leave_unreadable)
        account = self.bench.world.zalo_oa
        if IS_REFUSED in step.site.text:  # somebody else has used the refresh token
            account.tokens.granted(account.app_secret, {"app_id": account.app_id, "grant_type": "refresh_token",
                                                        "refresh_token": account.tokens.refresh})  # fmt: skip
        if RENEWS in step.site.text or IS_REFUSED in step.site.text:
            account.tokens.expire()

    def _leave_unreadable(self, tx: Connection) -> None:
        """An earlier version has kept what today's does not read."""
        inbox.keep(tx, self.bench.account, f"cũ-{self.bench.kills}", datetime.now(UTC), {})

    async def _order(self) -> None:
        while True:
            with suppress(OrderRefused, OSError):
                await pass_on(self.bench.settings.data_dir, "status", {})
            await asyncio.sleep(0.05)


def drawn(step: Step, dice: random.Random) -> Step:
    """What happens often is not always fatal the first time."""
    often = step.site.file == "bot/sender.py" and step.site.verb in ("write", "send")
    return replace(step, passing=dice.randint(1, 3)) if often else step


async def reckoned(street: Street) -> Outcome:
    """What is true once the program has had time for everything that it owes."""
    bench, found = street.bench, Outcome(0)
    for _ in range(TRIES):
        await bench.begin(lambda: bench.type(1), Build())
        await asyncio.sleep(SECONDS_FOR_JOBS)
        found = await settled(bench, good=True)
        fetching = await ask(bench, awaited)
        found = replace(found, lost=found.lost + fetching)
        if found.held:
            break
    return replace(found, corrupt=found.corrupt + bench.unsaved + abs(bench.consents - street.consents))


async def run(shard: Shard, mode: Mode, engine: Engine) -> Outcome:
    """Die at each in turn, and count."""
    there, build = steps_there(mode, engine), Build(calm=CALM)
    with shard.records(engine) as url:
        async with bench_on(url, shard.folder, shard.dice(), mode, people=12, build=build) as bench:
            street = Street(bench, [bench.add_photo(data) for data in (photo(), b"not a picture")])
            await street.live_calmly()  # so that there is a message whose button can be pressed
            for number in range(shard.count):
                await street.live_and_die(drawn(there[(shard.index + number) % len(there)], bench.dice))
            return await reckoned(street)


TIMES, TIMES_ON_ZALO = 25, 3
"""How often each step is fatal in a campaign; most of them are in all."""
CAMPAIGNS = tuple(
    Campaign(f"steps_{mode}_{engine}", "kills", times * number, number if short is None else short, number,
             partial(run, mode=mode, engine=engine))
    for (mode, engine), short in FORMS.items()
    for times in [TIMES_ON_ZALO if mode in ZALO else TIMES]
    for number in [len(steps_there(mode, engine))]
)  # fmt: skip
