"""What a campaign is: a number of faults, injected shard by shard, and what they came to."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Engine = Literal["sqlite", "postgresql"]


@dataclass(frozen=True, slots=True)
class Shard:
    """One piece of a campaign, which a seed makes repeatable."""

    seed: int
    index: int
    count: int
    """How many faults to inject."""
    folder: Path
    """Empty, and removed afterwards."""
    records: Callable[[Engine], AbstractContextManager[str]]
    """Gives the URL of a new database with all units in it, and drops it afterwards."""

    def dice(self) -> random.Random:
        """Random numbers that are this shard's own, the same each time."""
        return random.Random(f"{self.seed}/{self.index}")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a shard, or of several together."""

    count: int
    """What the campaign counts: kills, states, sends."""
    lost: int = 0
    twice: int = 0
    """Applied twice."""
    doubled: int = 0
    """Sent again."""
    bound: int | None = None
    """The most that may be sent again; None: nothing may."""
    corrupt: int = 0
    note: str = ""
    worst: int = 0
    """The most that any single fault had sent again; 0 where that is not looked at."""
    consents: int = 0
    """Faults after which an administrator must let us into the account anew (ADR 22): no loss, but a human's work."""
    in_vain: int = 0
    """What people wrote while nobody listened, on a platform that keeps nothing: lost by its own contract."""
    broken: str = ""
    """What the campaign itself fell over: then nothing is known, which is no success of any build."""

    @property
    def held(self) -> bool:
        """Whether everything promised is true."""
        kept = self.lost == self.twice == self.corrupt == 0 and self.doubled <= (self.bound or 0)
        return kept and not self.broken

    def __add__(self, other: Outcome) -> Outcome:
        """Both together; a note is said once."""
        bounds = [outcome.bound for outcome in (self, other) if outcome.bound is not None]
        return Outcome(
            self.count + other.count,
            self.lost + other.lost,
            self.twice + other.twice,
            self.doubled + other.doubled,
            sum(bounds) if bounds else None,
            self.corrupt + other.corrupt,
            _once(self.note, other.note),
            max(self.worst, other.worst),
            self.consents + other.consents,
            self.in_vain + other.in_vain,
            broken=_once(self.broken, other.broken),
        )


def _once(*notes: str) -> str:
    return "; ".join(dict.fromkeys(part for note in notes for part in note.split("; ") if part))


@dataclass(frozen=True, slots=True)
class Campaign:
    """A kind of fault, how often it is injected, and how."""

    name: str
    counts: str
    """The plural of what is counted, such as "kills"."""
    full: int
    short: int
    """How many `make test` injects; 0 when there is no time for any."""
    piece: int
    """How many one shard injects."""
    run: Callable[[Shard], Coroutine[Any, Any, Outcome]]
    control: bool = False
    """A build broken on purpose, which must not hold."""
    needs: str = ""
    """A program that a machine may lack."""

    @property
    def lacks(self) -> str:
        """Why it cannot run on this machine, if so."""
        missing = self.needs and shutil.which(self.needs) is None
        return f"no {self.needs} on this machine: apt-get install {self.needs}" if missing else ""

    def pieces(self) -> Iterator[int]:
        """The counts of all shards, in order."""
        for begun in range(0, self.full, self.piece):
            yield min(self.piece, self.full - begun)

    def as_it_should_be(self, outcome: Outcome) -> bool:
        """A product holds, and a positive control does not; what broke says nothing of either."""
        return not outcome.broken and outcome.held != self.control

    def all_as_they_should_be(self, outcomes: Iterable[Outcome]) -> bool:
        """Each shard by itself, so that none hides behind the bounds of the others.

        Of a control too: each of its shards is larger than the short run, which must see the fault already.
        """
        return all(map(self.as_it_should_be, outcomes))
