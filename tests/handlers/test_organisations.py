"""Roll-ups for readers who may see no names: nothing that is hidden can be reckoned from what is shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import delete

from bot.features import registry
from conversation.speech import Speaker, Speech
from handlers.actor import Actor
from handlers.feature import look, perform
from handlers.languages import translator
from handlers.offices import office_words
from handlers.organisations.commands import EditOrganisation
from handlers.organisations.queries import Cell, Numbers, RollUp
from storage import branches, memberships, organisations, people
from storage.memberships import AWAY, PRESENT, Joining
from storage.people import Role
from storage.schema import organisations as organisations_table
from tests.policy_world import ELSEWHERE, HAMLET, MONDAY, PROVINCE, WARD, WOMEN, World, open_world

REGISTRY = registry()
HIDDEN = Cell(None, None, None, None, None)


@pytest.fixture
def world() -> Iterator[World]:
    yield from open_world()


def settle(world: World, unit: str, *, present: int, away: int = 0) -> None:
    branch = branches.add_branch(world.tx, WOMEN, unit).id
    status = [PRESENT] * present + [AWAY] * away
    each = [(world.resident(f"{unit}:{number}", unit), what) for number, what in enumerate(status)]
    entered = [Joining(person, branch, "2020", what) for person, what in each]
    memberships.join_all(world.tx, entered, "2026-11-23", "leader")


def numbers(world: World, reader: int, unit: str) -> Numbers:
    return look(REGISTRY, world.tx, Actor(MONDAY + timedelta(hours=1), reader), RollUp(unit, WOMEN))


def test_a_hidden_number_is_not_what_is_left_of_the_sum(world: World) -> None:
    officer = world.resident("officer", PROVINCE)
    people.grant(world.tx, officer, "province_officer", PROVINCE, MONDAY)
    settle(world, ELSEWHERE, present=3)
    settle(world, HAMLET, present=9)
    city = numbers(world, officer, PROVINCE)
    assert city.whole.cells[WOMEN] == Cell(12, 12, 0, None, None)
    assert [line.cells[WOMEN] for line in city.below] == [HIDDEN] * 2
    for unit in (WARD, HAMLET, ELSEWHERE):  # 12 - 9 = 3
        alone = numbers(world, officer, unit)
        assert {line.cells[WOMEN] for line in (alone.whole, *alone.below, alone.itself)} == {HIDDEN}
    people.grant(world.tx, officer, "commune_officer", WARD, MONDAY)
    assert numbers(world, officer, WARD).whole.cells[WOMEN].members == 9


def test_few_who_are_away_are_not_what_is_left_of_the_sum(world: World) -> None:
    officer = world.resident("officer", PROVINCE)
    people.grant(world.tx, officer, "province_officer", PROVINCE, MONDAY)
    settle(world, ELSEWHERE, present=4)
    settle(world, HAMLET, present=5, away=1)
    settle(world, PROVINCE, present=10, away=9)
    city = numbers(world, officer, PROVINCE)
    assert city.whole.cells[WOMEN] == Cell(29, 19, 10, None, None)
    assert [line.cells[WOMEN] for line in city.below] == [HIDDEN] * 2
    assert city.itself.cells[WOMEN] == Cell(19, None, None, None, None)  # 10 - 9 = 1


# --- how leaders are called -----------------------------------------------------------------------------------------


def called(world: World, organisation: str, branch: str = "", unit: str = HAMLET, role: str = "branch_leader") -> str:
    number = branches.add_branch(world.tx, organisation, unit, "" if branch == "usual" else branch).id if branch else 0
    return Speech(Speaker(), translator("vi")).render(office_words(world.tx, Role(role, unit, organisation, number)))


def test_a_leader_is_called_as_their_organisation_calls_them(world: World) -> None:
    world.tx.execute(delete(organisations_table))
    organisations.load_organisations(world.tx)
    leaders = {code: called(world, code) for code in ("pn", "nd", "ccb", "dtn", "mttq", "cd")}
    assert leaders == {
        "pn": f"chi hội trưởng Phụ nữ {HAMLET}",
        "nd": f"chi hội trưởng Nông dân {HAMLET}",
        "ccb": f"chi hội trưởng Cựu chiến binh {HAMLET}",
        "dtn": f"bí thư chi đoàn {HAMLET}",
        "mttq": f"trưởng ban công tác Mặt trận {HAMLET}",
        "cd": f"chủ tịch công đoàn {HAMLET}",
    }
    assert {code: called(world, code, "usual") for code in leaders} == leaders
    assert called(world, "pn", "Câu lạc bộ Dưỡng sinh") == "chủ nhiệm Câu lạc bộ Dưỡng sinh"
    assert called(world, "pn", "Tổ hội 2") == "người phụ trách Tổ hội 2"
    assert called(world, "pn", role="group_leader") == f"tổ trưởng Phụ nữ {HAMLET}"
    assert called(world, "pn", unit=WARD) == f"người phụ trách Phụ nữ {WARD}"  # no branch leads a whole commune
    perform(REGISTRY, world.tx, Actor(MONDAY, operator="cli"), EditOrganisation("dtn", leader_word="phân đoàn trưởng"))
    assert called(world, "dtn") == f"phân đoàn trưởng {HAMLET}"
