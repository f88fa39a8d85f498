"""Branches of each organisation in each hamlet, and who belongs to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import Connection

from bot.world.families import Resident
from storage import memberships, organisations
from storage.branches import Branch, add_branch
from storage.memberships import AWAY, DIED, MOVED, PRESENT, RESIGNED, STUDYING, Joining
from storage.rollups import ANY, set_eligible
from storage.times import day_of
from storage.units import Unit

MEDIAN, SPREAD, SMALLEST, LARGEST = 4.6, 0.7, 30, 545
"""Of the size of a branch, whose logarithm is spread evenly around the middle; source: domain.md 9."""
FULL_HAMLET = 900
"""People of a hamlet where branches have these sizes; smaller worlds have smaller ones."""
YOUNG, PENSION, VETERAN = 35, 60, 45
STATUSES: Mapping[str, int] = {PRESENT: 82, AWAY: 10, STUDYING: 3, MOVED: 3, RESIGNED: 1, DIED: 1}
FIT: Mapping[str, Callable[[Resident], bool]] = {
    "pn": lambda each: each.woman,
    "nd": lambda each: each.age <= PENSION,
    "ccb": lambda each: each.age >= VETERAN and not each.woman,
    "dtn": lambda each: each.age <= YOUNG,
    "cd": lambda each: each.age <= PENSION,
}
"""Whom an organisation is for; the Front is for everybody."""

IN_COMMON = ("mttq", "nd", "cd")
"""Organisations that one person of each hamlet is in, all three."""

Members = dict[int, list[Resident]]


def found_branches(
    tx: Connection, rng: Random, now: datetime, hamlets: list[Unit], everybody: list[Resident]
) -> dict[Branch, list[Resident]]:
    """All branches with those who belong to them now."""
    at_home: Members = {place: [] for place in range(len(hamlets))}
    for each in everybody:
        at_home[each.hamlet].append(each)
    found: dict[Branch, list[Resident]] = {}
    for place, hamlet in enumerate(hamlets):
        people = at_home[place]
        busy = next(each for each in people if each.age <= PENSION)  # in three organisations, as some always are
        set_eligible(tx, hamlet.code, ANY, len(people), now)
        for organisation in organisations.all_in_use(tx):
            suits = FIT.get(organisation.code)
            fit = [each for each in people if suits is None or suits(each)]
            set_eligible(tx, hamlet.code, organisation.code, len(fit), now)
            chosen = rng.sample(fit, min(len(fit), branch_size(rng, len(people))))
            if organisation.code in IN_COMMON and busy not in chosen:
                chosen[:1] = [busy]
            branch = add_branch(tx, organisation.code, hamlet.code)
            found[branch] = _enter(tx, rng, now, branch, chosen)
    return found


def branch_size(rng: Random, people: int) -> int:
    """How many belong to a branch of a hamlet with so many people."""
    full = min(LARGEST, max(SMALLEST, rng.lognormvariate(MEDIAN, SPREAD)))
    return round(full * min(1, people / FULL_HAMLET))


def _enter(tx: Connection, rng: Random, now: datetime, branch: Branch, members: list[Resident]) -> list[Resident]:
    drawn = rng.choices(list(STATUSES), list(STATUSES.values()), k=len(members))
    since = [day_of(now - timedelta(days=rng.uniform(30, 6000))) for _ in members]
    lasting = [status if status in memberships.HERE_OR_BACK else PRESENT for status in drawn]
    lines = zip(members, since, lasting, strict=True)
    joinings = [Joining(each.id, branch.id, day, status) for each, day, status in lines]
    memberships.join_all(tx, joinings, day_of(now - timedelta(days=20)), "import")
    held = {each.person_id: each.id for each in memberships.members_of(tx, branch.id)}
    for each, status in zip(members, drawn, strict=True):
        if status in memberships.ENDED and each.id in held:
            memberships.change_status(tx, held[each.id], status, day_of(now - timedelta(days=rng.randrange(1, 19))))
    return [each for each, status in zip(members, drawn, strict=True) if status in memberships.HERE_OR_BACK]
