"""The power goes: of a recorded day, states of the disk that any moment may leave, each opened and compared.

A write that was not synced is lost, kept or torn at sectors of 512 bytes, whatever became of those before and after
it; a name that came, went or changed is lost or kept unless its folder was synced since. What must be there is what
had left through a socket by that moment: the offset that acknowledges updates, the number of a ticket, the word that
everything is erased, the checksum of a backup.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial, reduce
from operator import add
from pathlib import Path

from tests.campaigns.campaign import Campaign, Outcome, Shard
from tests.campaigns.day import beginning, play
from tests.campaigns.lossy_disk import Disk, State
from tests.campaigns.promises import Judge, Promises
from tests.campaigns.system_calls import Call, recorded

HELPERS = 2
SELDOM = 0.02
"""How often a moment is chosen at which only a file was written whose name nobody knows yet."""


@dataclass(frozen=True)
class Recording:
    """A day as it was recorded."""

    data: Path
    """Where it took place."""
    before: Path
    """A copy of what lay there at first."""
    logs: list[Path]


async def lose_power(shard: Shard, synchronous: str = "") -> Outcome:
    """Play a day, then look at many ends of it."""
    async with beginning(shard.folder, *filter(None, [synchronous])) as day:
        before = shutil.copytree(day.data, shard.folder / "before")
        await play(day)
    recording = Recording(day.data, before, day.logs())
    loop, spawn = asyncio.get_running_loop(), multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(HELPERS, spawn) as helpers:
        parts = [shard.count // HELPERS + (number < shard.count % HELPERS) for number in range(HELPERS)]
        seeds = [f"{shard.seed}/{shard.index}/{number}" for number in range(HELPERS)]
        looks = [
            loop.run_in_executor(helpers, look_at_ends, recording, seed, count, shard.folder / f"ends-{number}")
            for number, (seed, count) in enumerate(zip(seeds, parts, strict=True))
        ]
        return reduce(add, await asyncio.gather(*looks))


def look_at_ends(recording: Recording, seed: str, count: int, folder: Path) -> Outcome:
    """Look at so many ends of the day, in a process of its own."""
    folder.mkdir()
    return asyncio.run(_look(recording, random.Random(seed), count, folder))


async def _look(recording: Recording, dice: random.Random, count: int, folder: Path) -> Outcome:
    lost = corrupt = 0
    judge, why = Judge(folder), Counter[str]()
    for state, promises in ends(recording, dice, count):
        lay(state, folder / "state")
        gone, damaged = await judge.look(folder / "state", promises)
        lost, corrupt = lost + bool(gone), corrupt + bool(damaged)
        why.update({*gone, *damaged})
        shutil.rmtree(folder / "state")
    note = f"for example: {why.most_common(1)[0][0]}" if why else ""
    return Outcome(count, lost=lost, corrupt=corrupt, note=note)


def ends(recording: Recording, dice: random.Random, count: int) -> Iterator[tuple[State, Promises]]:
    """As many states as are wanted, each with what had been promised by then."""
    disk, promises = Disk(recording.data, recording.before), Promises()
    calls = [call for log in recording.logs for call in recorded(log)]
    moments = Counter(dice.choices(range(len(calls)), [weight(disk, call) for call in calls], k=count))
    for place, call in enumerate(calls):
        if call.tells:
            promises.hear(b"".join(call.strings))
        else:
            disk.apply(call)
        for _ in range(moments[place]):
            yield disk.crashed(dice), promises


def weight(disk: Disk, call: Call) -> float:
    """How often to look at the moment after a call."""
    if call.tells:
        return 1
    if not disk.concerns(call):
        return 0
    return SELDOM if call.path.endswith((".part", ".new", ".restoring")) and "write" in call.name else 1


def lay(state: State, folder: Path) -> None:
    """Write a state down."""
    folder.mkdir(mode=0o700)
    for name, content in state.items():
        if content is None:
            (folder / name).mkdir(mode=0o700)
        else:
            (folder / name).write_bytes(content)


def _control(synchronous: str) -> Campaign:
    name, run = f"power_loss_{synchronous.lower()}_control", partial(lose_power, synchronous=synchronous)
    return Campaign(name, "states", full=1_000, short=60, piece=1_000, run=run, control=True, needs="strace")


CAMPAIGNS = (
    Campaign("power_loss", "states", full=10_000, short=150, piece=2_000, run=lose_power, needs="strace"),
    _control("OFF"),
    _control("NORMAL"),
)
