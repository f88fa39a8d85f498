"""Two records that are one person: everything follows, nothing is counted twice, and the log knows both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Table, insert, select

from conversation.messages import Address, Said
from storage import audit, outbox, people
from storage.database import Database
from storage.ids import random_id
from storage.joining import APART, FOLLOWS, join
from storage.schema import audit as log
from storage.schema import (
    branches,
    consents,
    deliveries,
    duplicate_pairs,
    memberships,
    metadata,
    organisations,
    roles,
    units,
)
from storage.schema import people as people_table
from storage.times import to_ms

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PLACE = {"depth": 0, "kind": "province", "name": "A", "full_name": "A", "fold": "a"}
GROUP = {"name": "Phụ nữ", "short_name": "PN", "fold": "phu nu", "member_word": "hội viên", "branch_word": "chi hội"}


NAMES = ("person_id", "entered_by", "granted_by", "helps_id", "helping_id", "issuer_id", "on_behalf_of")


def register(tx: Connection, chat: str, unit: str, name: str = "", **known: Any) -> int:
    person = people.register(tx, Address("zalo:1", chat), "bac", unit, NOW)
    people.change(tx, person, name=name)
    tx.execute(people_table.update().where(people_table.c.id == person).values(**{"phone": None, **known}))
    return person


def world(tx: Connection) -> None:
    for code in ("1", "2"):
        tx.execute(insert(units).values(code=code, path=f"{code}.", **PLACE))
    for place, code in enumerate(("pn", "nd")):
        tx.execute(insert(organisations).values(code=code, place=place, **GROUP))
    for number, (code, unit) in enumerate((("pn", "1"), ("pn", "2"), ("nd", "1")), 1):
        row = {
            "id": number,
            "organisation_code": code,
            "unit_code": unit,
            "kind": "chi_hoi",
            "name": code,
            "fold": code,
        }
        tx.execute(insert(branches).values(row))


def belongs(tx: Connection, person: int, branch: int, organisation: str) -> None:
    row = {"branch_id": branch, "organisation_code": organisation, "unit_path": "1.", "status": "present"}
    when = {"status_on": "2026-01-01", "since": "2026-01-01", "origin": "leader"}
    tx.execute(insert(memberships).values(id=random_id(), person_id=person, **row, **when))


def agrees(tx: Connection, person: int, purpose: str, at: datetime = NOW) -> None:
    people.consent(tx, person, purpose, "Đồng ý", Address("zalo:1", "x"), "1", at)


def in_force(tx: Connection, person: int) -> list[str]:
    return sorted(kept.purpose for kept in people.consents_in_force(tx, person))


def all_of(tx: Connection, table: Table, *columns: str) -> list[tuple[Any, ...]]:
    return sorted(tuple(row) for row in tx.execute(select(*(table.c[name] for name in columns))))


async def test_chats_values_and_the_log_of_both_are_one_persons(database: Database) -> None:
    def work(tx: Connection) -> None:
        world(tx)
        hoa = register(tx, "old", "1", birth_year=1960)
        other = register(tx, "new", "1", "Nguyễn Thị Hoa", phone="+84912345678")
        audit.note(tx, 7, NOW, "view", "person", str(other), subject=other)
        outbox.post(tx, other, Said("Chào bác"), key="a", at=NOW)
        join(tx, hoa, other, hoa, NOW)
        row = tx.execute(select(people_table)).one()
        assert (row.id, row.name, row.name_fold) == (hoa, "Nguyễn Thị Hoa", "nguyen thi hoa")
        assert (row.birth_year, row.phone) == (1960, "+84912345678")
        assert [people.person_at(tx, Address("zalo:1", chat)) for chat in ("old", "new")] == [
            people.person(tx, hoa)
        ] * 2
        assert all_of(tx, deliveries, "person_id") == [(hoa,)]
        assert [entry.action for entry in audit.by_others(tx, hoa)] == ["view"]
        assert {entry.action for entry in audit.about(tx, hoa)} == {"view", "joined"}
        assert list(audit.selves(tx, hoa)) == [hoa, other]

    await database.write(work)


async def test_one_belongs_to_an_organisation_once(database: Database) -> None:
    def work(tx: Connection) -> None:
        world(tx)
        hoa, other = register(tx, "old", "1"), register(tx, "new", "1")
        belongs(tx, hoa, 1, "pn")
        belongs(tx, other, 1, "pn")
        belongs(tx, other, 3, "nd")
        third = register(tx, "third", "2")
        belongs(tx, third, 2, "pn")
        tx.execute(memberships.update().where(memberships.c.person_id == other).values(unit_path="2."))
        join(tx, hoa, other, "cli", NOW)
        join(tx, hoa, third, "cli", NOW)
        assert all_of(tx, memberships, "branch_id", "status", "unit_path") == [
            (1, "present", "1."), (2, "moved", "1."), (3, "present", "1.")
        ]  # fmt: skip
        assert {row.person_id for row in tx.execute(select(memberships))} == {hoa}

    await database.write(work)


@pytest.mark.parametrize(
    ("moves", "expected"), [(False, ["news", "reply"]), (True, ["reply"])], ids=["same place", "elsewhere"]
)
async def test_a_yes_follows_but_never_over_a_later_no(database: Database, moves: bool, expected: list[str]) -> None:
    def work(tx: Connection) -> None:
        world(tx)
        hoa, other = register(tx, "old", "1"), register(tx, "new", "2" if moves else "1")
        agrees(tx, hoa, "urgent")
        people.withdraw(tx, hoa, ("urgent",), NOW + timedelta(days=1))
        for purpose in ("news", "reply", "urgent"):
            agrees(tx, other, purpose)
        agrees(tx, hoa, "reply")
        join(tx, hoa, other, hoa, NOW + timedelta(days=2), of_place=("news",))
        assert in_force(tx, hoa) == expected
        assert len(all_of(tx, consents, "id")) == 5

    await database.write(work)


async def test_offices_and_pairs_follow_without_doubles(database: Database) -> None:
    def work(tx: Connection) -> None:
        world(tx)
        hoa, other, lan = (register(tx, chat, "1") for chat in ("old", "new", "lan"))
        for person in (hoa, other):
            people.grant(tx, person, "branch_leader", "1", NOW)
            office = {"person_id": lan, "role": "helper", "unit_code": "1", "helps_id": person}
            tx.execute(insert(roles).values(office | {"granted_at": to_ms(NOW)}))
        helps = {"person_id": hoa, "role": "helper", "unit_code": "1", "helps_id": other, "granted_at": to_ms(NOW)}
        tx.execute(insert(roles).values(helps))
        for first, second in ((hoa, other), (other, lan)):
            pair = {"first_id": min(first, second), "second_id": max(first, second)}
            tx.execute(insert(duplicate_pairs).values(**pair, reason="name", proposed_at=0))
        join(tx, hoa, other, "cli", NOW)
        held = select(roles.c.person_id, roles.c.role, roles.c.helps_id).where(roles.c.revoked_at.is_(None))
        assert {tuple(row) for row in tx.execute(held)} == {(hoa, "branch_leader", 0), (lan, "helper", hoa)}
        assert all_of(tx, duplicate_pairs, "first_id", "second_id") == [(min(hoa, lan), max(hoa, lan))]

    await database.write(work)


async def test_nobody_is_joined_with_themselves_or_with_nobody(database: Database) -> None:
    def work(tx: Connection) -> None:
        world(tx)
        hoa = register(tx, "old", "1")
        for other in (hoa, 5):
            with pytest.raises(ValueError, match="two people"):
                join(tx, hoa, other, "cli", NOW)

    await database.write(work)


def test_no_column_that_names_a_person_is_forgotten() -> None:
    seen_to = {str(column) for column in (*FOLLOWS, *APART)}
    by_key = {str(column) for table in metadata.tables.values() for column in table.columns if _names_a_person(column)}
    assert by_key <= seen_to


def _names_a_person(column: Column[Any]) -> bool:
    if column.table is log:
        return False
    return any(key.target_fullname == "people.id" for key in column.foreign_keys) or str(column) in {
        f"{table}.{name}" for table in metadata.tables for name in NAMES
    }
