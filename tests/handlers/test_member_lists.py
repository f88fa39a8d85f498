"""Lists of members: what each row says, what is wrong with it, and that bringing a list twice changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from conversation.messages import Phrase, Rejected, Words
from handlers.actor import Actor
from handlers.members import cells, export_sheets, list_texts
from handlers.members.columns import bare
from handlers.members.exporting import ExportMembers, export_members
from handlers.members.importing import CheckList, ImportList, Outcome, check_list, import_list
from handlers.members.sheet import Entry, MemberList, read_list
from handlers.phones import masked
from reports.sheets import harmless, write_csv, write_workbook
from reports.tables import Cell, Formula, Row, Sheet, Unreadable, read_tables
from storage import audit as audit_log
from storage import branches, people, units
from storage.database import Database, open_database
from storage.schema import audit, consents, duplicate_pairs, memberships
from storage.schema import people as people_table
from tests.street import MORNING

TODAY = date(2026, 11, 23)
OPERATOR = Actor(MORNING, operator="cli:lan")
HEAD = ["STT", "Họ và tên", "Năm sinh", "Số điện thoại", "Chi hội", "Tổ", "Ngày vào hội", "Trạng thái"]
GOOD: list[Cell] = [1, "Nguyễn Thị Hoa", 1957, "0912.345.678", "KP4", "2", date(2015, 3, 26), "Có mặt"]


def table(*rows: list[Cell], head: list[str] | None = None, merged: frozenset[int] = frozenset()) -> list[Sheet]:
    lines: list[list[Cell]] = [["DANH SÁCH HỘI VIÊN"], list(head or HEAD), *rows]
    return [Sheet("DS", tuple(Row(number, tuple(line)) for number, line in enumerate(lines, 1)), merged)]


def read(*rows: list[Cell], organisation: str = "pn", consent: str = "", head: list[str] | None = None) -> MemberList:
    return read_list(table(*rows, head=head), organisation, TODAY, consent)


def words(listed: MemberList) -> list[tuple[int, Words]]:
    return [(problem.row, template(problem.words)) for problem in listed.problems]


def template(said: Words) -> Words:
    return said.template if isinstance(said, Phrase) else said


def changed(**cells_: Cell) -> list[Cell]:
    place = {"name": 1, "birth": 2, "phone": 3, "branch": 4, "group": 5, "since": 6, "status": 7}
    row = list(GOOD)
    for column, cell in cells_.items():
        row[place[column]] = cell
    return row


# reading --------------------------------------------------------------------------------------------------------------


def test_a_good_row_is_read_whole() -> None:
    assert read(GOOD).entries == [
        Entry(3, "Nguyễn Thị Hoa", 1957, "+84912345678", "KP4", "2", "2015-03-26", "present", "")
    ]


@pytest.mark.parametrize("head", [
    ["so dien thoai", "NAM SINH", "Ho va ten (*)", "Ghi chú"], ["Điện thoại", "Ngày, tháng, năm sinh", "HỌ TÊN", "x"],
])  # fmt: skip
def test_headings_are_known_without_marks_and_in_any_order(head: list[str]) -> None:
    (entry,) = read([912345678, "12/03/1957", "H'Bliă Niê", "bỏ qua"], head=head).entries
    assert (entry.name, entry.birth_year, entry.phone) == ("H'Bliă Niê", 1957, "+84912345678")


def test_family_and_given_names_may_stand_apart() -> None:
    assert read(["Nguyễn Thị", "Hoa", 1957], head=["Họ đệm", "Tên", "Năm sinh"]).entries[0].name == "Nguyễn Thị Hoa"


@pytest.mark.parametrize(("cell", "year"), [
    (1957, 1957), ("1957", 1957), ("03/1957", 1957), ("12/3/1957", 1957), ("1957-03-12", 1957),
    (date(1957, 3, 12), 1957), (None, None),
])  # fmt: skip
def test_only_the_year_of_a_birthday_is_kept(cell: Cell, year: int | None) -> None:
    assert read(changed(birth=cell)).entries[0].birth_year == year


@pytest.mark.parametrize("name", ["Y Thinh", "A Biu", "Ka Hiền", "Thạch Sa Rương", "HOA", "nguyễn thị hoa"])
def test_names_stay_as_they_are_written(name: str) -> None:
    assert read(changed(name=name)).entries[0].name == name


def test_letters_are_composed_and_eth_is_no_d() -> None:
    assert read(changed(name="Ðặng Thị Nga\u0303")).entries[0].name == "Đặng Thị Ngã"


WRONG: dict[str, tuple[list[Cell], Words]] = {
    "no name": (changed(name=None), list_texts.NO_NAME),
    "a name of digits": (changed(name=123), list_texts.NAME_NOT_WORDS),
    "an identity number": (changed(name="Hoa 079123456789"), list_texts.ID_NUMBER),
    "an identity number with gaps": (changed(branch="079 123 456 789"), list_texts.ID_NUMBER),
    "a formula": (changed(name=Formula()), list_texts.FORMULA),
    "a year of two digits": (changed(birth="57"), list_texts.YEAR_UNCLEAR),
    "too old": (changed(birth=1800), list_texts.YEAR_IMPOSSIBLE),
    "not born yet": (changed(birth=2030), list_texts.YEAR_IMPOSSIBLE),
    "no such day": (changed(birth="31/02/1957"), list_texts.DAY_IMPOSSIBLE),
    "joined tomorrow": (changed(since="24/11/2026"), list_texts.DAY_AHEAD),
    "a day of words": (changed(since="hôm qua"), list_texts.DAY_UNCLEAR),
    "half a number": (changed(phone="0912 345"), list_texts.PHONE_UNCLEAR),
    "two numbers": (changed(phone="0912345678 / 0987654321"), list_texts.PHONE_UNCLEAR),
    "a hotline": (changed(phone="1900 1234"), list_texts.PHONE_UNCLEAR),
    "an old number": (changed(phone="01234567890"), list_texts.PHONE_OLD),
    "an unknown state": (changed(status="vui"), list_texts.STATUS_UNCLEAR),
    "a child": (changed(birth=2015), list_texts.TOO_YOUNG),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_by_row_and_the_row_left_out(name: str) -> None:
    row, why = WRONG[name]
    listed = read(GOOD, [2, "Trần Thị Lan", 1960], row)
    assert (5, why) in words(listed)
    assert [entry.row for entry in listed.entries] == [3, 4]
    assert "079" not in str(listed.entries) + str([p.words for p in listed.problems if p.row == 5]).replace("079•", "")


def test_everything_that_is_wrong_with_a_row_is_told_at_once() -> None:
    assert len(read(changed(name=None, birth="x", phone="1", status="?")).problems) == 4


def test_a_child_is_entered_only_by_the_youth_with_signed_papers() -> None:
    assert read(changed(birth=2012), organisation="dtn", consent="paper").entries
    assert not read(changed(birth=2012), organisation="dtn", consent="oral").entries
    assert not read(changed(birth=2012), organisation="pn", consent="paper").entries


def test_rows_that_share_a_cell_are_told_of() -> None:
    listed = read_list(table(GOOD, merged=frozenset({3})), "pn", TODAY)
    assert words(listed) == [(3, list_texts.MERGED)]


def test_columns_that_should_not_be_there_are_never_read() -> None:
    listed = read(["Lan", "079123456789", "Kinh"], head=["Họ tên", "Số CCCD", "Dân tộc"])
    assert words(listed) == [(2, list_texts.COLUMN_REFUSED)] * 2
    assert [entry.name for entry in listed.entries] == ["Lan"]


def test_lines_that_name_nobody_are_passed_over() -> None:
    numbers: list[Cell] = ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)"]
    listed = read(numbers, GOOD, ["Tổng cộng: 1"], [None, None, None, "Người lập biểu"])
    assert (len(listed.entries), listed.problems) == (1, [])


def test_rows_that_nothing_tells_apart_are_refused_and_near_ones_told_of() -> None:
    listed = read(
        GOOD,
        changed(phone=None),
        changed(phone="0987654321"),
        changed(name="Lê Thị Bé"),
        changed(branch="KP5", phone=None),
    )
    assert words(listed) == [(4, list_texts.SAME_ROW), (5, list_texts.SAME_NAME), (6, list_texts.SAME_PHONE)]
    assert [entry.row for entry in listed.entries] == [3, 5, 6, 7]


namesakes = st.tuples(st.sampled_from([None, 1957, 1958]), st.sampled_from([None, "0912345678", "0987654321"]))


@given(st.lists(namesakes, max_size=12))
@settings(max_examples=150)
def test_of_namesakes_in_a_branch_only_those_are_kept_whom_year_or_phone_tells_from_all_before(
    people_: list[tuple[int | None, str | None]],
) -> None:
    def differ(one: object, other: object) -> bool:
        return bool(one and other and one != other)

    kept: list[tuple[int | None, str | None]] = []
    for year, phone in people_:
        if all(differ(year, other) or differ(phone, number) for other, number in kept):
            kept.append((year, phone))
    listed = read(*(changed(birth=year, phone=phone) for year, phone in people_))
    assert [(entry.birth_year, entry.phone.replace("+84", "0") or None) for entry in listed.entries] == kept


def test_somebody_in_two_branches_of_one_list_is_told_of_before_anybody_is_entered() -> None:
    listed = read(
        GOOD, changed(branch="KP5"), changed(branch="KP6", phone="0987654321"), changed(branch="KP7", birth=1958)
    )
    assert words(listed) == [(4, list_texts.SAME_ELSEWHERE), (6, list_texts.SAME_PHONE)]
    assert [entry.row for entry in listed.entries] == [3, 5, 6]


def test_a_sheet_without_headings_is_told_kindly() -> None:
    with pytest.raises(Unreadable):
        read_list([Sheet("x", (Row(1, ("Lan", 1957)),))], "pn", TODAY)


def test_the_sheet_with_the_most_columns_is_the_list() -> None:
    summary = Sheet("Tổng hợp", (Row(1, ("Tên", "Cộng")), Row(2, ("KP4", 3))))
    assert len(read_list([summary, *table(GOOD)], "pn", TODAY).entries) == 1


@settings(max_examples=50)
@given(st.lists(st.one_of(st.none(), st.text(max_size=30), st.integers(), st.floats(), st.dates(), st.booleans(),
                          st.just(Formula())), max_size=10))  # fmt: skip
def test_no_row_stops_the_reading(row: list[Cell]) -> None:
    listed = read(row)
    assert len(listed.entries) <= 1
    assert all(entry.name and (entry.birth_year is None or entry.birth_year > 1900) for entry in listed.entries)


@given(st.text(max_size=40))
def test_no_identity_number_gets_through(text: str) -> None:
    masked_number = cells.id_number_in(f"{text} 079123456789 {text}")
    assert not masked_number or "123456789" not in masked_number
    assert bare(text) == bare(bare(text))


# the records ----------------------------------------------------------------------------------------------------------


@pytest.fixture
async def ward(loaded_database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    database = await open_database(loaded_database_url, tmp_path / "data", now=MORNING)
    await database.write(found)
    yield database
    await database.close()


def found(tx: Connection) -> None:
    for name in ("Khu phố 4", "Khu phố 14"):
        unit = units.add_unit(tx, "26878", name)
        for organisation in ("pn", "nd"):
            branches.add_branch(tx, organisation, unit.code)
    women = branches.branches_under(tx, "26878-01", "pn")[0]
    branches.add_branch(tx, "pn", "26878-01", "Tổ hội số 2", parent_id=women.id)


HOA = Entry(3, "Nguyễn Thị Hoa", 1957, "+84912345678", "Khu phố 04", "2", "2015-03-26", "present", "paper")
LAN = Entry(4, "Trần Thị Lan", 1960, "", "Chi hội Phụ nữ Khu phố 14", consent="")
BE = Entry(5, "Lê Thị Bé", None, "", "kp4", status="away")


def bring(tx: Connection, *entries: Entry, organisation: str = "pn") -> Outcome:
    return import_list(tx, OPERATOR, ImportList(organisation, "26878", entries, "hash"))


def check(tx: Connection, *entries: Entry, organisation: str = "pn") -> Outcome:
    return check_list(tx, OPERATOR, CheckList(organisation, "26878", entries))


def told(outcome: Outcome) -> list[tuple[int, Words, bool]]:
    return [(each.row, template(each.words), each.fatal) for each in outcome.problems]


def counts(tx: Connection) -> list[int]:
    tables = (people_table, memberships, consents, duplicate_pairs)
    return [int(tx.scalar(select(func.count()).select_from(each)) or 0) for each in tables]


async def test_a_list_is_entered_once_however_often_it_is_brought(ward: Database) -> None:
    await ward.write(enter_twice)


def enter_twice(tx: Connection) -> None:
    assert told(check(tx, HOA, LAN, BE)) == []
    assert counts(tx) == [0, 0, 0, 0]
    assert bring(tx, HOA, LAN, BE).new == 3
    assert counts(tx) == [3, 3, 2, 0]
    hoa = tx.execute(select(people_table).where(people_table.c.name == "Nguyễn Thị Hoa")).one()
    group = tx.execute(select(memberships.c.branch_id).where(memberships.c.person_id == hoa.id)).scalar_one()
    assert branches.require_branch(tx, group).name == "Tổ hội số 2"
    assert people.agrees(tx, hoa.id, "news")
    again = bring(tx, HOA, LAN, BE)
    assert (again.new, again.there, again.problems) == (0, 3, [])
    moved = bring(tx, replace(HOA, status="away"), replace(LAN, birth_year=None))
    assert told(moved) == [(3, list_texts.THERE_BUT_STATUS, False)]
    assert counts(tx) == [3, 3, 2, 0]
    assert [row.action for row in tx.execute(select(audit))] == ["imported"]


async def test_who_may_be_there_already_is_proposed_and_never_joined(ward: Database) -> None:
    await ward.write(enter_alike)


def enter_alike(tx: Connection) -> None:
    bring(tx, HOA, LAN)
    other_phone = replace(HOA, phone="+84987654321")
    family = replace(BE, phone=HOA.phone)
    assert told(bring(tx, other_phone, family)) == [
        (3, list_texts.MAY_BE_SAME, False),
        (5, list_texts.MAY_BE_SAME, False),
    ]
    assert counts(tx)[0] == 4
    assert sorted(row.reason for row in tx.execute(select(duplicate_pairs))) == ["name", "phone"]


async def test_the_same_person_in_another_organisation_is_one_person(ward: Database) -> None:
    await ward.write(enter_elsewhere)


def enter_elsewhere(tx: Connection) -> None:
    bring(tx, HOA)
    assert told(bring(tx, HOA, organisation="nd"))[-1] == (3, list_texts.SAME_PERSON, False)
    assert counts(tx)[:2] == [1, 2]
    assert told(bring(tx, replace(HOA, branch="kp14", group=""))) == [(3, list_texts.IN_ANOTHER_BRANCH, False)]
    assert counts(tx)[:2] == [1, 2]


async def test_a_branch_that_nobody_knows_is_refused_with_the_nearest(ward: Database) -> None:
    await ward.write(name_branches)


def name_branches(tx: Connection) -> None:
    unknown = check(tx, replace(LAN, branch="Khu pho 44"), replace(BE, branch=""), replace(HOA, branch="xyz"))
    why = (list_texts.BRANCH_UNKNOWN_NEAR, list_texts.NO_BRANCH, list_texts.BRANCH_UNKNOWN)
    assert told(unknown) == [(row, words, True) for row, words in zip((4, 5, 3), why, strict=True)]
    assert told(check(tx, replace(HOA, group="9"))) == [(3, list_texts.GROUP_UNKNOWN, False)]
    assert bring(tx, LAN, replace(HOA, branch="xyz")).new == 0
    assert counts(tx)[0] == 0


@pytest.mark.parametrize("written", ["Phụ nữ Khu phố 4", "PN KP4", "hội phụ nữ kp 04", "Chi hội Khu phố 4"])
async def test_a_branch_is_known_as_lists_write_it(ward: Database, written: str) -> None:
    assert told(await ward.read(lambda tx: check(tx, replace(HOA, branch=written)))) == []


async def test_who_left_is_not_entered_again(ward: Database) -> None:
    def leave(tx: Connection) -> None:
        bring(tx, BE)
        ended = {"status": "died", "status_on": "2026-11-24", "ended_on": "2026-11-24"}
        tx.execute(memberships.update().values(ended))
        assert told(bring(tx, BE)) == [(5, list_texts.THERE_BUT_STATUS, False)]
        assert counts(tx)[:2] == [1, 1]

    await ward.write(leave)


# going out ------------------------------------------------------------------------------------------------------------


async def test_an_export_tells_who_when_and_why_and_harms_no_program(ward: Database, tmp_path: Path) -> None:
    await ward.write(bring, replace(HOA, name="-Hoa"), LAN)
    with pytest.raises(Rejected):
        await ward.write(export_members, OPERATOR, ExportMembers("26878", "pn", "  "))
    page = await ward.write(export_members, OPERATOR, ExportMembers("26878", "pn", "vay vốn"))
    assert sorted(page.phones) == ["", "0912 ••• 678"]
    about = export_sheets.About("Phường An Hội Đông", "Phụ nữ", "lan", "vay vốn", MORNING, with_phones=False)
    sheets, mark = export_sheets.tables(page.members, page.phones, about), export_sheets.watermark(about)
    assert "lan" in mark
    assert "vay vốn" in mark
    write_workbook(tmp_path / "o.xlsx", sheets, mark)
    write_csv(tmp_path / "o.csv", sheets[1], mark)
    assert (tmp_path / "o.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    written = read_tables(tmp_path / "o.xlsx")
    assert [each.name for each in written] == ["Tổng hợp", "Danh sách", "Giải thích"]
    assert [row.cells[1] for row in written[1].rows[1:3]] == ["Trần Thị Lan", "'-Hoa"]
    assert all(any(mark[:100] in str(cell) for row in each.rows for cell in row.cells) for each in written)
    assert [row.cells[-4:] for row in written[0].rows][-2] == (2, 0, 0, 2)
    back = read_list(written, "pn", TODAY)
    assert sorted(entry.name for entry in back.entries) == ["'-Hoa", "Trần Thị Lan"]


async def test_everybody_on_an_export_is_in_the_log(ward: Database) -> None:
    await ward.write(bring, HOA, LAN)
    await ward.write(export_members, OPERATOR, ExportMembers("26878", "", "vay vốn"))
    rows = await ward.read(lambda tx: tx.execute(select(audit).where(audit.c.action == "exported")).all())
    (seen,) = await ward.read(audit_log.by_others, rows[0].subject_id)
    assert (seen.actor_name, seen.reason) == ("cli:lan", "vay vốn")
    assert len({row.subject_id for row in rows}) == 2
    assert {(row.actor_name, row.reason) for row in rows} == {("cli:lan", "vay vốn")}


@given(st.text())
def test_no_text_is_ever_a_formula(text: str) -> None:
    assert not str(harmless(text)).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert text in str(harmless(text))


@given(st.integers(10**8, 10**9 - 1))
def test_a_masked_number_does_not_tell_the_number(number: int) -> None:
    assert str(number)[4:6] not in masked(f"+84{number}")[4:-3]
