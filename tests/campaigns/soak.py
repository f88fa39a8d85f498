"""A day of traffic in half an hour, by a wall clock that runs 48 times as fast: nothing is lost, and nothing grows.

Residents register and send feedback with photos, an officer answers, letters go out, timers fire, the house is kept and
backed up; meanwhile memory, file handles, threads and sockets of the process are looked at.
"""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import mean

from sqlalchemy import Connection, func, select

from bot.control import pass_on
from conversation.messages import Json
from sandbox.people import Person
from sandbox.records import Callback
from storage.schema import inbox_updates, tickets
from tests.campaigns.campaign import Campaign, Outcome, Shard
from tests.campaigns.trial import FAKETIME, Trial, trial_of

FASTER = 48
WARD = "26878"
RESIDENTS = 40
AT_ONCE = 8
STEPS = 24
PATIENCE = 10.0
MOMENT = 1.0
"""The words may come a little after the button stopped spinning."""
SAMPLES = 120
MOST_GROWTH = 1.05
MORE_HANDLES = 4
LONG = 600
"""Simulated minutes from which on growth says something."""
LIKED = ("Gửi đi", "Trả lời", "Xem và trả lời", "Xong rồi", "Tôi đồng ý", "Để tên", "Đúng")


@dataclass(frozen=True, slots=True)
class Sample:
    """How the process stands."""

    memory: int
    handles: int
    threads: int


def sample(process: int) -> Sample:
    """Look at a process from outside."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    fields = {name: rest.split() for name, _, rest in (line.partition(":") for line in lines)}
    return Sample(int(fields["VmRSS"][0]), len(os.listdir(f"/proc/{process}/fd")), int(fields["Threads"][0]))


class Walker:
    """Somebody who talks to the bot until a talk is over, and counts the times when there was no answer."""

    def __init__(self, trial: Trial, person: Person, dice: Random) -> None:
        self.trial, self.person, self.dice = trial, person, dice
        self.unanswered: list[str] = []

    async def say(self, words: str) -> None:
        """Type, and wait for what follows."""
        before = len(self.person.chat.spoken)
        self.person.type(words)
        await self._hear(words, before)

    async def talk(self) -> None:
        """Answer what is asked, until nothing is."""
        for _ in range(STEPS):
            labels = self.person.buttons() if self.person.heard else []
            if not labels:
                return
            asked, before = str(self.person.last.get("text", "")), len(self.person.chat.spoken)
            if "ảnh" in asked and "địa chỉ" in asked and self.dice.random() < 0.5:
                self.person.send_photo()
                await self._hear("photo", before)
            elif not await self._tap(labels, before):
                return

    async def _tap(self, labels: list[str], before: int) -> bool:
        """Press a button; whether words followed. A button whose talk has ended only stops spinning."""
        liked = [label for name in LIKED for label in labels if name in label]
        label = (liked or labels)[0]
        callback = self.trial.world.bot.callbacks[self.person.tap(None, label)]
        await self._hear(label, before, callback)
        return await self.trial.comes(lambda: len(self.person.chat.spoken) > before, MOMENT)

    async def _hear(self, said: str, before: int, callback: Callback | None = None) -> None:
        def answered() -> bool:
            return len(self.person.chat.spoken) > before or (callback is not None and callback.answered)

        if not await self.trial.comes(answered, PATIENCE):
            last = self.person.last.get("text", "") if self.person.heard else ""
            self.unanswered.append(f"{said} after {last!r}"[:300])


async def soak(shard: Shard) -> Outcome:
    """So many simulated minutes."""
    dice, end = shard.dice(), time.monotonic() + shard.count * 60 / FASTER
    async with trial_of(shard, people=RESIDENTS + 1, faked_clock=True, clock=f"+0 x{FASTER}") as trial:
        officer, *residents = (Walker(trial, person, dice) for person in trial.people)
        await _take_office(trial, officer)
        lives = [_answer(officer, end), *(_live(residents[n::AT_ONCE], dice, end) for n in range(AT_ONCE))]
        living = asyncio.gather(*lives)
        samples = [await _look(trial, shard) for _ in range(SAMPLES)]
        await living
        await trial.stop()
        opened, failed = await trial.ask(_figures)
        backups = len(list((trial.settings.data_dir / "backups").glob("*.db")))
    second, last = samples[SAMPLES // 4 : SAMPLES // 2], samples[-SAMPLES // 4 :]
    growth = mean(each.memory for each in last) / mean(each.memory for each in second)
    more = max(each.handles for each in last) - max(each.handles for each in second)
    grew = shard.count >= LONG and (growth > MOST_GROWTH or more > MORE_HANDLES)
    note = f"{opened} tickets; memory {(growth - 1) * 100:+.1f}% to {samples[-1].memory // 1024} MB, handles {more:+d}"
    unanswered = [each for walker in (officer, *residents) for each in walker.unanswered]
    note += "".join(f"; unanswered: {each}" for each in unanswered[:3])
    return Outcome(shard.count, lost=len(unanswered), corrupt=grew + failed + (not backups) + (not opened), note=note)


async def _take_office(trial: Trial, officer: Walker) -> None:
    order: Json = {"role": "commune_officer", "unit": WARD}
    invited = await pass_on(trial.settings.data_dir, "invite", order)
    assert invited is not None
    await officer.say(str(invited["code"]))
    await officer.talk()


async def _live(walkers: list[Walker], dice: Random, end: float) -> None:
    """Residents, one after the other and again: the first time they come by the poster."""
    number = 0
    while time.monotonic() < end:
        walker = walkers[number % len(walkers)]
        await walker.say(f"/start u_{WARD}" if number < len(walkers) else "/phananh")
        await walker.talk()
        await walker.say(f"Đèn đường hẻm {dice.randint(1, 900)} hư 3 hôm rồi")
        await walker.talk()
        number += 1
        await asyncio.sleep(dice.uniform(0, 0.5))


async def _answer(officer: Walker, end: float) -> None:
    """The officer looks at what waits, and answers it."""
    while time.monotonic() < end:
        await officer.say("/viec")
        await officer.talk()
        await officer.say("Tổ điện đã thay bóng, bà con xem giúp ạ.")
        with suppress(IndexError, ValueError):
            await officer.talk()
        await asyncio.sleep(0.5)


async def _look(trial: Trial, shard: Shard) -> Sample:
    await asyncio.sleep(shard.count * 60 / FASTER / SAMPLES)
    return sample(trial.process.pid)


def _figures(tx: Connection) -> tuple[int, int]:
    opened = tx.scalar(select(func.count()).select_from(tickets)) or 0
    failed = tx.scalar(select(func.count()).where(inbox_updates.c.state != "done")) or 0
    return opened, failed


CAMPAIGN = Campaign("soak", "simulated minutes", full=24 * 60, short=8, piece=24 * 60, run=soak)
CAMPAIGNS = (CAMPAIGN,) if FAKETIME or os.environ.get("CI") else ()
