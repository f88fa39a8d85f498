"""Erasing somebody leaves nothing of them, now or after a backup is restored."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Column, Connection, insert, select

from bot.features import FEATURES, erase
from conversation.messages import Address, Json
from handlers.my_data.headings import HEADINGS
from storage import audit, audit_chain, branches, erasures, jobs, organisations, people, units
from storage.database import Database, open_database
from storage.schema import metadata
from tests.chats.engine import EnginePlayer
from tests.chats.script import Spoken, Step

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
CHAT = "chat-8123"
TRACES = ("Thị Hoa", "thi hoa", CHAT, "0912", "912345678", "912 345 678")
ABOUT_PEOPLE = {
    "person_id", "author_id", "actor_id", "actor_name", "subject_id", "on_behalf_of", "chat", "used_by", "issued_by",
    "phone", "name_fold", "birth_year", "honorific",
}  # fmt: skip
TREE = {"units", "unit_names", "unit_closure"}


@pytest.fixture
async def database(loaded_database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    database = await open_database(loaded_database_url, tmp_path / "data", now=NOW)
    await database.write(units.add_unit, "26878", "Khu phố 4")
    yield database
    await database.close()


async def say(play: EnginePlayer, who: str, *lines: str) -> list[Spoken]:
    return [spoken for does in lines for spoken in await play(Step(f"{who}: {does}", who, does))]


async def register(play: EnginePlayer) -> None:
    await play(Step("@ cán bộ Lan branch_leader 26878-01 Trần Thị Lan"))
    await say(play, CHAT, "/start u_26878-01", "1", "3", "1", "Nguyễn Thị Hoa", "gặp cán bộ", "0912 345 678")
    await say(play, CHAT, "2345-ABCD-6789")


def everything(tx: Connection) -> str:
    tables = [table for name, table in metadata.tables.items() if name not in TREE]
    return "\n".join(f"{table.name} {tuple(row)}" for table in tables for row in tx.execute(select(table)))


async def test_no_name_chat_or_phone_is_left_in_any_table(database: Database) -> None:
    play = EnginePlayer(database)
    await register(play)
    before = await database.read(everything)
    assert "Thị Hoa" in before
    assert CHAT in before
    said = await say(play, CHAT, "xóa", "XOA HET")
    assert said[-1].text == "Đã xóa xong lúc 8 giờ 03, ngày 23/11. Cảm ơn bác đã dùng Cầu Nối."
    after = await database.read(everything)
    assert [line for line in after.splitlines() if any(trace in line for trace in TRACES)] == []


def belong(tx: Connection, person: int) -> None:
    """Everything else that the organisation may know of somebody."""
    other = people.register(tx, Address("test:1", "other"), "ba", "26878", NOW)
    first, second = sorted((person, other))
    organisations.add_organisation(tx, "clb", "Câu lạc bộ", "CLB", "thành viên", "Câu lạc bộ", "chủ nhiệm")
    branch = branches.add_branch(tx, "clb", "26878-01")
    at = {"issued_at": 1, "expires_at": 2}
    rows: list[tuple[str, Json]] = [
        ("memberships", {"id": 1, "person_id": person, "branch_id": branch.id, "organisation_code": "clb",
                         "unit_path": "x", "status": "present", "status_on": "2026-11-01", "since": "2026-11-01",
                         "origin": "leader"}),
        ("duplicate_pairs", {"first_id": first, "second_id": second, "reason": "name", "proposed_at": 1}),
        ("data_links", {"person_id": person, "account": "test:1", "chat": CHAT, "token_hash": "a", "expires_at": 2}),
        ("link_codes", {"code_hash": "a", "person_id": person, "issued_by": other, **at}),
        ("link_codes", {"code_hash": "b", "person_id": other, "issued_by": person, **at}),
    ]  # fmt: skip
    for table, row in rows:
        tx.execute(insert(metadata.tables[table]).values(row))
    people.change(tx, person, phone="+84912345678", birth_year=1960)
    people.grant(tx, person, "branch_leader", "26878-01", NOW)
    audit.note(tx, other, NOW, "view", "person", "x", subject=person, on_behalf_of=person, reason="xử lý")
    audit.note(tx, person, NOW, "view", "person", "x", subject=other)


OF_THEIRS = ("memberships", "duplicate_pairs", "data_links", "link_codes")
"""Tables in which nothing of an erased person stays."""


async def test_what_the_organisation_knew_goes_too_and_the_log_stays_whole(database: Database) -> None:
    play = EnginePlayer(database)
    await register(play)
    person = await database.read(people_at)
    await database.write(belong, person)
    before = await database.read(lambda tx: tx.execute(select(metadata.tables["audit"])).all())
    said = await say(play, CHAT, "du lieu")
    assert "sinh năm 1960; số điện thoại 0912 ••• 678" in said[0].text
    await say(play, CHAT, "xóa", "XOA HET")
    after = await database.read(everything)
    assert [line for line in after.splitlines() if any(trace in line for trace in TRACES)] == []
    assert [line for line in after.splitlines() if line.startswith(OF_THEIRS)] == []
    emptied = await database.read(lambda tx: tx.execute(select(metadata.tables["people"]).filter_by(id=person)).one())
    assert {value for value in emptied if value not in ("", None)} == {person, emptied.registered_at}
    kept = await database.read(lambda tx: tx.execute(select(metadata.tables["audit"])).all())
    assert kept[: len(before)] == before
    assert (await database.read(audit_chain.verify)).wrong == ""


async def test_an_erased_officer_may_do_nothing_more(database: Database) -> None:
    play = EnginePlayer(database)
    await register(play)
    await say(play, "Lan", "xóa", "xóa hết")
    said = await say(play, CHAT, "gặp cán bộ")
    assert "chưa có cán bộ nào" in said[0].text
    assert "Trần Thị Lan" not in await database.read(everything)


async def test_the_journal_erases_again_after_a_backup_is_restored(database: Database, tmp_path: Path) -> None:
    play = EnginePlayer(database)
    await register(play)
    person = await database.write(people_at)
    assert erasures.JOURNAL not in [path.name for path in tmp_path.iterdir()]
    for _ in range(2):
        erasures.append(tmp_path, erasures.entry(person, NOW))
    with (tmp_path / erasures.JOURNAL).open("a") as torn:
        torn.write('{"person": 12')
    erasures.append(tmp_path, erasures.entry(5, NOW))
    assert await database.write(erasures.replay, tmp_path, erase) == 2
    assert await database.write(erasures.replay, tmp_path, erase) == 2
    left = await database.read(everything)
    assert [line for line in left.splitlines() if any(trace in line for trace in TRACES)] == []


async def test_erasing_plans_the_journal_entry_in_the_same_transaction(database: Database) -> None:
    play = EnginePlayer(database)
    await register(play)
    person = await database.write(people_at)
    await say(play, CHAT, "xóa", "xóa hết")
    (job,) = await database.write(lambda tx: jobs.claim(tx, [erasures.JOB], play.now, 9))
    assert job.payload["person"] == person


def people_at(tx: Connection) -> int:
    rows = tx.execute(select(metadata.tables["people"]))
    return next(int(row.id) for row in rows if row.name == "Nguyễn Thị Hoa")


async def test_all_of_it_can_be_taken_away(database: Database) -> None:
    play = EnginePlayer(database)
    await register(play)
    person = await database.write(people_at)
    document: Json = {}
    for feature in FEATURES:
        if feature.personal_data:
            document |= await database.read(feature.personal_data.export, person)
    taken = json.loads(json.dumps(document))
    assert taken["ten"] == "Nguyễn Thị Hoa"
    assert taken["tai_khoan"][0]["ma"] == CHAT
    assert "MTTQ phường An Hội Đông" in taken["dong_y"][0]["noi_dung"]
    assert len(taken["dong_y"][0]["ma_bam"]) == 64
    rows = [row for rows in document.values() if isinstance(rows, list) for row in rows if isinstance(row, dict)]
    named = {key for part in (document, *rows) for key in part}
    assert named <= HEADINGS.keys()


async def test_the_proof_of_consent_is_the_message_that_gave_it(database: Database) -> None:
    play = EnginePlayer(database)
    await say(play, CHAT, "/start u_26878-01", "1", "3")
    await say(play, CHAT, "dong y")
    consent_update = str(play.updates)
    await say(play, CHAT, "Hoa")
    rows = await database.read(lambda tx: tx.execute(select(metadata.tables["consents"])).all())
    assert [row.evidence for row in rows] == [consent_update]


async def test_people_are_told_who_saw_their_data(database: Database) -> None:
    play = EnginePlayer(database)
    await register(play)

    def seen(tx: Connection) -> None:
        officer = next(row.id for row in tx.execute(select(metadata.tables["people"])) if row.name.endswith("Lan"))
        audit.note(tx, officer, NOW, "view", "ticket", "PA 2611-0427", subject=people_at(tx), reason="xử lý")

    await database.write(seen)
    said = await say(play, CHAT, "du lieu", "ai đã xem")
    assert said[-1].text.split("\n\n") == [
        "**Trần Thị Lan (người phụ trách Khu phố 4)** xem **phản ánh PA 2611-0427** lúc 8 giờ, ngày 23/11, để xử lý.",
        "Không có ai khác.",
    ]


def about_people(column: Column[object]) -> bool:
    points_at_people = any(key.target_fullname == "people.id" for key in column.foreign_keys)
    return points_at_people or column.name in ABOUT_PEOPLE or column.table.name == "people"


def test_some_feature_answers_for_every_column_about_people() -> None:
    covered = {name for feature in FEATURES if feature.personal_data for name in feature.personal_data.columns}
    columns = {str(column) for table in metadata.tables.values() for column in table.columns if about_people(column)}
    assert columns - covered == set()


def test_no_feature_answers_for_a_column_that_is_not_there() -> None:
    covered = {name for feature in FEATURES if feature.personal_data for name in feature.personal_data.columns}
    assert covered <= {str(column) for table in metadata.tables.values() for column in table.columns}


async def test_a_withdrawn_consent_is_kept_as_proof_only(database: Database) -> None:
    play = EnginePlayer(database)
    await register(play)
    await say(play, CHAT, "ngừng", "1")

    def consents(tx: Connection) -> list[people.Consent]:
        return people.consents_in_force(tx, people_at(tx))

    assert await database.read(consents) == []
