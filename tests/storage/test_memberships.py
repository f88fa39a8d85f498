"""Who belongs where: organisations, their branches, and the people in them."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, insert, select

from conversation.messages import Rejected
from storage import people
from storage.branches import add_branch, branch, branches_named, branches_under, close_branch, kind_of
from storage.database import Database
from storage.ids import random_id
from storage.memberships import (
    Joining,
    change_status,
    confirm,
    join,
    join_all,
    members_of,
    membership,
    memberships_of,
    transfer,
)
from storage.organisations import (
    add_organisation,
    all_in_use,
    close_organisation,
    edit_organisation,
    load_organisations,
    named,
    organisation,
)
from storage.schema import memberships
from storage.schema import people as people_table
from storage.units import add_unit
from tests.storage.conftest import NOW

WARD, MONDAY, TUESDAY = "26878", "2026-03-02", "2026-03-03"


def somebody(tx: Connection, unit_code: str | None = None) -> int:
    """A person, perhaps with a home."""
    number = random_id()
    tx.execute(insert(people_table).values(id=number, unit_code=unit_code, registered_at=0))
    return number


async def test_a_life_in_an_organisation(loaded: Database) -> None:
    await loaded.write(live)


def live(tx: Connection) -> None:
    """Somebody joins, goes away, comes back, moves, and leaves."""
    four, five = (add_unit(tx, WARD, name) for name in ("Khu phố 4", "Khu phố 5"))
    women, other = (add_branch(tx, "pn", unit.code) for unit in (four, five))
    assert (women.name, women.kind) == ("Chi hội Phụ nữ Khu phố 4", "chi_hoi")
    hoa = somebody(tx)
    number = join(tx, Joining(hoa, women.id, "2019-10-20"), MONDAY, "leader")
    assert where(tx, hoa) == (four.code, four.path)
    with pytest.raises(Rejected, match="đã có tên ở"):
        join(tx, Joining(hoa, other.id, MONDAY), MONDAY, "leader")
    join_all(tx, [Joining(hoa, other.id, MONDAY)], MONDAY, "import")
    assert [held.id for held in memberships_of(tx, hoa)] == [number]
    change_status(tx, number, "away", MONDAY)
    confirm(tx, number, TUESDAY)
    held = membership(tx, number)
    assert held is not None
    assert (held.status, held.status_on, held.confirmed_on, held.ended_on) == ("away", MONDAY, TUESDAY, None)
    moved = transfer(tx, number, other.id, TUESDAY)
    assert [(each.id, each.status, each.since) for each in members_of(tx, other.id)] == [(moved, "away", "2019-10-20")]
    assert sorted(each.status for each in memberships_of(tx, hoa, ended=True)) == ["away", "moved"]
    people.change(tx, hoa, unit_code=five.code)
    assert where(tx, hoa) == (five.code, five.path)
    change_status(tx, moved, "resigned", TUESDAY)
    assert memberships_of(tx, hoa) == []
    with pytest.raises(Rejected, match="Không có tên"):
        confirm(tx, moved, TUESDAY)
    again = join(tx, Joining(hoa, women.id, TUESDAY), TUESDAY, "self")
    assert [held.id for held in memberships_of(tx, hoa)] == [again]


def where(tx: Connection, person: int) -> tuple[str | None, str]:
    """Their home, and where their newest membership counts."""
    known = people.person(tx, person)
    assert known is not None
    paths = select(memberships.c.unit_path).where(memberships.c.person_id == person, memberships.c.ended_on.is_(None))
    return known.unit_code, tx.execute(paths).scalar_one()


async def test_who_died_leaves_every_organisation(loaded: Database) -> None:
    await loaded.write(die)


def die(tx: Connection) -> None:
    """One death, told in one place."""
    here = [add_branch(tx, code, WARD) for code in ("ccb", "nd")]
    hung = somebody(tx, WARD)
    numbers = [join(tx, Joining(hung, each.id, MONDAY), MONDAY, "leader") for each in here]
    change_status(tx, numbers[0], "died", TUESDAY)
    assert memberships_of(tx, hung) == []
    with pytest.raises(Rejected, match="tình trạng"):
        change_status(tx, join(tx, Joining(somebody(tx), here[0].id, MONDAY), MONDAY, "self"), "flown", MONDAY)


async def test_branches_are_found_where_they_are(loaded: Database) -> None:
    await loaded.write(found)


def found(tx: Connection) -> None:
    """Chi hội, chi đoàn, tổ hội and clubs of a ward."""
    four = add_unit(tx, WARD, "Khu phố 4")
    women = add_branch(tx, "pn", four.code)
    group = add_branch(tx, "pn", four.code, "Tổ hội  Hẻm 47", parent_id=women.id)
    youth = add_branch(tx, "dtn", four.code)
    assert (group.name, group.kind, youth.name, youth.kind) == (
        "Tổ hội Hẻm 47", "to_hoi", "Chi đoàn Khu phố 4", "chi_doan"
    )  # fmt: skip
    assert [each.id for each in branches_under(tx, "79", "pn")] == [women.id, group.id]
    assert [each.id for each in branches_named(tx, WARD, "chi doan khu pho 04")] == [youth.id]
    with pytest.raises(Rejected, match="đã có"):
        add_branch(tx, "pn", four.code)
    with pytest.raises(Rejected, match="cùng tổ chức"):
        add_branch(tx, "ccb", four.code, "Tổ hội 1", parent_id=women.id)
    with pytest.raises(Rejected, match="cùng nơi"):  # whoever leads the women of Khu phố 4 would see their names
        add_branch(tx, "pn", "26882", "Tổ hội 1", parent_id=women.id)
    with pytest.raises(Rejected, match="Không có đơn vị"):
        add_branch(tx, "pn", "nowhere")
    with pytest.raises(Rejected, match=r"còn tổ hội"):
        close_branch(tx, women.id, NOW)
    join_all(tx, [Joining(somebody(tx), group.id, MONDAY)], MONDAY, "import")
    with pytest.raises(Rejected, match=r"còn .* người"):
        close_branch(tx, group.id, NOW)
    close_branch(tx, youth.id, NOW)
    gone = branch(tx, youth.id)
    assert gone is not None
    assert not gone.active
    assert add_branch(tx, "dtn", four.code).id != youth.id


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Phân hội Nghề cá", "phan_hoi"),
        ("CLB Dưỡng sinh", "clb"),
        ("Câu lạc bộ Cờ tướng", "clb"),
        ("Ban công tác Mặt trận Ấp 3", "ban"),
        ("Tổ công đoàn Trường Tiểu học", "cong_doan"),
        ("Bản Mới", "chi_hoi"),
    ],
)
def test_the_first_words_tell_the_kind_of_a_branch(name: str, kind: str) -> None:
    assert kind_of(name) == kind


async def test_organisations_are_data(loaded: Database) -> None:
    await loaded.write(edit)


def edit(tx: Connection) -> None:
    """Six to begin with; a club is added, called otherwise, and closed."""
    assert [each.code for each in all_in_use(tx)] == ["mttq", "pn", "nd", "ccb", "dtn", "cd"]
    assert not load_organisations(tx)
    for words in ("PN", "phụ nữ", "hoi lien hiep phu nu", "Hội Liên hiệp Phụ nữ Việt Nam"):
        assert named(tx, words) == organisation(tx, "pn")
    assert named(tx, "phu lao") is None
    add_organisation(
        tx, "clb", "Câu lạc bộ Dưỡng sinh", "Dưỡng sinh", "thành viên", "Câu lạc bộ Dưỡng sinh", "chủ nhiệm"
    )
    assert edit_organisation(tx, "clb", short_name="CLB Dưỡng sinh", member_word="").short_name == "CLB Dưỡng sinh"
    assert all_in_use(tx)[-1].member_word == "thành viên"
    for code in ("clb", "", "C L", "x" * 13):
        with pytest.raises(Rejected, match="không dùng được"):
            add_organisation(tx, code, "Hội Làm vườn", "Làm vườn", "hội viên", "Chi hội Làm vườn", "chi hội trưởng")
    club = add_branch(tx, "clb", WARD)
    with pytest.raises(Rejected, match=r"còn .* chi hội"):
        close_organisation(tx, "clb")
    close_branch(tx, club.id, NOW)
    close_organisation(tx, "clb")
    with pytest.raises(Rejected, match="Không có tổ chức"):
        add_branch(tx, "clb", WARD)
