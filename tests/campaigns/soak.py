"""A day of traffic in half an hour, by a wall clock that runs 48 times as fast: nothing is lost, and nothing grows.

Residents register and send feedback with photos, officers answer, letters go out, timers fire, the house is kept and
backed up; meanwhile memory, file handles, threads and sockets of the process are looked at.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from math import inf
from pathlib import Path
from random import Random
from statistics import mean
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from bot.control import pass_on
from conversation.messages import Json
from handlers.feedback import texts
from handlers.feedback.rules import Act, Status
from sandbox.people import Person
from storage.database import sqlite_file
from storage.outbox import Lane
from storage.schema import deliveries, files, inbox_updates, ticket_events, tickets
from tests.campaigns.campaign import Campaign, Outcome, Shard
from tests.campaigns.trial import FAKETIME, Trial, trial_of

FASTER = 48
WARD = "26878"
OFFICERS, RESIDENTS = 3, 400
"""So many residents that nobody reaches the most feedback that a person may send in a day."""
AT_ONCE = 8
LONGEST_PAUSE = 10.0
"""Seconds between two talks: about as many tickets come as the officers answer."""
STEPS = 24
PATIENCE = 60.0
"""On a machine with much else to do half a minute was once too short."""
MOMENT = 1.0
"""The words may come a little after the button stopped spinning."""
GLANCE = 0.3
"""A question may come a little after what was said before it."""
SAMPLES = 120
MOST_GROWTH = 1.05
MORE_HANDLES = 4
LONG = 600
"""Simulated minutes from which on growth says something, and there is a morning, when letters go out."""
LIKED = ("Gửi đi", "Trả lời", "Xem và trả lời", "Xong rồi", "Tôi đồng ý", "Để tên", "Đúng")
NO = texts.DANGER_NO
ANSWER, NAME = "Tổ điện đã thay bóng, bà con xem giúp ạ.", "Trần Văn Nam"


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
        self.end = inf
        """When they put the phone away in the midst of a talk; residents say all they have to say."""

    async def say(self, words: str) -> None:
        """Type, and wait for what follows."""
        before = len(self.person.chat.spoken)
        self.person.type(words)
        await self._hear(words, lambda: len(self.person.chat.spoken) > before)

    async def talk(self) -> None:
        """Answer what is asked, until nothing is."""
        for _ in range(STEPS):
            if time.monotonic() >= self.end or not await self.trial.comes(self._is_asked, GLANCE):
                return
            if words := self._words():
                await self.say(words)
            elif self._may_send_photo() and self.dice.random() < 0.5:
                await self._show()
            elif not await self._tap(self.person.buttons()):
                return

    def story(self) -> str:
        """What is wrong in their street."""
        return f"Đèn đường hẻm {self.dice.randint(1, 900)} hư 3 hôm rồi"

    def _asked(self) -> str:
        return str(self.person.last.get("text", "")) if self.person.heard else ""

    def _is_asked(self) -> bool:
        return bool(self._words() or (self.person.heard and self.person.buttons()))

    def _words(self) -> str:
        """What is typed where words are asked for."""
        told = {"kể giúp": self.story(), "nhắn câu trả lời": ANSWER, "cho biết họ tên": NAME}
        return next((words for question, words in told.items() if question in self._asked()), "")

    def _may_send_photo(self) -> bool:
        return "ảnh" in self._asked() and "địa chỉ" in self._asked()

    async def _show(self) -> None:
        before = len(self.person.chat.spoken)
        self.person.send_photo()
        await self._hear("photo", lambda: len(self.person.chat.spoken) > before)

    async def _tap(self, labels: list[str]) -> bool:
        """Press a button; whether words followed. A button whose talk has ended only stops spinning."""
        before, label = len(self.person.chat.spoken), self._liked(labels)
        callback = self.trial.world.bot.callbacks[self.person.tap(None, label)]
        await self._hear(label, lambda: callback.answered)
        return await self.trial.comes(lambda: len(self.person.chat.spoken) > before, MOMENT)

    def _liked(self, labels: list[str]) -> str:
        """The label that brings them on; officers take any ticket, so that each has another."""
        liked = [label for name in LIKED for label in labels if name in label]
        liked += [label for label in labels if label.split(". ", 1)[-1] == NO]
        rows = [label for label in labels if "PA 2" in label]
        return liked[0] if liked else self.dice.choice(rows or labels[:1])

    async def _hear(self, said: str, answered: Callable[[], bool]) -> None:
        asked = self._asked()
        if not await self.trial.comes(answered, PATIENCE):
            self.unanswered.append(f"{said} after {asked!r}"[:300])


@dataclass(frozen=True, slots=True)
class Figures:
    """What the records say in the end."""

    tickets: int
    answers: int
    photos: int
    sent: int
    """Letters."""
    waiting: int
    """Tickets that no officer has answered."""
    failed: int
    """Updates that did not take effect."""
    known: frozenset[str]
    """The numbers of all updates that did."""

    def missing(self, minutes: int) -> int:
        """Kinds of traffic that never came; a short run on a slow machine sees the first one only."""
        wanted = (self.tickets, self.answers, self.photos, self.sent)
        return (wanted if minutes >= LONG else wanted[:1]).count(0)


async def soak(shard: Shard) -> Outcome:
    """So many simulated minutes."""
    dice, everybody = shard.dice(), OFFICERS + RESIDENTS
    async with trial_of(shard, people=everybody, faked_clock=True, clock=f"+0 x{FASTER}") as trial:
        walkers = [Walker(trial, person, dice) for person in trial.people]
        samples = await _live_all(trial, shard, walkers)
        unsaid = 0 if await trial.comes(lambda: not _replies(trial), PATIENCE) else _replies(trial)
        await trial.stop()
        figures = await trial.ask(_figures)
        updates = {str(update["update_id"]) for update in trial.world.bot.updates.history}
        backups = len(list((trial.settings.data_dir / "backups").glob("*.db")))
    unanswered = [each for walker in walkers for each in walker.unanswered]
    grew, note = _growth(shard, samples)
    note = f"{_traffic(figures)}; {note}" + "".join(f"; unanswered: {each}" for each in unanswered[:3])
    return Outcome(
        shard.count,
        lost=len(unanswered) + unsaid + len(updates - figures.known),
        corrupt=grew + figures.failed + (not backups) + figures.missing(shard.count),
        note=note,
    )


def _growth(shard: Shard, samples: list[Sample]) -> tuple[bool, str]:
    """Whether the process has grown between the second and the last quarter, and how much."""
    second, last = samples[SAMPLES // 4 : SAMPLES // 2], samples[-SAMPLES // 4 :]
    growth = mean(each.memory for each in last) / mean(each.memory for each in second)
    more = max(each.handles for each in last) - max(each.handles for each in second)
    threads = max(each.threads for each in last) - max(each.threads for each in second)
    grew = shard.count >= LONG and (growth > MOST_GROWTH or max(more, threads) > MORE_HANDLES)
    memory = f"memory {(growth - 1) * 100:+.1f}% to {samples[-1].memory // 1024} MB"
    return grew, f"{memory}, handles {more:+d}, threads {threads:+d}"


def _traffic(figures: Figures) -> str:
    answered = f"{figures.tickets} tickets, {figures.answers} answers, {figures.waiting} waiting"
    return f"{answered}, {figures.photos} photos, {figures.sent} letters, {len(figures.known)} updates"


async def _live_all(trial: Trial, shard: Shard, walkers: list[Walker]) -> list[Sample]:
    """Everybody lives until the end; a failure of one of them ends all at once."""
    officers, residents = walkers[:OFFICERS], walkers[OFFICERS:]
    for officer in officers:
        await _take_office(trial, officer)
    end = time.monotonic() + shard.count * 60 / FASTER
    for officer in officers:
        officer.end = end
    async with asyncio.TaskGroup() as living:
        samples = living.create_task(_look(trial, shard))
        for officer in officers:
            living.create_task(_answer(officer))
        for number in range(AT_ONCE):
            living.create_task(_live(residents[number::AT_ONCE], end))
    return samples.result()


async def _take_office(trial: Trial, officer: Walker) -> None:
    order: Json = {"role": "commune_officer", "unit": WARD}
    invited = await pass_on(trial.settings.data_dir, "invite", order)
    assert invited is not None
    await officer.say(str(invited["code"]))
    await officer.talk()
    said = [str(message.get("text")) for message in officer.person.chat.spoken]
    assert any(words.startswith("Xong rồi") for words in said), said


async def _live(walkers: list[Walker], end: float) -> None:
    """Residents, one after the other and again: the first time they come by the poster."""
    for number, walker in enumerate(itertools.cycle(walkers)):
        if time.monotonic() >= end:
            return
        known = number >= len(walkers)
        await walker.say(walker.dice.choice(("/phananh", walker.story())) if known else f"/start u_{WARD}")
        await walker.talk()
        await asyncio.sleep(min(walker.dice.uniform(0, LONGEST_PAUSE), max(0.0, end - time.monotonic())))


async def _answer(officer: Walker) -> None:
    """An officer looks at what waits, and answers it."""
    while time.monotonic() < officer.end:
        await officer.say("/viec")
        await officer.talk()
        await asyncio.sleep(MOMENT)


async def _look(trial: Trial, shard: Shard) -> list[Sample]:
    samples = []
    for _ in range(SAMPLES):
        await asyncio.sleep(shard.count * 60 / FASTER / SAMPLES)
        samples.append(sample(trial.process.pid))
    return samples


def _replies(trial: Trial) -> int:
    """How many replies wait to be sent, while the program runs."""
    file = sqlite_file(trial.settings.database_url)
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        row = connection.execute("SELECT count(*) FROM outbox WHERE lane = ?", (int(Lane.REPLY),)).fetchone()
        return int(row[0])


def _figures(tx: Connection) -> Figures:
    def count(column: ColumnElement[Any], *conditions: ColumnElement[bool]) -> int:
        return tx.scalar(select(func.count(column)).where(*conditions)) or 0

    done = inbox_updates.c.state == "done"
    return Figures(
        tickets=count(tickets.c.id),
        answers=count(ticket_events.c.id, ticket_events.c.kind == Act.ANSWER),
        photos=count(files.c.id, files.c.state == "stored"),
        sent=count(deliveries.c.id, deliveries.c.status == "sent"),
        waiting=count(tickets.c.id, tickets.c.status.in_((Status.NEW, Status.RECEIVED))),
        failed=count(inbox_updates.c.update_id, ~done),
        known=frozenset(tx.scalars(select(inbox_updates.c.update_id).where(done))),
    )


CAMPAIGN = Campaign("soak", "simulated minutes", full=24 * 60, short=4, piece=24 * 60, run=soak)
CAMPAIGNS = (CAMPAIGN,) if FAKETIME or os.environ.get("CI") else ()
