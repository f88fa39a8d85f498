"""Communes are found by what people type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, func, select, update
from sqlalchemy.ext.asyncio import create_async_engine

from conversation.answers import fold
from storage.place_search import search_places
from storage.schema import metadata, units
from storage.unit_changes import add_old_name, rename
from storage.unit_search import Match, leading, named_province, provinces_of, search
from storage.units import add_unit, children, is_within, load_units, province_of, under

QUERIES = Path(__file__).parent / "unit_queries.txt"
TOO, DRAWN = "# Written by hand, too", "# Drawn"
HAMLETS = {
    "26878": [f"Khu phố {number}" for number in range(1, 13)],
    "26878-04": ["Tổ 5"],
    "30130": ["Ấp Bàu Sen", "Ấp 3"],
    "24163": ["Buôn Ea Kmát"],
    "09574": ["Thôn Đông"],
    "17989": ["Xóm 2"],
}


def read_queries(text: str) -> list[tuple[str, str]]:
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return [(typed, code) for typed, _, code in (line.rpartition(" = ") for line in lines)]


TEXT = QUERIES.read_text(encoding="utf-8")
FIRST, HARDER, _ = map(read_queries, re.split(f"{TOO}|{DRAWN}", TEXT))


@pytest.fixture(scope="module")
def country() -> Iterator[Connection]:
    """The whole country, for tests that only read."""
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.begin() as connection:
        load_units(connection)
        for parent, names in HAMLETS.items():
            for name in names:
                add_unit(connection, parent, name)
        rename(connection, "26878-07", "Khu phố Bình Minh", datetime(2026, 3, 2, tzinfo=UTC))
        yield connection
    engine.dispose()


def codes(matches: list[Match]) -> list[str]:
    return [match.unit.code for match in matches]


@pytest.mark.parametrize(("typed", "code"), FIRST)
def test_the_commune_meant_comes_first(country: Connection, typed: str, code: str) -> None:
    assert codes(search(country, typed))[:1] == [code]


def test_nearly_all_are_among_the_first_three(country: Connection) -> None:
    by_hand, everything = FIRST + HARDER, read_queries(TEXT)
    assert len({typed for typed, _ in by_hand}) >= 200
    for queries in (by_hand, everything):
        found = {typed: codes(search_places(country, typed, limit=3)) for typed, _ in queries}
        missed = [(typed, code, found[typed]) for typed, code in queries if code not in found[typed]]
        assert len(missed) <= 0.05 * len(queries), missed


def test_every_commune_is_found_by_its_own_name_and_province(country: Connection) -> None:
    province = units.alias()
    rows = country.execute(
        select(units.c.code, units.c.full_name, province.c.name)
        .join(province, province.c.code == units.c.parent_code)
        .where(units.c.depth == 1)
    ).all()
    assert len(rows) == 3321
    assert [
        (code, name) for code, name, place in rows if code not in codes(search(country, fold(f"{name} {place}")))[:3]
    ] == []
    assert [
        (code, name) for code, name, place in rows if codes(search(country, f"{name}, {place}"))[:1] != [code]
    ] == []


def test_a_match_tells_the_old_name_it_was_found_by(country: Connection) -> None:
    found = search(country, "p15 quan go vap")[0]
    assert (found.unit.full_name, found.province.name) == ("Phường An Hội Đông", "Hồ Chí Minh")
    assert (found.old_name, found.old_district, found.partial) == ("Phường 15", "quận Gò Vấp", False)
    current = search(country, "an hoi dong")[0]
    assert (current.old_name, current.old_district) == ("", "")


def test_a_divided_ward_is_said_to_be_divided(country: Connection) -> None:
    found = [match for match in search(country, "xã tân thạnh huyện thanh bình") if match.old_name]
    assert [(match.unit.full_name, match.partial) for match in found[:2]] == [
        ("Xã Thanh Bình", False),
        ("Xã Tân Thạnh", True),
    ]


def test_a_name_found_in_many_provinces_is_searched_again_in_one(country: Connection) -> None:
    found = search(country, "tan an", limit=100)
    names = {province.name for province in provinces_of(found)}
    assert names >= {"Cần Thơ", "Hải Phòng", "Nghệ An"}
    within = search(country, "tan an", province="92")
    assert {match.province.name for match in within} == {"Cần Thơ"}
    assert within[0].unit.full_name == "Phường Tân An"
    assert codes(search(country, "phuong tan an can tho", province="92"))[0] == "31147"
    assert search(country, "tan an nghe an", province="92") == []


def test_names_that_only_marks_part_are_both_offered(country: Connection) -> None:
    unmarked = leading(search(country, "my tho dong thap"))
    assert [match.unit.full_name for match in unmarked] == ["Phường Mỹ Tho", "Xã Mỹ Thọ"]
    assert not any(match.exact for match in unmarked)
    marked = leading(search(country, "Mỹ Thọ, Đồng Tháp"))
    assert [(match.unit.full_name, match.exact) for match in marked] == [("Xã Mỹ Thọ", True)]


@pytest.mark.parametrize("typed", ["Phường Thuận Hoá, Huế", "phường thuận hóa huế"])
def test_where_the_tone_stands_does_not_matter(country: Connection, typed: str) -> None:
    found = search(country, typed)[0]
    assert (found.unit.code, found.exact) == ("19789", True)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("can tho", "Cần Thơ"),
        ("TP. Hồ Chí Minh", "Hồ Chí Minh"),
        ("tphcm", "Hồ Chí Minh"),
        ("sg", "Hồ Chí Minh"),
        ("tinh tien giang", "Đồng Tháp"),
        ("Bình Dương", "Hồ Chí Minh"),
        ("ba ria - vung tau", "Hồ Chí Minh"),
        ("tt hue", "Huế"),
        ("thua thien hue", "Huế"),
        ("daklak", "Đắk Lắk"),
        ("hn", "Hà Nội"),
        ("hà tây", "Hà Nội"),
        ("t. nghe an", "Nghệ An"),
    ],
)
def test_a_province_alone_is_recognised(country: Connection, typed: str, name: str) -> None:
    found = named_province(country, typed)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("typed", ["", "go vap", "xa thanh hoa", "phường phú thọ", "p15 can tho", "tinh"])
def test_other_texts_name_no_province(country: Connection, typed: str) -> None:
    assert named_province(country, typed) is None


def test_a_name_that_is_a_province_too_is_still_found(country: Connection) -> None:
    assert search(country, "phuong phu tho hcm")[0].unit.full_name == "Phường Phú Thọ"
    assert search(country, "phuong hai duong")[0].unit.full_name == "Phường Hải Dương"


def test_nothing_like_it_finds_nothing(country: Connection) -> None:
    for typed in ("", " ", "asdfgh", "?!", "xa", "9" * 5000, "p" + "9" * 5000):
        assert [match for match in search(country, typed) if match.exact] == []
    assert search(country, "asdfgh") == []
    assert leading([]) == []
    assert provinces_of([]) == []


PIECES = ["p", "x", "q", "h", "tt", "tp", "tx", "t", "1", "15", "go", "vap", "xa", "quan", "tinh", "tan", "hcm", ","]


@settings(deadline=None, max_examples=200)
@given(typed=st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join)))
def test_any_text_is_survived(country: Connection, typed: str) -> None:
    found = search(country, typed, limit=5)
    assert len(found) <= 5
    assert [match.score for match in found] == sorted((match.score for match in found), reverse=True)
    named_province(country, typed)


def test_new_names_are_found_and_closed_communes_are_not() -> None:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.begin() as tx:
        load_units(tx)
        assert search(tx, "qwertyu") == []
        add_old_name(tx, "26878", "Xã Qwertyu")
        assert codes(search(tx, "qwertyu")) == ["26878"]
        tx.execute(update(units).where(units.c.code == "26878").values(active=False))
        assert search(tx, "qwertyu") == []
    engine.dispose()


def journey(tx: Connection) -> None:
    """Load, add and search once, the same on both databases."""
    metadata.create_all(tx)
    assert load_units(tx)
    assert not load_units(tx)
    assert dict(tx.execute(select(units.c.depth, func.count()).group_by(units.c.depth)).all()) == {0: 34, 1: 3321}
    for name in ("Khu phố 10", "Khu phố 2"):
        add_unit(tx, "26878", name)
    assert [each.name for each in children(tx, "26878")] == ["Khu phố 2", "Khu phố 10"]
    assert is_within(tx, "26878-02", "79")
    assert province_of(tx, "26878-02").name == "Hồ Chí Minh"
    assert tx.execute(select(func.count()).where(under("79/26878/"))).scalar_one() == 3
    assert codes(search(tx, "p15 quan go vap"))[0] == "26878"
    assert named_province(tx, "tiền giang") is not None


async def test_both_databases_hold_the_country(database_url: str) -> None:
    engine = create_async_engine(database_url.replace("sqlite://", "sqlite+aiosqlite://"))
    async with engine.begin() as connection:
        await connection.run_sync(journey)
    await engine.dispose()
