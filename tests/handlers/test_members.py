"""Members in the records: beyond reach is as good as not there, the month's letter, and what is erased."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.features import erase, registry
from conversation.messages import Address, Rejected
from conversation.speech import plain
from handlers.actor import Actor
from handlers.feature import look, perform
from handlers.members import checklist, texts
from handlers.members.commands import ChangeStatus, EnterMember, ViewMember
from handlers.members.naming import Named, read_person
from handlers.members.queries import MembersIn
from handlers.my_data.texts import CONSENT_ENTERED
from storage import branches, jobs, outbox, people, sessions, units
from storage.database import Database, open_database
from storage.schema import audit, chat_sessions, consents, duplicate_pairs, memberships
from storage.schema import people as people_table
from storage.times import VIETNAM
from tests.street import MORNING

REGISTRY = registry()


@pytest.fixture
async def ward(loaded_sqlite_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    database = await open_database(loaded_sqlite_url, tmp_path / "data", now=MORNING)
    yield database
    await database.close()


def leader(tx: Connection, name: str, role: str, unit: str, branch: int = 0, at: datetime = MORNING) -> Actor:
    address = Address("test:1", name)
    person = people.register(tx, address, "co", unit, at)
    people.change(tx, person, name=f"Trần Thị {name}")
    people.grant(tx, person, role, unit, at, organisation="pn", branch=branch)
    return Actor(at, person, address, "7")


def hamlet(tx: Connection, name: str) -> tuple[str, int]:
    unit = units.add_unit(tx, "26878", name)
    return unit.code, branches.add_branch(tx, "pn", unit.code).id


@pytest.mark.parametrize(("typed", "person"), [
    ("Bác Sáu Mạnh, tổ 2", Named("Sáu Mạnh", "bac", "tổ 2")),
    ("bac Sau Manh", Named("Sau Manh", "bac")),
    ("Bà Lê Thị Tư", Named("Lê Thị Tư", "ba")),
    ("ba le thi tu", Named("ba le thi tu")),
    ("Chu Văn An", Named("Chu Văn An")),
    ("Bác", Named("Bác")),
    ("H'Bliă Niê", Named("H'Bliă Niê")),
])  # fmt: skip
def test_a_title_before_a_name_is_no_part_of_it(typed: str, person: Named) -> None:
    assert read_person(typed) == person


async def test_entering_for_somebody_keeps_who_said_so(ward: Database) -> None:
    def enter(tx: Connection) -> None:
        code, branch = hamlet(tx, "Khu phố 4")
        lan = leader(tx, "Lan", "branch_leader", code)
        perform(REGISTRY, tx, lan, EnterMember(branch, "Sáu Mạnh", "bac", 1957, "0912 345 678", "paper"))
        row = tx.execute(select(people_table).where(people_table.c.name == "Sáu Mạnh")).one()
        assert (row.entered_by, row.phone, row.birth_year) == (lan.person, "+84912345678", 1957)
        proof = tx.execute(select(consents).where(consents.c.person_id == row.id)).one()
        assert (proof.kind, proof.entered_by, proof.purpose, proof.evidence) == ("paper", lan.person, "members", "7")
        assert proof.text == (
            "Người ghi giúp xác nhận: đã ký giấy đồng ý cho Cầu Nối lưu tên trong danh sách Chi hội Phụ nữ Khu phố 4."
        )
        assert not people.agrees(tx, row.id, "news")
        with pytest.raises(Rejected):
            perform(REGISTRY, tx, lan, EnterMember(branch, "Bé Tí", "", 2015, "", "paper"))

    await ward.write(enter)


async def test_beyond_ones_branch_everything_is_as_if_it_were_not_there_and_is_noted(ward: Database) -> None:
    await ward.write(reach_too_far)


def reach_too_far(tx: Connection) -> None:
    code, _ = hamlet(tx, "Khu phố 4")
    elsewhere, other = hamlet(tx, "Khu phố 5")
    lan, there = leader(tx, "Lan", "branch_leader", code), leader(tx, "Tư", "branch_leader", elsewhere)
    number = perform(REGISTRY, tx, there, EnterMember(other, "Phan Thị Chín", "", None, "", "oral"))
    before = tx.execute(select(memberships)).all()
    for member, branch in ((number, other), (5, 5)):
        for order in (
            ViewMember(member),
            ChangeStatus(member, "died"),
            EnterMember(branch, "Lan", "", None, "", "oral"),
        ):
            with pytest.raises(Rejected) as refused:
                perform(REGISTRY, tx, lan, order)
            assert refused.value.words.template in (texts.NO_MEMBER, texts.NO_BRANCH)
        with pytest.raises(Rejected):
            look(REGISTRY, tx, lan, MembersIn(branch))
    assert tx.execute(select(memberships)).all() == before
    refusals = tx.execute(select(audit).where(audit.c.action == "refused")).all()
    assert {row.actor_id for row in refusals} == {lan.person}
    assert [row.object_id for row in refusals] == [str(number), str(number), str(other), str(other)]


# the month's letter ---------------------------------------------------------------------------------------------------


def letters(tx: Connection) -> list[str]:
    return [letter.said.text for letter in outbox.claim(tx, "test:1", MORNING + timedelta(days=90), 99)]


async def test_the_letter_goes_once_a_month_to_the_nearest_leader_and_never_at_night(ward: Database) -> None:
    await ward.write(months_letter)


def months_letter(tx: Connection) -> None:
    code, branch = hamlet(tx, "Khu phố 4")
    group = branches.add_branch(tx, "pn", code, "Tổ 2", parent_id=branch).id
    lan = leader(tx, "Lan", "branch_leader", code)
    leader(tx, "Bình", "group_leader", code, group)
    perform(REGISTRY, tx, lan, EnterMember(branch, "Lê Thị Một", "", None, "", "oral"))
    perform(REGISTRY, tx, lan, EnterMember(group, "Lê Thị Hai", "", None, "", "oral"))
    night = datetime(2026, 12, 20, 22, tzinfo=VIETNAM)
    payload = {"month": "2026-12", "after": 0}
    checklist.fire(tx, night, payload)
    assert letters(tx) == []
    (waiting,) = jobs.claim(tx, [checklist.TIMER], night + timedelta(hours=11), 9)
    assert waiting.due.astimezone(VIETNAM).hour == checklist.HOUR
    for _ in range(2):
        checklist.fire(tx, night + timedelta(hours=10), payload)
    asked = letters(tx)
    assert [plain(text).partition(" tháng")[0] for text in asked] == [
        "Nhờ cô xem lại Chi hội Phụ nữ Khu phố 4", "Nhờ cô xem lại Tổ 2",
    ]  # fmt: skip
    tx.execute(memberships.update().values(confirmed_on="2027-01-02"))
    checklist.fire(tx, night + timedelta(days=31, hours=-8), {"month": "2027-01", "after": 0})
    assert letters(tx) == []


@pytest.mark.parametrize(("now", "month"), [
    ((2026, 11, 20, 7), "2026-11"), ((2026, 11, 20, 8), "2026-12"), ((2026, 12, 31, 23), "2027-01"),
    ((2027, 1, 31, 9), "2027-02"),
])  # fmt: skip
async def test_the_next_letter_is_planned_once(ward: Database, now: tuple[int, int, int, int], month: str) -> None:
    def plan(tx: Connection) -> None:
        at = datetime(*now, tzinfo=VIETNAM)
        checklist.plan(tx, at)
        checklist.plan(tx, at)
        (job,) = jobs.claim(tx, [checklist.TIMER], at + timedelta(days=40), 9)
        assert job.payload == {"month": month, "after": 0}

    await ward.write(plan)


# erasing --------------------------------------------------------------------------------------------------------------


async def test_an_erased_member_is_in_no_list_and_who_entered_others_is_forgotten(ward: Database) -> None:
    def leave(tx: Connection) -> None:
        code, branch = hamlet(tx, "Khu phố 4")
        lan, _ = (leader(tx, name, "branch_leader", code) for name in ("Lan", "Cúc"))
        for _ in range(2):
            perform(REGISTRY, tx, lan, EnterMember(branch, "Sáu Mạnh", "", 1957, "0912345678", "oral"))
        assert tx.execute(select(duplicate_pairs)).first() is not None
        number = tx.execute(select(people_table.c.id).where(people_table.c.name == "Sáu Mạnh").limit(1)).scalar_one()
        for chat, shown in (("Lan", "Sáu Mạnh"), ("Cúc", "Hoa")):
            sessions.save(tx, Address("test:1", chat), {"asking": {"shown": [["7", shown]]}}, MORNING)
        erase(tx, number, MORNING)
        assert [row.chat for row in tx.execute(select(chat_sessions))] == ["Cúc"]
        erase(tx, lan.person or 0, MORNING)
        assert tx.execute(select(duplicate_pairs)).first() is None
        assert len(tx.execute(select(memberships)).all()) == 1
        left = tx.execute(select(people_table).where(people_table.c.phone.is_not(None))).one()
        assert left.entered_by == 0
        proofs = tx.execute(select(consents)).all()
        assert {row.kind for row in proofs} <= CONSENT_ENTERED.keys()
        assert [name for name in ("Sáu Mạnh", "Lan") if name in str(proofs)] == []

    await ward.write(leave)
