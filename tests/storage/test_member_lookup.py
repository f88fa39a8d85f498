"""Who on a list is there already: as a look through everybody finds it, however many namesakes there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, event, insert, update

from conversation.answers import fold
from storage import duplicates, member_lookup
from storage.branches import add_branch
from storage.database import Database
from storage.member_lists import Newcomer, Place, add, places
from storage.member_lookup import Sight, Sought
from storage.schema import channel_accounts, memberships, metadata
from storage.units import add_unit
from tests.storage.test_rollups import COMMUNES, ROOT, plant

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
NAMES, YEARS, PHONES = ("Nguyễn Thị Hoa", "Lê Thị Bé"), (None, 1957, 1960), ("", "+84912345678", "+84987654321")
Traits = tuple[str, int | None, str]
HOA: Traits = (NAMES[0], YEARS[1], PHONES[1])
BRANCHES = 8
"""Of each organisation."""


@dataclass(frozen=True)
class Kept:
    """Somebody in the records."""

    number: int
    name: str
    birth_year: int | None
    phone: str
    place: Place
    organisation: str
    left: bool
    has_chat: bool

    def within(self, sight: Sight) -> bool:
        """Whether this is somebody's to know of."""
        belongs = sight.organisation == "" or (self.organisation == sight.organisation and not self.left)
        return self.place.path.startswith(sight.path) and belongs

    def may_be(self, other: Sought) -> bool:
        """By the phone, or by name, year and place."""
        one, two = self.place.path, other.place.path
        near = one.startswith(two) or two.startswith(one)
        of_age = self.birth_year is not None and self.birth_year == other.birth_year
        return self.phone == other.phone != "" or (self.named(other) and of_age and near)

    def surely_is(self, other: Sought) -> bool:
        """By name, year and phone, in one commune; who has a chat can be asked."""
        whole = self.named(other) and self.birth_year and self.phone and not self.has_chat
        return bool(whole) and (self.birth_year, self.phone, commune(self.place)) == (
            other.birth_year,
            other.phone,
            commune(other.place),
        )

    def is_there(self, other: Sought) -> bool:
        """In the branch, and nothing tells them apart."""
        here = self.organisation == "pn" and head(self.place) == head(other.place)
        known = ((self.birth_year, other.birth_year), (self.phone, other.phone))
        return here and self.named(other) and all(not one or not two or one == two for one, two in known)

    def named(self, other: Sought) -> bool:
        """Marks aside."""
        return fold(self.name) == other.name_fold


def commune(place: Place) -> str:
    return place.path.split("/")[1]


def head(place: Place) -> int:
    return place.parent or place.branch


def two_communes(tx: Connection) -> list[Place]:
    """Women and farmers, each with a branch of the commune, and two of hamlets, of which one has a group."""
    plant(tx)
    for name in COMMUNES[:2]:
        hamlets = [add_unit(tx, name, hamlet).code for hamlet in ("Khu phố 4", "Khu phố 14")]
        for organisation in ("pn", "nd"):
            first, *_ = [add_branch(tx, organisation, unit).id for unit in (*hamlets, name)]
            add_branch(tx, organisation, hamlets[0], "Tổ hội số 2", parent_id=first)
    return [place for organisation in ("pn", "nd") for place in places(tx, organisation, f"{ROOT}/")]


@pytest.fixture(scope="module")
def communes() -> Iterator[tuple[Connection, list[Place]]]:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.begin() as tx:
        yield tx, two_communes(tx)
    engine.dispose()


def keep(tx: Connection, who: Traits, at: list[Place], n: int, left: bool, has_chat: bool) -> Kept:
    (number,) = add(tx, [Newcomer(*who, at[n], "present", "", "")], NOW, [])
    if left:
        gone = {"status": "moved", "ended_on": "2026-11-23"}
        tx.execute(update(memberships).where(memberships.c.person_id == number).values(gone))
    if has_chat:
        tx.execute(insert(channel_accounts).values(account="zalo:1", chat=str(number), person_id=number, linked_at=0))
    return Kept(number, *who, at[n], "pn" if n < BRANCHES else "nd", left, has_chat)


TRAITS = st.tuples(st.sampled_from(NAMES), st.sampled_from(YEARS), st.sampled_from(PHONES))
KNOWN = st.lists(st.tuples(TRAITS, st.integers(0, 2 * BRANCHES - 1), st.booleans(), st.booleans()), max_size=6)
ASKED = st.lists(st.tuples(TRAITS, st.integers(0, BRANCHES - 1)), min_size=1, max_size=4)


@settings(max_examples=60, deadline=None)
@given(KNOWN, ASKED)
@example([(HOA, 2 * BRANCHES - 1, False, False)], [(HOA, 0)])  # a farmer of the other commune
@example([(HOA, BRANCHES + 1, False, False)], [(HOA, 3)])  # one of this commune
def test_a_list_is_looked_up_as_if_everybody_were_looked_through(
    communes: tuple[Connection, list[Place]],
    known: list[tuple[Traits, int, bool, bool]],
    asked: list[tuple[Traits, int]],
) -> None:
    tx, at = communes
    sought = [Sought(row, fold(who[0]), *who[1:], at[n]) for row, (who, n) in enumerate(asked)]
    with tx.begin_nested() as attempt:
        kept = [keep(tx, who, at, n, left, has_chat) for who, n, left, has_chat in known]
        there = {each.row for each in sought if any(one.is_there(each) for one in kept)}
        assert set(member_lookup.there(tx, "pn", sought)) == there
        for sight in (Sight(), Sight(f"{ROOT}/{COMMUNES[0]}/"), Sight(f"{ROOT}/", "nd")):
            seen = [one for one in kept if one.within(sight)]
            alike_ = {each.row for each in sought if any(one.may_be(each) for one in seen)}
            assert member_lookup.suspected(tx, sought, sight) == alike_
            meant = {each.row: {one.number for one in seen if one.surely_is(each)} for each in sought}
            same = member_lookup.same(tx, "pn", sought, sight)
            assert set(same) == {row for row, numbers in meant.items() if numbers}
            assert all(found.person in meant[row] for row, found in same.items())
        attempt.rollback()


CROWD, BATCH = 120, 10


async def test_a_crowd_of_namesakes_stays_in_the_database(loaded: Database) -> None:
    assert await loaded.write(rows_of_a_crowd) <= BATCH * duplicates.MOST_FOR_ONE


def rows_of_a_crowd(tx: Connection) -> int:
    """The most rows that any question had for a part of a list, among people of one name, phone and branch."""
    unit = add_unit(tx, "26878", "Khu phố 4")
    add_branch(tx, "pn", unit.code)
    (place,) = places(tx, "pn", unit.path)
    years = [None, *range(1940, 1940 + CROWD // 4)] * 4
    crowd = [Newcomer("Nguyễn Thị Hoa", year, PHONES[1], place, "present", "", "") for year in years]
    numbers = add(tx, crowd, NOW, [])
    sought = [Sought(row, "nguyen thi hoa", YEARS[row % 3], PHONES[row % 2], place) for row in range(BATCH)]
    counted: list[int] = []

    def count(_tx: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith("SELECT") and "count(*)" not in statement:
            many = tx.exec_driver_sql(f"SELECT count(*) FROM ({statement}) AS counted", parameters)
            counted.append(many.scalar_one())

    event.listen(tx, "after_cursor_execute", count)
    assert len(member_lookup.there(tx, "pn", sought)) == BATCH
    assert member_lookup.same(tx, "pn", sought, Sight()) != {}
    assert len(member_lookup.suspected(tx, sought, Sight())) > 0
    assert duplicates.propose(tx, numbers[:BATCH], NOW) > 0
    event.remove(tx, "after_cursor_execute", count)
    assert len(counted) >= len(("there", "same", "suspected", "phone", "name"))
    return max(counted)


STEPS = 100


@pytest.mark.parametrize("year", [None, 1957])
def test_one_name_for_a_whole_list_is_not_looked_up_by_pairs(
    communes: tuple[Connection, list[Place]], year: int | None
) -> None:
    tx, at = communes
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += STEPS
        return 0

    with tx.begin_nested() as attempt:
        phones = [f"+8491{number:07}" for number in range(2000)]
        numbers = add(tx, [Newcomer(NAMES[0], year, each, at[0], "present", "", "") for each in phones], NOW, [])
        sought = [Sought(row, fold(NAMES[0]), year, each, at[0]) for row, each in enumerate(phones[:100])]
        driver = cast("Any", tx.connection.driver_connection)
        driver.set_progress_handler(count, STEPS)
        assert len(member_lookup.there(tx, "pn", sought)) == len(sought)
        duplicates.propose(tx, numbers[: len(sought)], NOW)
        driver.set_progress_handler(None, STEPS)
        attempt.rollback()
    assert 0 < counted < 3 * len(sought) * len(phones)
