"""Whatever offices there are: the lists of who may, of where, and the single answer never contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers import policy
from handlers.actor import Actor
from handlers.policy import HELPED, RULES, Action, Object, Reach
from storage import people
from tests.policy_world import ELSEWHERE, FARMERS, HAMLET, MONDAY, PROVINCE, WARD, WOMEN, World, open_world

PLACES, ORGANISATIONS = (PROVINCE, WARD, HAMLET, ELSEWHERE), ("", WOMEN, FARMERS)
BELOW = {PROVINCE: set(PLACES), WARD: {WARD, HAMLET}, HAMLET: {HAMLET}, ELSEWHERE: {ELSEWHERE}}
OFFICES = st.tuples(st.sampled_from([*map(str, policy.Role), "household_rep"]), st.sampled_from(PLACES),
                    st.sampled_from(ORGANISATIONS))  # fmt: skip
OBJECTS = st.builds(
    Object, unit=st.sampled_from(PLACES), organisation=st.sampled_from(ORGANISATIONS), escalated=st.booleans()
)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    yield from open_world()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(offices=st.lists(OFFICES, max_size=4), action=st.sampled_from(list(RULES)), on=OBJECTS, helper=st.booleans())
def test_one_answer_everywhere(
    world: World, offices: list[tuple[str, str, str]], action: Action, on: Object, helper: bool
) -> None:
    with undone(world):
        agree(world, offices, action, on, helper)


@contextmanager
def undone(world: World) -> Iterator[None]:
    """Leave nothing behind, whatever is found."""
    point = world.tx.begin_nested()
    try:
        yield
    finally:
        point.rollback()


def agree(world: World, offices: list[tuple[str, str, str]], action: Action, on: Object, helper: bool) -> None:
    officer = Actor(MONDAY, world.resident("officer", ELSEWHERE))
    for role, unit, organisation in offices:
        people.grant(world.tx, officer.person or 0, role, unit, MONDAY, organisation=organisation)
    allowed = policy.may(world.tx, officer, action, on)
    given = RULES[action]
    assert allowed == (policy.Role.VISITOR in given or any(reaches(office, action, on) for office in offices))
    told = {person for reach in Reach for person in policy.holders(world.tx, action, on, reach)}
    assert (officer.person in told) == any(reaches(office, action, on) for office in offices)
    if officer.person in told:
        assert policy.offices(world.tx, officer, action)
        assert action in policy.doable(world.tx, officer)
    if helper:
        assert helping_gives_no_more(world, officer, action, on, allowed)


def reaches(office: tuple[str, str, str], action: Action, on: Object) -> bool:
    """The rule once more, as plainly as it can be said."""
    role, unit, organisation = office
    reach = {str(key): value for key, value in RULES[action].items() if key not in ("visitor", "resident", "operator")}
    if role not in reach or on.unit not in BELOW[unit] or reach[role] is Reach.HELPED:
        return False
    if reach[role] is Reach.ESCALATED and not on.escalated:
        return False
    return reach[role] is Reach.PLACE or organisation in ("", on.organisation)


def helping_gives_no_more(world: World, helped: Actor, action: Action, on: Object, allowed: bool) -> bool:
    """A helper may what the helped person may, of what can be done for another; and a stranger nothing."""
    stranger = Actor(MONDAY, world.resident("helper", ELSEWHERE), on_behalf_of=helped.person)
    assert not policy.may(world.tx, stranger, action, on)
    by = helped.person or 0
    people.grant(world.tx, stranger.person or 0, "helper", ELSEWHERE, MONDAY, helps=by, by=by)
    assert policy.may(world.tx, stranger, action, on) == (allowed and action in HELPED)
    alone = replace(stranger, on_behalf_of=None)
    return policy.may(world.tx, alone, action, on) == (policy.Role.VISITOR in RULES[action])
