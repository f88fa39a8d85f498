"""Who opened a list or searched a name is told to those who were on it, or were found; nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.features import registry
from conversation.messages import Address
from conversation.speech import Speaker, Speech
from handlers.actor import Actor
from handlers.feature import look, perform
from handlers.invites.showing import ShowNeighbours
from handlers.languages import SOURCE, translator
from handlers.linking.commands import ShowNamesakes
from handlers.members.commands import ChangeStatus, EnterMember, OpenList
from handlers.my_data.queries import WhoSawIt
from storage import audit as audit_log
from storage import branches, joining, memberships, people, rights
from storage.memberships import Joining
from storage.schema import audit
from storage.schema import memberships as rows
from storage.schema import people as people_rows
from storage.times import to_ms
from tests.policy_world import HAMLET, MONDAY, WOMEN, World, open_world

REGISTRY = registry()
DAY = timedelta(days=1)


@pytest.fixture
def world() -> Iterator[World]:
    yield from open_world()


def leader(world: World, branch: int, days: int = 0) -> Actor:
    address = Address("test:1", "lan")
    known = people.person_at(world.tx, address)
    lan = known.id if known else world.resident("lan", HAMLET)
    if not known:
        people.grant(world.tx, lan, "branch_leader", HAMLET, MONDAY, organisation=WOMEN, branch=branch)
        people.grant(world.tx, lan, "branch_leader", HAMLET, MONDAY)
    return Actor(MONDAY + days * DAY, lan, address, "1")


def member(world: World, name: str, branch: int, since: str = "2019-10-20") -> int:
    person = world.resident(name, HAMLET)
    return memberships.join(world.tx, Joining(person, branch, since), since, "import") and person


def seen_by(world: World, person: int) -> list[tuple[str, str]]:
    found = look(REGISTRY, world.tx, Actor(MONDAY + 99 * DAY, person), WhoSawIt())
    return [(sight.entry.action, sight.branch) for sight in found]


def do(world: World, actor: Actor, order: Any) -> Any:
    return perform(REGISTRY, world.tx, actor, order)


def test_a_list_opened_is_one_row_and_known_to_those_who_were_on_it_then(world: World) -> None:
    home = branches.add_branch(world.tx, WOMEN, HAMLET, "Chi hội")
    group = branches.add_branch(world.tx, WOMEN, HAMLET, "Tổ 1", parent_id=home.id)
    other = branches.add_branch(world.tx, WOMEN, HAMLET, "Chi hội khác")
    many = [member(world, f"hội viên {number}", home.id) for number in range(50)]
    in_group, stranger = member(world, "trong tổ", group.id), member(world, "khác", other.id)
    actor = leader(world, home.id)
    before = world.tx.scalar(select(func.count()).select_from(audit))
    do(world, actor, OpenList(home.id))
    do(world, actor, OpenList(home.id))
    assert world.tx.scalar(select(func.count()).select_from(audit)) == (before or 0) + 2
    assert all(seen_by(world, each) == [("listed", "Chi hội")] for each in (many[0], many[-1], in_group))
    assert seen_by(world, stranger) == seen_by(world, actor.person or 0) == []
    do(world, leader(world, home.id, days=1), OpenList(group.id))
    assert seen_by(world, in_group) == [("listed", "Tổ 1"), ("listed", "Chi hội")]
    assert seen_by(world, many[0]) == [("listed", "Chi hội")]
    newest = select(audit.c.reason).where(audit.c.action == "listed").order_by(audit.c.id)
    assert world.tx.scalars(newest).all() == ["51", "51", "1"]


def test_who_came_later_or_had_left_was_not_on_the_list(world: World) -> None:
    branch = branches.add_branch(world.tx, WOMEN, HAMLET, "Chi hội")
    gone = member(world, "đã đi", branch.id)
    do(world, leader(world, branch.id), OpenList(branch.id))
    [held] = memberships.memberships_of(world.tx, gone)
    do(world, leader(world, branch.id, days=1), ChangeStatus(held.id, "moved"))
    late = member(world, "đến sau", branch.id, since="2015-01-01")  # long a member, but new in the records
    world.tx.execute(update(people_rows).where(people_rows.c.id == late).values(registered_at=to_ms(MONDAY + 2 * DAY)))
    do(world, leader(world, branch.id, days=3), OpenList(branch.id))
    listed = [act for act in seen_by(world, gone) if act[0] == "listed"]
    assert listed == [("listed", "Chi hội")]
    assert seen_by(world, late) == [("listed", "Chi hội")]
    world.tx.execute(update(rows).where(rows.c.person_id == late).values(since="2027-01-01"))
    assert seen_by(world, late) == []


def test_a_search_is_known_to_those_whom_it_showed(world: World) -> None:
    branch = branches.add_branch(world.tx, WOMEN, HAMLET, "Chi hội")
    actor = leader(world, branch.id)
    number = do(world, actor, EnterMember(branch.id, "Nguyễn Thị Hoa", "co", 1957, "", "oral"))
    found = memberships.membership(world.tx, number)
    assert found is not None
    another = world.resident("Trần Thị Mai", HAMLET)
    do(world, actor, ShowNamesakes("Hoa"))
    office = next(each.id for each in rights.held_by(world.tx, actor.person or 0) if not each.office.branch_id)
    do(world, actor, ShowNeighbours("hoa", office))
    assert [act for act, _ in seen_by(world, found.person_id)] == ["found", "entered"]  # twice in one minute, told once
    assert len(world.tx.scalars(select(audit.c.id).where(audit.c.action == "found")).all()) == 2
    assert seen_by(world, another) == []


def test_what_one_opened_before_two_records_became_one_was_opened_by_oneself(world: World) -> None:
    home = branches.add_branch(world.tx, WOMEN, HAMLET, "Chi hội")
    lan = leader(world, home.id)
    do(world, lan, OpenList(home.id))
    listed = member(world, "Lan trong sổ", home.id)
    do(world, lan, OpenList(home.id))
    joining.join(world.tx, listed, lan.person or 0, "cli", MONDAY)
    assert not seen_by(world, listed)


def test_nobody_reads_whom_an_officer_helps_at_home(world: World) -> None:
    home = branches.add_branch(world.tx, WOMEN, HAMLET, "Chi hội")
    tam, hoa = world.resident("Bà Tám", HAMLET), member(world, "Hoa", home.id)
    lan = world.resident("lan", HAMLET)
    people.grant(world.tx, lan, "helper", HAMLET, MONDAY, helps=tam)

    def told() -> str:
        sight = look(REGISTRY, world.tx, Actor(MONDAY, hoa), WhoSawIt())[0]
        return Speech(Speaker(0), translator(SOURCE)).render(sight.office)

    audit_log.note(world.tx, lan, MONDAY, "view", "person", str(hoa), subject=hoa)
    assert told() == "người hỗ trợ"
    people.grant(world.tx, lan, "branch_leader", HAMLET, MONDAY)
    assert told().startswith("người phụ trách")
