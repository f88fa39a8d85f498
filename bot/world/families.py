"""Who lives together: couples, their grown children, their parents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from bot.world.names import full_name, surname

GROWN, OLDEST = 18, 95
SIZES, SHARES = (1, 2, 3, 4, 5), (8, 34, 30, 20, 8)
"""Adults in a household, and in how many of a hundred."""
PHONE = "+8454"
"""Numbers of Vietnam that nobody has: no network begins with 054."""
TITLES = ((70, ("ong", "ba")), (50, ("bac", "bac")), (36, ("chu", "co")), (22, ("anh", "chi")), (0, ("ban", "ban")))
"""From which age on a man and a woman are addressed so."""


@dataclass(slots=True)
class Resident:
    """Somebody made up."""

    id: int
    name: str
    woman: bool
    age: int
    hamlet: int
    """Its place among the hamlets."""
    phone: str | None = None

    @property
    def honorific(self) -> str:
        """How they are addressed."""
        return next(titles[self.woman] for from_age, titles in TITLES if self.age >= from_age)


def residents(rng: Random, people: int, hamlets: int) -> list[Resident]:
    """So many adults, a hamlet as large as the next but for a few."""
    everybody: list[Resident] = []
    while len(everybody) < people:
        hamlet = len(everybody) * hamlets // people
        everybody += _household(rng, hamlet)
    del everybody[people:]
    for place, each in enumerate(everybody):
        each.phone = f"{PHONE}{place:07d}" if rng.random() < _has_phone(each.age) else None
    _namesakes(everybody)
    return everybody


def _has_phone(age: int) -> float:
    return 0.5 if age > 70 else 0.92  # noqa: PLR2004 - the old have fewer


def _household(rng: Random, hamlet: int) -> Iterator[Resident]:
    family, head = surname(rng), rng.triangular(26, 68, 42)
    size = rng.choices(SIZES, SHARES)[0]
    yield _somebody(rng, hamlet, family, round(head), woman=rng.random() < 0.15)  # noqa: PLR2004 - few women are written down as heads
    if size > 1:
        yield _somebody(rng, hamlet, surname(rng), round(head - rng.gauss(2, 3)), woman=True)
    for _ in range(size - 2):
        older = head < 40 or rng.random() < 0.3  # noqa: PLR2004 - grandparents rather than grown children
        age = head + rng.uniform(22, 32) if older else head - rng.uniform(21, 30)
        yield _somebody(rng, hamlet, family, round(age), woman=rng.random() < 0.5)  # noqa: PLR2004


def _somebody(rng: Random, hamlet: int, family: str, age: int, *, woman: bool) -> Resident:
    name = full_name(rng, family, woman=woman)
    return Resident(rng.getrandbits(62), name, woman, min(max(age, GROWN), OLDEST), hamlet)


def _namesakes(everybody: list[Resident]) -> None:
    """Two people of one hamlet who are called alike, as there always are."""
    first = everybody[0]
    other = next((each for each in everybody[1:] if each.woman == first.woman and each.age != first.age), first)
    other.name = first.name
