"""Units are renamed, moved, merged, divided and closed; their people go along, and what was stays known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, create_engine, func, insert, select

from conversation.messages import Rejected
from storage import invites
from storage import people as people_storage
from storage.branches import add_branch, branch, close_branch
from storage.clusters import add_cluster, cluster_of, clusters_in, end_cluster
from storage.database import Database
from storage.memberships import Joining, join
from storage.organisations import load_organisations
from storage.rollups import roll_up, set_eligible
from storage.schema import branches, metadata, people, roles, tickets, unit_closure, units
from storage.schema import invites as invites_table
from storage.unit_changes import close, move, rename
from storage.unit_history import lineage_as_of, successions_of, unit_as_of, units_today
from storage.unit_merging import FOLLOWING, Part, merge, merge_as, split
from storage.unit_search import search
from storage.units import Unit, add_unit, children, is_within, load_units, unit
from tests.storage.test_memberships import somebody

WARD, NEXT_WARD, CITY = "26878", "26882", "79"
MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)
LATER = MONDAY + timedelta(days=30)
TODAY = "2026-03-02"


@pytest.fixture(scope="module")
def country() -> Iterator[Connection]:
    """The whole country; each test takes back what it did."""
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.begin() as tx:
        load_units(tx)
        load_organisations(tx)
        yield tx
    engine.dispose()


@pytest.fixture
def tx(country: Connection) -> Iterator[Connection]:
    """A country in which nothing has happened yet."""
    point = country.begin_nested()
    yield country
    point.rollback()


def hamlets(tx: Connection, *numbers: int, ward: str = WARD) -> list[Unit]:
    return [add_unit(tx, ward, f"Khu phố {number}") for number in numbers]


def settle(tx: Connection, home: Unit) -> int:
    """Somebody lives here, belongs to the women of the place, and has sent a report."""
    number = somebody(tx, home.code)
    at_home = _branches(tx, home.code)
    women = at_home[0] if at_home else add_branch(tx, "pn", home.code).id
    join(tx, Joining(number, women, TODAY), TODAY, "leader")
    _ticket(tx, home.code, number)
    return number


def _branches(tx: Connection, code: str) -> list[int]:
    return list(
        tx.scalars(select(metadata.tables["branches"].c.id).where(metadata.tables["branches"].c.unit_code == code))
    )


def _ticket(tx: Connection, code: str, person: int) -> None:
    row = {"id": person, "code": f"PA {person}", "unit_code": code, "topic": "x", "text": "x", "fold": "x"}
    when = {"opened_on": TODAY, "opened_at": 1, "receive_by": 1, "resolve_by": 1}
    more = {"urgent": False, "anonymous": False, "person_id": person, "status": "new"}
    tx.execute(insert(tickets).values(**row, **when, **more))


def home_of(tx: Connection, person: int) -> str | None:
    known = people_storage.person(tx, person)
    return known.unit_code if known else None


def test_a_renamed_hamlet_keeps_its_old_name_in_old_reports(tx: Connection) -> None:
    [four] = hamlets(tx, 4)
    assert rename(tx, four.code, "Khu phố Bình Minh", MONDAY).full_name == "Khu phố Bình Minh"
    rename(tx, four.code, "Thôn Bình Minh", LATER)
    names = [unit_as_of(tx, four.code, day) for day in ("2026-03-01", TODAY, "2026-03-31", "2026-04-01", "2030-01-01")]
    assert [each and each.full_name for each in names] == [
        "Khu phố 4", "Khu phố Bình Minh", "Khu phố Bình Minh", "Thôn Bình Minh", "Thôn Bình Minh"
    ]  # fmt: skip
    assert unit_as_of(tx, "nowhere", TODAY) is None


def test_a_renamed_commune_is_found_by_both_names(tx: Connection) -> None:
    assert rename(tx, WARD, "phường An Hội Mới", MONDAY).full_name == "Phường An Hội Mới"
    assert [search(tx, typed)[0].unit.code for typed in ("an hoi moi", "phường an hội đông", "p15 gò vấp")] == [
        WARD
    ] * 3
    assert search(tx, "an hoi dong")[0].old_name == "Phường An Hội Đông"
    with pytest.raises(Rejected, match="bắt đầu bằng"):
        rename(tx, WARD, "An Hội", MONDAY)
    with pytest.raises(Rejected, match="đã có"):
        rename(tx, WARD, "Phường An Hội Tây", MONDAY)


def test_a_moved_subtree_takes_everything_along(tx: Connection) -> None:
    [four] = hamlets(tx, 4)
    group = add_unit(tx, four.code, "Tổ 1")
    hoa = settle(tx, group)
    moved = move(tx, four.code, NEXT_WARD, MONDAY)
    assert moved.path == f"79/{NEXT_WARD}/{four.code}/"
    below = unit(tx, group.code)
    assert below is not None
    assert below.path == f"{moved.path}{group.code}/"
    assert (is_within(tx, group.code, NEXT_WARD), is_within(tx, group.code, WARD)) == (True, False)
    assert home_of(tx, hoa) == group.code
    assert (roll_up(tx, NEXT_WARD).whole.people.members, roll_up(tx, WARD).whole.people.members) == (1, 0)
    assert [each.full_name for each in lineage_as_of(tx, group.code, "2026-03-01")][1] == "Phường An Hội Đông"
    assert [each.full_name for each in lineage_as_of(tx, group.code, TODAY)][1] == "Phường An Hội Tây"
    assert add_unit(tx, WARD, "Khu phố 9").code == "26878-02"


def test_nothing_becomes_its_own_ancestor(tx: Connection) -> None:
    [four] = hamlets(tx, 4)
    group = add_unit(tx, four.code, "Tổ 1")
    for parent in (four.code, group.code):
        with pytest.raises(Rejected, match="nằm trong"):
            move(tx, four.code, parent, MONDAY)
    for code, parent, words in (
        (four.code, WARD, "đang ở trong"),
        (four.code, CITY, "không đặt vào"),
        (WARD, NEXT_WARD, "không đặt vào"),
        (CITY, "01", "không đặt vào"),
        ("nowhere", WARD, "Không có đơn vị"),
    ):
        with pytest.raises(Rejected, match=words):
            move(tx, code, parent, MONDAY)


def test_a_hamlet_may_become_a_group_of_another_and_a_commune_change_its_province(tx: Connection) -> None:
    four, five = hamlets(tx, 4, 5)
    assert move(tx, four.code, five.code, MONDAY).depth == 3
    assert move(tx, WARD, "01", MONDAY).path == f"01/{WARD}/"
    inside = unit(tx, four.code)
    assert inside is not None
    assert inside.path == f"01/{WARD}/{five.code}/{four.code}/"
    assert search(tx, "p15 quan go vap")[0].province.name == "Hà Nội"


def test_levels_go_deeper_when_people_want_them(tx: Connection) -> None:
    place = WARD
    for _ in range(7):
        place = add_unit(tx, place, "Tổ 1").code
    with pytest.raises(Rejected, match="nhỏ nhất"):
        add_unit(tx, place, "Tổ 1")


def test_hamlets_become_one(tx: Connection) -> None:
    four, five, six = hamlets(tx, 4, 5, 6)
    group, twin = (add_unit(tx, each.code, "Tổ 1") for each in (four, five))
    here, there, below = settle(tx, four), settle(tx, five), settle(tx, twin)
    both = somebody(tx, six.code)
    for place in (four, five):
        people_storage.grant(tx, both, "branch_leader", place.code, MONDAY)
    merge(tx, [five.code, six.code], four.code, MONDAY)
    assert [each.name for each in children(tx, WARD)] == ["Khu phố 4"]
    assert [home_of(tx, each) for each in (here, there, below, both)] == [four.code, four.code, twin.code, four.code]
    assert [each.full_name for each in children(tx, four.code)] == ["Tổ 1", "Tổ 1 (Khu phố 5)"]
    assert is_within(tx, twin.code, four.code)
    assert not is_within(tx, twin.code, five.code)
    assert [each.unit_code for each in people_storage.roles_of(tx, both)] == [four.code]
    assert set(tx.scalars(select(tickets.c.unit_code))) == {four.code, twin.code}
    assert [each.code for each in units_today(tx, six.code)] == [four.code]
    then = unit_as_of(tx, five.code, "2026-03-01")
    assert then is not None
    assert (then.full_name, then.parent_code) == ("Khu phố 5", WARD)
    assert group.code in [each.code for each in children(tx, four.code)]


def test_branches_with_one_name_stay_two_and_are_told_apart(tx: Connection) -> None:
    four, five = hamlets(tx, 4, 5)
    first, second = (add_branch(tx, "pn", each.code, "Tổ hội 1") for each in (four, five))
    merge(tx, [five.code], four.code, MONDAY)
    names = [found.name for each in (first, second) if (found := branch(tx, each.id))]
    assert names == ["Tổ hội 1", "Tổ hội 1 (Khu phố 5)"]


def test_communes_become_a_new_one_and_all_their_old_names_lead_there(tx: Connection) -> None:
    hamlets(tx, 1)
    hamlets(tx, 1, ward=NEXT_WARD)
    new = merge_as(tx, [WARD, NEXT_WARD], "Phường An Hội", MONDAY)
    assert (new.code, new.kind, new.full_name) == ("790001", "phuong", "Phường An Hội")
    typed = ("an hoi hcm", "an hội đông", "p. an hoi tay", "p15 quan go vap", "p12 go vap", "phuong 16 go vap")
    assert [search(tx, each)[0].unit.code for each in typed] == [new.code] * len(typed)
    assert [each.full_name for each in children(tx, new.code)] == ["Khu phố 1", "Khu phố 1 (An Hội Tây)"]
    assert [each.old_code for each in successions_of(tx, new.code)] == [WARD, NEXT_WARD]
    again = merge_as(tx, [new.code, "26876"], "Phường An Nhơn Hội", LATER)
    assert search(tx, "p15 quan go vap")[0].unit.code == again.code
    assert [each.code for each in units_today(tx, WARD)] == [again.code]
    assert again.code == "790002"  # the number of what is gone is never given again


def test_a_new_communes_code_is_none_the_state_may_give_and_its_hamlets_follow_it(tx: Connection) -> None:
    last = {"code": "79999", "parent_code": "79", "depth": 1, "kind": "xa", "path": "79/79999/"}  # of five digits
    tx.execute(insert(units).values(**last, name="Cuối", full_name="Xã Cuối", fold="cuoi"))
    made = [add_unit(tx, "79", f"Xã Mới {number}") for number in (1, 2, 3)]
    assert [each.code for each in made] == ["790001", "790002", "790003"]
    elsewhere = add_unit(tx, "01", "Xã Mới")
    assert elsewhere.code == "010001"
    hamlet = add_unit(tx, made[1].code, "Ấp 1")
    assert (hamlet.code, hamlet.path) == ("790002-01", "79/790002/790002-01/")
    assert add_unit(tx, hamlet.code, "Tổ 1").code == "790002-01-01"


@pytest.mark.parametrize("codes", [[], ["26878"], ["26878", "79"], ["26878", "nowhere"]])
def test_only_units_of_one_level_become_one(tx: Connection, codes: list[str]) -> None:
    with pytest.raises(Rejected):
        merge(tx, codes, WARD, MONDAY)
    with pytest.raises(Rejected):
        merge_as(tx, codes, "Phường An Hội", MONDAY)


def test_a_hamlet_is_divided_by_branches_by_groups_and_by_name(tx: Connection) -> None:
    [four] = hamlets(tx, 4)
    group = add_unit(tx, four.code, "Tổ 9")
    east = add_branch(tx, "pn", four.code, "Tổ hội Đông")
    west = add_branch(tx, "pn", four.code, "Tổ hội Tây")
    lan, cuc, mai, sau, tam = (somebody(tx, four.code) for _ in range(5))
    for number, where in ((lan, east), (cuc, west), (mai, west)):
        join(tx, Joining(number, where.id, TODAY), TODAY, "leader")
        _ticket(tx, four.code, number)
    parts = [Part("Khu phố 4"), Part("Khu phố 4A", (group.code,), (west.id,), (sau,))]
    parts.append(Part("Khu phố 4B", people=(mai,)))
    rest, new, third = split(tx, four.code, parts, MONDAY)
    assert [home_of(tx, each) for each in (lan, cuc, mai, sau, tam)] == [
        rest.code, new.code, third.code, new.code, rest.code
    ]  # fmt: skip
    moved = branch(tx, west.id)
    assert moved is not None
    assert moved.unit_code == new.code
    assert is_within(tx, group.code, new.code)
    by_person = select(tickets.c.person_id, tickets.c.unit_code)
    assert {row[0]: row[1] for row in tx.execute(by_person)} == {lan: rest.code, cuc: new.code, mai: third.code}
    assert [each.code for each in units_today(tx, four.code)] == [rest.code, new.code, third.code]
    assert roll_up(tx, WARD).whole.people.members == 3


def test_offices_go_where_their_branch_and_whom_they_help_go(tx: Connection) -> None:
    [four] = hamlets(tx, 4)
    west = add_branch(tx, "pn", four.code, "Chi hội Tây")
    group = add_branch(tx, "pn", four.code, "Tổ hội 1", parent_id=west.id)
    leader, helper, helped, member = (somebody(tx, four.code) for _ in range(4))
    join(tx, Joining(member, group.id, TODAY), TODAY, "leader")
    people_storage.grant(tx, leader, "branch_leader", four.code, MONDAY, organisation="pn", branch=west.id)
    people_storage.grant(tx, helper, "helper", four.code, MONDAY, helps=helped)
    invites.issue(tx, people_storage.Role("group_leader", four.code, "pn", group.id), "person", MONDAY)
    _, new = split(tx, four.code, [Part("Khu phố 4"), Part("Khu phố 4A", (), (west.id,), (helped,))], MONDAY)
    lie_in = [tx.scalars(select(table.c.unit_code)).all() for table in (branches, roles, invites_table)]
    assert {code for codes in lie_in for code in codes} == {new.code}
    assert home_of(tx, member) == new.code


def test_a_closed_branch_leaves_nobody_an_office(tx: Connection) -> None:
    [four] = hamlets(tx, 4)
    branch_of_four, leader = add_branch(tx, "pn", four.code), somebody(tx, four.code)
    for number in (0, branch_of_four.id):
        people_storage.grant(tx, leader, "branch_leader", four.code, MONDAY, organisation="pn", branch=number)
    close_branch(tx, branch_of_four.id, MONDAY)
    assert [each.branch_id for each in people_storage.roles_of(tx, leader)] == [0]


def test_who_moved_before_the_unit_was_closed_keeps_their_helper(tx: Connection) -> None:
    four, five = hamlets(tx, 4, 5)
    helped, helper = somebody(tx, five.code), somebody(tx, five.code)
    people_storage.grant(tx, helper, "helper", four.code, MONDAY, helps=helped)
    close(tx, four.code, MONDAY)
    assert [each.helps_id for each in people_storage.roles_of(tx, helper)] == [helped]


def test_what_is_not_the_units_own_cannot_be_given_away(tx: Connection) -> None:
    four, five = hamlets(tx, 4, 5)
    stranger, elsewhere = somebody(tx, five.code), add_branch(tx, "pn", five.code)
    for part in (
        Part("B", (five.code,)),
        Part("Khu phố B", (), (elsewhere.id,)),
        Part("Khu phố B", (), (), (stranger,)),
    ):
        with pytest.raises(Rejected, match="không thuộc"):
            split(tx, four.code, [Part("Khu phố A"), part], MONDAY)
    with pytest.raises(Rejected, match="từ hai đơn vị"):
        split(tx, four.code, [Part("Khu phố A")], MONDAY)


def test_only_an_empty_unit_is_closed(tx: Connection) -> None:
    [four] = hamlets(tx, 4)
    leader = somebody(tx)
    people_storage.grant(tx, leader, "branch_leader", four.code, MONDAY)
    group = add_unit(tx, four.code, "Tổ 1")
    with pytest.raises(Rejected, match="nơi nhỏ hơn"):
        close(tx, four.code, MONDAY)
    close(tx, group.code, MONDAY)
    lives = somebody(tx, four.code)
    with pytest.raises(Rejected, match="người"):
        close(tx, four.code, MONDAY)
    people_storage.change(tx, lives, unit_code=WARD)
    close(tx, four.code, MONDAY)
    assert children(tx, WARD) == []
    assert people_storage.roles_of(tx, leader) == []
    assert units_today(tx, four.code) == []


def test_every_table_that_names_a_unit_is_thought_of() -> None:
    """If this fails: let the new table follow its unit in `unit_merging`, or say here why it stays."""
    stays = {
        "units": "the tree itself",
        "unit_closure": "the tree itself",
        "unit_versions": "history",
        "unit_successions": "history",
        "unit_names": "inherited, so that old names lead to what is there now",
        "clusters": "of communes, handed over by their column parent_code",
        "cluster_units": "left, or taken along by a division",
        "eligible_populations": "true of the old outlines only",
    }
    naming = {
        table.name
        for table in metadata.tables.values()
        for key in table.foreign_keys
        if key.target_fullname == "units.code"
    }
    assert naming == {table.name for table in FOLLOWING} | stays.keys()


def test_what_was_typed_in_about_one_unit_is_not_true_of_two(tx: Connection) -> None:
    four, five = hamlets(tx, 4, 5)
    for place in (four, five):
        set_eligible(tx, place.code, "pn", 100, MONDAY)
    settle(tx, four)
    count = roll_up(tx, WARD).whole.counts["pn"]
    assert (count.eligible, count.share) == (200, 0.005)
    merge(tx, [five.code], four.code, MONDAY)
    assert roll_up(tx, WARD).whole.counts["pn"].eligible is None


# clusters -------------------------------------------------------------------------------------------------------------


def test_three_or_four_neighbours_of_one_commune_make_a_cluster(tx: Connection) -> None:
    one, two, three, four, five = hamlets(tx, 1, 2, 3, 4, 5)
    [far] = hamlets(tx, 1, ward=NEXT_WARD)
    group = add_unit(tx, one.code, "Tổ 1")
    for wrong in ((one, two), (one, two, three, four, five), (one, two, far), (one, two, group)):
        with pytest.raises(Rejected):
            add_cluster(tx, "Cụm 1", [each.code for each in wrong], MONDAY)
    made = add_cluster(tx, "Cụm  1", [each.code for each in (one, two, three, four)], MONDAY)
    assert (made.name, cluster_of(tx, three.code)) == ("Cụm 1", made)
    with pytest.raises(Rejected, match="đã ở trong"):
        add_cluster(tx, "Cụm 2", [each.code for each in (three, four, five)], MONDAY)
    merge(tx, [four.code], one.code, LATER)
    assert clusters_in(tx, WARD)[0].units == (one.code, two.code, three.code)
    merge(tx, [three.code], one.code, LATER)
    assert clusters_in(tx, WARD) == []
    with pytest.raises(Rejected, match="Không có cụm"):
        end_cluster(tx, made.id, LATER)


# both databases -------------------------------------------------------------------------------------------------------


async def test_both_databases_change_alike(loaded: Database) -> None:
    await loaded.write(change_everything)


def change_everything(tx: Connection) -> None:
    """One of each, and the tree is right afterwards."""
    four, five, six = hamlets(tx, 4, 5, 6)
    settle(tx, four)
    rename(tx, four.code, "Khu phố Bình Minh", MONDAY)
    move(tx, five.code, NEXT_WARD, MONDAY)
    merge(tx, [six.code], four.code, MONDAY)
    split(tx, four.code, [Part("Khu phố A"), Part("Khu phố B")], MONDAY)
    close(tx, five.code, MONDAY)
    new = merge_as(tx, [WARD, NEXT_WARD], "Phường An Hội", LATER)
    assert roll_up(tx, CITY).whole.people.members == 1
    assert search(tx, "p15 quan go vap")[0].unit.code == new.code
    wrong = select(func.count()).where(units.c.path.not_like(f"{CITY}/%"), units.c.code.like("79-%"))
    assert tx.execute(wrong).scalar_one() == 0
    homes = select(units.c.active).join(people, people.c.unit_code == units.c.code)
    assert set(tx.scalars(homes)) == {True}
    depths = select(units.c.code).join(unit_closure, unit_closure.c.descendant == units.c.code)
    rows = depths.group_by(units.c.code, units.c.depth).having(func.count() != units.c.depth + 1)
    assert tx.execute(rows).all() == []
