"""Roll-ups for readers who may see no names: nothing that is hidden can be reckoned from what is shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.features import registry
from handlers.actor import Actor
from handlers.feature import look
from handlers.organisations.queries import Cell, Numbers, RollUp
from storage import branches, memberships, people
from storage.memberships import AWAY, PRESENT, Joining
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
