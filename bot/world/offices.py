"""Who looks after the ward, its hamlets and its branches."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from sqlalchemy import Connection

from bot.world.families import Resident
from conversation.messages import Address
from handlers.purposes import OFFICE
from storage import people, rights
from storage.branches import Branch
from storage.units import Unit

OFFICERS = 3
WORDS = "Đồng ý để bà con thấy tên và nhiệm vụ (người trong thế giới thử)."
Offices = dict[str, list[int]]


def give_offices(
    tx: Connection,
    rng: Random,
    now: datetime,
    hamlets: list[Unit],
    everybody: list[Resident],
    members: dict[Branch, list[Resident]],
) -> Offices:
    """By unit and branch; the first hamlet's leader is new, and whom they followed is not forgotten."""
    commune, held = hamlets[0].parent_code or "", Offices()
    begin = now - timedelta(days=200)

    def give(person: Resident, role: str, unit: str, branch: Branch | None = None) -> None:
        organisation, number = (branch.organisation_code, branch.id) if branch else ("", 0)
        people.grant(tx, person.id, role, unit, begin, organisation=organisation, branch=number)
        people.consent(tx, person.id, OFFICE, WORDS, Address("", ""), "0", begin)
        held.setdefault(unit, []).append(person.id)

    working = [each for each in everybody if 25 <= each.age <= 60]  # noqa: PLR2004 - of an age to work
    for officer in rng.sample(working, OFFICERS):
        give(officer, "commune_officer", commune)
    give(rng.choice(working), "admin", commune)
    for place, hamlet in enumerate(hamlets):
        old, leader = rng.sample([each for each in working if each.hamlet == place], 2)
        if place == 0:
            give(old, "branch_leader", hamlet.code)
            rights.revoke(tx, [office.id for office in rights.held_by(tx, old.id)], now - timedelta(days=30))
            held[hamlet.code].clear()
        give(leader, "branch_leader", hamlet.code)
    for branch, belonging in members.items():
        if belonging:
            give(belonging[0], "branch_leader", branch.unit_code, branch)
    return held
