"""Invite codes: hard to guess, easy to type, used once."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from math import log2
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from conversation.messages import Address, Rejected
from handlers.feature import Actor
from handlers.invites.commands import Invite, TakeOffice, TryCode, invite, take_office, try_code
from storage import invites, people, rights, units
from storage.database import Database, open_database
from storage.schema import audit, chat_sessions, code_misses, metadata
from storage.schema import invites as invites_table
from tests.chats.engine import EnginePlayer
from tests.chats.script import Step

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
WARD = "26878"
OPERATOR = Actor(NOW, operator="cli")


def chat(name: str, at: datetime = NOW, person: int | None = None) -> Actor:
    return Actor(at, person, Address("test:1", name), "7")


@pytest.fixture
async def database(loaded_database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    database = await open_database(loaded_database_url, tmp_path / "data", now=NOW)
    yield database
    await database.close()


def test_a_code_has_fifty_random_bits_and_no_letters_that_look_alike() -> None:
    assert 12 * log2(len(invites.LETTERS)) > 58
    codes = {invites.new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(re.fullmatch(r"[2-9A-HJKMNP-Z]{4}(-[2-9A-HJKMNP-Z]{4}){2}", code) for code in codes)


@pytest.mark.parametrize("typed", ["7KQ4-M2XP-9TRC", "7kq4 m2xp 9trc", "7kq4m2xp9trc", " 7KQ4-m2xp9TRC "])
def test_a_code_may_be_typed_any_way(typed: str) -> None:
    assert invites.looks_like_code(typed)
    assert invites.hash_of(typed) == invites.hash_of("7KQ4-M2XP-9TRC")


@pytest.mark.parametrize(
    "typed", ["079123456789", "nguyenvanhun", "den duong hu", "PA 2611-0427", "4729-1836", "7KQ4-M2XP"]
)
def test_other_words_are_no_codes(typed: str) -> None:
    assert not invites.looks_like_code(typed)


async def test_only_the_hash_is_kept(database: Database) -> None:
    def work(tx: Connection) -> None:
        code = invite(tx, OPERATOR, Invite("commune_officer", WARD))
        row = tx.execute(select(invites_table)).one()
        assert code not in str(tuple(row))
        assert row.code_hash == invites.hash_of(code)
        assert code not in str(tx.execute(select(audit)).all())

    await database.write(work)


async def test_only_operators_and_administrators_of_the_place_invite(database: Database) -> None:
    def work(tx: Connection) -> None:
        resident = people.register(tx, Address("test:1", "hoa"), "bac", WARD, NOW)
        with pytest.raises(Rejected):
            invite(tx, chat("hoa", person=resident), Invite("admin", WARD))
        people.grant(tx, resident, "admin", WARD, NOW)
        assert invite(tx, chat("hoa", person=resident), Invite("helper", WARD))
        with pytest.raises(Rejected):
            invite(tx, chat("hoa", person=resident), Invite("helper", "79"))
        with pytest.raises(Rejected):
            invite(tx, OPERATOR, Invite("resident", WARD))
        with pytest.raises(Rejected):
            invite(tx, OPERATOR, Invite("helper", "nowhere"))

    await database.write(work)


async def test_an_invite_is_used_once(database: Database) -> None:
    def work(tx: Connection) -> None:
        code_hash = invites.hash_of(invite(tx, OPERATOR, Invite("commune_officer", WARD)))
        order = TakeOffice(code_hash, "anh", "Lê Văn Nam", "vi", ("Đồng ý",))
        take_office(tx, chat("nam"), order)
        officer = people.person_at(tx, Address("test:1", "nam"))
        assert officer is not None
        khu_pho = units.add_unit(tx, WARD, "Khu phố 4").code
        assert rights.held_over(tx, officer.id, khu_pho)[0].office.role == "commune_officer"
        with pytest.raises(Rejected):
            take_office(tx, chat("la"), order)

    await database.write(work)


async def test_the_code_is_in_no_table_at_any_moment(database: Database) -> None:
    play = EnginePlayer(database)
    tables = [table for name, table in metadata.tables.items() if "unit" not in name]

    def everything(tx: Connection) -> str:
        return " ".join(str(tx.execute(select(table)).all()) for table in tables).lower()

    code = await database.write(invite, OPERATOR, Invite("commune_officer", WARD))
    for does in (f"/start {code}", "anh", "hủy", code.lower(), "anh", "Lê Văn Nam", "1", code):
        await play(Step(f"nam: {does}", "nam", does))
        kept = await database.read(everything)
        assert code.lower() not in kept
        assert code.replace("-", "").lower() not in kept
    officer = await database.read(people.person_at, Address("test:1", "nam"))
    assert officer is not None
    assert await database.read(people.roles_of, officer.id) == [people.Role("commune_officer", WARD)]
    sessions = await database.read(lambda tx: str(tx.execute(select(chat_sessions.c.state)).all()))
    assert invites.hash_of(code) not in sessions


async def test_after_three_days_it_is_over(database: Database) -> None:
    def work(tx: Connection) -> None:
        code = invite(tx, OPERATOR, Invite("commune_officer", WARD))
        last, late = NOW + timedelta(hours=72, seconds=-1), NOW + timedelta(hours=72)
        assert try_code(tx, chat("nam", last), TryCode(code)) == "right"
        assert try_code(tx, chat("nam", late), TryCode(code)) == "wrong"

    await database.write(work)


async def test_five_wrong_tries_lock_one_chat_for_an_hour(database: Database) -> None:
    def work(tx: Connection) -> None:
        code = invite(tx, OPERATOR, Invite("commune_officer", WARD))
        answers = [try_code(tx, chat("la"), TryCode("2345-ABCD-6789")) for _ in range(7)]
        assert answers == ["wrong"] * 4 + ["too_many"] * 3
        assert len(tx.execute(select(code_misses)).all()) == 5
        assert try_code(tx, chat("la"), TryCode(code)) == "too_many"
        assert try_code(tx, chat("nam"), TryCode(code)) == "right"
        assert try_code(tx, chat("la", NOW + timedelta(minutes=61)), TryCode(code)) == "right"

    await database.write(work)
