"""The made-up ward: full of what is found in a real one, the same each time, and nobody's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import phonenumbers
import pytest
from sqlalchemy import Connection, func, select

from bot.world.branches import LARGEST, SMALLEST, branch_size
from bot.world.families import residents
from bot.world.filling import FEWEST, HAMLETS, World, fill
from conversation.messages import Json, Rejected
from conversation.speech import HONORIFICS
from handlers.feedback.topics import NAMES
from storage import people, rights, units
from storage.database import Database, open_database
from storage.schema import channel_accounts, consents, memberships, roles, tickets, unit_successions
from storage.schema import people as rows
from storage.schema import units as unit_rows

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
SMALL = World(1, "26878", 1_350, NOW)
KNOWN = ("id", "name", "unit_code", "birth_year", "phone", "entered_by")
LED = ("26878-01", "26878-02")
Rows = Sequence[Any]


def found(tx: Connection, *columns: Any) -> Rows:
    return tx.execute(select(*columns).order_by(*columns)).all()


def contents(tx: Connection) -> dict[str, Rows]:
    """What there is, but for the ids of records."""
    return {
        "people": found(tx, *(rows.c[name] for name in KNOWN)),
        "chats": found(tx, channel_accounts.c.account, channel_accounts.c.chat, channel_accounts.c.blocked_at),
        "memberships": found(tx, memberships.c.person_id, memberships.c.organisation_code, memberships.c.status),
        "offices": found(tx, roles.c.person_id, roles.c.role, roles.c.unit_code, roles.c.organisation_code),
        "tickets": found(tx, tickets.c.code, tickets.c.text, tickets.c.person_id, tickets.c.status),
    }


async def test_a_small_ward_is_made_up(loaded_database_url: str, tmp_path: Path) -> None:
    database = await open_database(loaded_database_url, tmp_path / "data", now=NOW)
    made = await database.write(fill, SMALL)
    assert (made["people"], made["hamlets"], made["branches"]) == (1_350, 27, 162)
    for look in (looks_at_people, looks_at_units, looks_at_branches, looks_at_offices, looks_at_tickets):
        await database.read(look, made)
    for refused, why in ((SMALL, "đã có người"), (World(1, "99999", 1_350, NOW), "Không có")):
        with pytest.raises(Rejected) as refusal:
            await database.write(fill, refused)
        assert why in refusal.value.words.template
    await database.close()


def looks_at_people(tx: Connection, made: Json) -> None:
    everybody = tx.execute(select(rows)).all()
    assert set(Counter(each.unit_code for each in everybody).values()) <= set(range(44, 58))
    assert {each.honorific for each in everybody} <= set(HONORIFICS)
    assert all(18 <= 2026 - each.birth_year <= 97 for each in everybody)
    phones = [phonenumbers.parse(each.phone) for each in everybody if each.phone]
    assert len(phones) > 1_000
    assert not any(map(phonenumbers.is_valid_number, phones))
    namesakes = Counter((each.unit_code, each.name) for each in everybody)
    assert max(namesakes.values()) > 1
    without_chat = {each.id for each in everybody} - set(tx.scalars(select(channel_accounts.c.person_id)))
    assert without_chat == {each.id for each in everybody if each.entered_by}
    ways = made["channels"]
    assert 0.8 < ways["zalo_bot"] / 1_350 < 0.9
    assert min(ways["entered"], ways["telegram"], ways["zalo_bot+telegram"]) > 0
    given, withdrawn = select(func.count()).select_from(consents), consents.c.withdrawn_at.is_not(None)
    assert 0 < (tx.scalar(given.where(withdrawn)) or 0) < (tx.scalar(given) or 0) / 10


def looks_at_units(tx: Connection, _made: Json) -> None:
    merged = tx.execute(select(unit_successions)).one()
    assert (merged.old_code, merged.new_code, merged.kind) == ("26878-28", "26878-27", "merged")
    assert merged.on_day < "2026-11"
    assert [unit.code for unit in units.children(tx, "26878")] == [f"26878-{number:02}" for number in range(1, 28)]


def looks_at_branches(tx: Connection, made: Json) -> None:
    held = tx.execute(select(memberships)).all()
    assert len(held) > made["memberships"] > 500
    homes = dict(
        tx.execute(select(rows.c.id, unit_rows.c.path).join(unit_rows, unit_rows.c.code == rows.c.unit_code)).all()
    )
    assert all(each.unit_path == homes[each.person_id] for each in held)
    assert {each.status for each in held} >= {"present", "away", "studying", "moved"}
    in_three = Counter(each.person_id for each in held if each.ended_on is None)
    assert sum(count >= 3 for count in in_three.values()) >= HAMLETS / 2


def looks_at_offices(tx: Connection, _made: Json) -> None:
    first, second = (list(tx.scalars(select(roles.c.revoked_at).where(*led(code)))) for code in LED)
    assert (len(first), len(second)) == (2, 1)
    assert [at is None for at in second] == [True]
    assert sorted(at is None for at in first) == [False, True]
    assert any(held.office.branch_id for held in rights.below(tx, "26878"))


def led(code: str) -> tuple[Any, ...]:
    return roles.c.unit_code == code, roles.c.role == "branch_leader", roles.c.branch_id == 0


def looks_at_tickets(tx: Connection, made: Json) -> None:
    reported = tx.execute(select(tickets)).all()
    assert len(reported) == made["tickets"] > 5
    assert {each.topic for each in reported} <= set(NAMES)
    assert all(people.person(tx, each.person_id) for each in reported)


async def test_the_same_number_makes_the_same_ward(loaded_sqlite_url: str, tmp_path: Path) -> None:
    database: Database = await open_database(loaded_sqlite_url, tmp_path / "data", now=NOW)

    def made(tx: Connection, seed: int) -> dict[str, Rows]:
        with tx.begin_nested() as undone:
            fill(tx, World(seed, "26878", FEWEST, NOW))
            kept = contents(tx)
            undone.rollback()
        return kept

    first, again, other = [await database.write(made, seed) for seed in (7, 7, 8)]
    assert first == again
    assert all(first[what] != other[what] for what in first)
    await database.close()


def test_a_full_ward_is_as_such_wards_are() -> None:
    rng = Random(3)
    everybody = residents(rng, 25_000, HAMLETS)
    assert len({each.id for each in everybody}) == 25_000
    assert 0.4 < sum(each.woman for each in everybody) / 25_000 < 0.6
    assert 30 < sum(each.age for each in everybody) / 25_000 < 55
    families = Counter(each.name.split()[0] for each in everybody)
    assert 0.3 < families["Nguyễn"] / 25_000 < 0.45
    sizes = sorted(branch_size(rng, 25_000 // HAMLETS) for _ in range(500))
    assert sizes[0] == SMALLEST
    assert 300 < sizes[-1] <= LARGEST
    assert 80 < sizes[250] < 125
