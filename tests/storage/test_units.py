"""The tree of units, and what may be added to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, func, select, update

from conversation.messages import Rejected
from storage.schema import metadata, unit_closure, unit_names, units
from storage.units import (
    add_unit,
    children,
    is_within,
    kind_of,
    load_units,
    province_of,
    provinces,
    under,
    unit,
)

AN_HOI_DONG = "26878"


@pytest.fixture(scope="module")
def country() -> Iterator[Connection]:
    """The whole country; each test takes back what it did."""
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.begin() as connection:
        load_units(connection)
        yield connection
    engine.dispose()


@pytest.fixture
def tx(country: Connection) -> Iterator[Connection]:
    """A country to which nothing has been added yet."""
    point = country.begin_nested()
    yield country
    point.rollback()


def test_the_whole_country_is_loaded_once(tx: Connection) -> None:
    counts = {depth: count for depth, count in tx.execute(select(units.c.depth, func.count()).group_by(units.c.depth))}
    assert counts == {0: 34, 1: 3321}
    assert not load_units(tx)
    assert tx.execute(select(func.count()).select_from(unit_closure)).scalar_one() == 34 + 2 * 3321
    assert tx.execute(select(func.count()).select_from(unit_names)).scalar_one() > 34 + 3321 + 10_000


def test_a_unit_knows_its_place(tx: Connection) -> None:
    found = unit(tx, AN_HOI_DONG)
    assert found is not None
    assert (found.full_name, found.depth, found.path) == ("Phường An Hội Đông", 1, "79/26878/")
    assert "Phường 15, Phường 16 (quận Gò Vấp)" in found.merged_from
    assert unit(tx, "nowhere") is None
    assert province_of(tx, AN_HOI_DONG).full_name == "Thành phố Hồ Chí Minh"
    assert province_of(tx, "79").code == "79"
    assert len(provinces(tx)) == 34
    with pytest.raises(LookupError):
        province_of(tx, "nowhere")


def test_hamlets_come_in_natural_order(tx: Connection) -> None:
    for name in ("Khu phố 10", "Khu phố 2", "Ấp Đông", "Khu phố 1"):
        add_unit(tx, AN_HOI_DONG, name)
    assert [each.name for each in children(tx, AN_HOI_DONG)] == ["Ấp Đông", "Khu phố 1", "Khu phố 2", "Khu phố 10"]
    assert [each.code for each in children(tx, AN_HOI_DONG)] == [
        "26878-03",
        "26878-04",
        "26878-02",
        "26878-01",
    ]


def test_a_group_lies_below_its_hamlet_and_commune(tx: Connection) -> None:
    hamlet = add_unit(tx, AN_HOI_DONG, "  Khu   phố 4 ")
    group = add_unit(tx, hamlet.code, "Tổ 12")
    assert unit(tx, group.code) == group
    assert (hamlet.name, hamlet.kind, group.kind) == ("Khu phố 4", "khu_pho", "to")
    assert (group.code, group.path) == ("26878-01-01", "79/26878/26878-01/26878-01-01/")
    above = select(unit_closure.c.ancestor).where(unit_closure.c.descendant == group.code)
    in_order = tx.execute(above.order_by(unit_closure.c.distance.desc())).scalars().all()
    assert in_order == ["79", AN_HOI_DONG, hamlet.code, group.code]
    assert is_within(tx, group.code, "79")
    assert is_within(tx, group.code, group.code)
    assert not is_within(tx, AN_HOI_DONG, group.code)
    assert not is_within(tx, group.code, "01")
    below = tx.execute(select(units.c.code).where(under("79/26878/")).order_by(units.c.path)).scalars().all()
    assert below == [AN_HOI_DONG, hamlet.code, group.code]


@pytest.mark.parametrize("again", ["Khu phố 4", "khu pho 4", "KHU PHỐ  04"])
def test_the_same_name_is_refused_below_the_same_parent(tx: Connection, again: str) -> None:
    add_unit(tx, AN_HOI_DONG, "Khu phố 4")
    with pytest.raises(Rejected, match="đã có"):
        add_unit(tx, AN_HOI_DONG, again)
    assert add_unit(tx, "26882", again).code == "26882-01"


@pytest.mark.parametrize("name", ["", " 4 ", "Thôn " + "a" * 60])
def test_a_name_has_a_length(tx: Connection, name: str) -> None:
    with pytest.raises(Rejected, match="Tên cần"):
        add_unit(tx, AN_HOI_DONG, name)


def test_only_communes_go_into_provinces(tx: Connection) -> None:
    with pytest.raises(Rejected, match="bắt đầu bằng"):
        add_unit(tx, "79", "Thôn Đông")
    with pytest.raises(Rejected, match="đã có"):
        add_unit(tx, "79", "phường an hội đông")
    assert add_unit(tx, "79", "đặc khu Hòn Bà").full_name == "Đặc khu Hòn Bà"
    with pytest.raises(Rejected, match="không tìm thấy"):
        add_unit(tx, "nowhere", "Thôn Đông")


def test_numbers_of_closed_hamlets_are_not_given_again(tx: Connection) -> None:
    closed = add_unit(tx, AN_HOI_DONG, "Khu phố 4")
    tx.execute(update(units).where(units.c.code == closed.code).values(active=False))
    assert children(tx, AN_HOI_DONG) == []
    assert add_unit(tx, AN_HOI_DONG, "Khu phố 4").code == "26878-02"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Tổ dân phố số 3", "to_dan_pho"),
        ("to dan pho 3", "to_dan_pho"),
        ("TỔ 5", "to"),
        ("Tô Hiệu", "khac"),
        ("Buôn Cuôr Kap", "buon"),
        ("Bon Bu Prăng", "bon"),
        ("Phum Xoài", "phum"),
        ("Phố Mới", "pho"),
        ("Ấp 3A", "ap"),
        ("Khóm 2", "khom"),
        ("Plei Ốp", "plei"),
        ("Sóc Lớn", "soc"),
        ("Thônghiệp", "khac"),
    ],
)
def test_the_first_words_tell_the_kind(name: str, kind: str) -> None:
    assert kind_of(name) == kind
