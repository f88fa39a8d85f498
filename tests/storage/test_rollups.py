"""Roll-ups equal a recount by hand, whatever happens to people and units; the tree and its history stay right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, insert, select

from conversation.messages import Rejected, Template
from storage import people as people_storage
from storage.branches import add_branch
from storage.database import Database
from storage.memberships import STATUSES, Joining, change_status, join, transfer
from storage.organisations import load_organisations
from storage.rollups import Count, Tally, roll_up, set_eligible
from storage.schema import branches, memberships, metadata, people, unit_closure, units
from storage.small_numbers import without_small
from storage.times import day_of
from storage.unit_changes import close, move, rename
from storage.unit_history import unit_as_of
from storage.unit_merging import Part, merge, merge_as, split
from storage.units import add_unit
from tests.storage.test_memberships import somebody

T = TypeVar("T")
FIRST = datetime(2026, 3, 2, 1, tzinfo=UTC)
ROOT = "79"
COMMUNES = ("26878", "26882", "26876")


@pytest.fixture(scope="module")
def province() -> Iterator[Connection]:
    """Three communes without anybody."""
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.begin() as tx:
        plant(tx)
        yield tx
    engine.dispose()


def plant(tx: Connection) -> None:
    """A small province."""
    load_organisations(tx)
    for code, parent, name in ((ROOT, None, "Hồ Chí Minh"), *((code, ROOT, f"Phường {code}") for code in COMMUNES)):
        depth, kind = (1, "phuong") if parent else (0, "thanh_pho")
        path = f"{ROOT}/{code}/" if parent else f"{code}/"
        words = {"kind": kind, "name": name, "full_name": name, "fold": name.lower(), "path": path}
        tx.execute(insert(units).values(code=code, parent_code=parent, depth=depth, **words))
        tx.execute(insert(unit_closure).values(ancestor=code, descendant=code, distance=0))
        if parent:
            tx.execute(insert(unit_closure).values(ancestor=parent, descendant=code, distance=1))


class Life:
    """What happens in the province: one deed a day, chosen by numbers."""

    def __init__(self, tx: Connection) -> None:
        self.tx = tx
        self.at = FIRST
        self.people: list[int] = []
        self.names: dict[str, dict[str, tuple[str, str | None]]] = {}
        """By day: what each unit was called, and what it lay in."""

    def begin(self) -> None:
        """Each commune has two hamlets and a group, and somebody in each of them."""
        for number, commune in enumerate(COMMUNES):
            first, second = (add_unit(self.tx, commune, f"Thôn {number}{name}") for name in ("A", "B"))
            for home in (commune, first.code, second.code, add_unit(self.tx, first.code, f"Tổ {number}").code):
                self.people.append(somebody(self.tx, home))
                for organisation in ("pn", "nd"):
                    enter(self.tx, self.people[-1], add_branch(self.tx, organisation, home).id)

    def live(self, deed: int, one: int, two: int, three: int) -> None:
        """One deed; what the rules refuse changes nothing."""
        deeds: list[Callable[[int, int, int], object]] = [
            self.settle, self.enter, self.enter, self.change, self.travel, self.part, self.add, self.rename,
            self.move, self.move, self.merge, self.merge, self.merge_as, self.split, self.close,
        ]  # fmt: skip
        try:
            with self.tx.begin_nested():
                deeds[deed % len(deeds)](one, two, three)
        except Rejected:
            pass
        known = select(units.c.code, units.c.full_name, units.c.parent_code)
        self.names[day_of(self.at)] = {code: (name, parent) for code, name, parent in self.tx.execute(known)}
        self.at += timedelta(days=1)

    def _unit(self, number: int) -> str:
        in_use = select(units.c.code).where(units.c.active, units.c.depth > 0)
        return str(pick(sorted(self.tx.scalars(in_use)), number))

    def _branch(self, number: int) -> int:
        in_use = select(branches.c.name, branches.c.unit_code, branches.c.id).where(branches.c.active)
        return int(pick(sorted(map(tuple, self.tx.execute(in_use))), number)[2])

    def _person(self, number: int) -> int:
        return pick(self.people, number)

    def _member(self, number: int) -> int:
        in_force = select(memberships).where(memberships.c.ended_on.is_(None))
        held = ((self.people.index(row.person_id), row.organisation_code, row.id) for row in self.tx.execute(in_force))
        return int(pick(sorted(held), number)[2])

    def settle(self, one: int, two: int, three: int) -> None:
        """Somebody new, with or without a home."""
        add_branch(self.tx, pick(["pn", "ccb", "dtn"], two), self._unit(one))
        self.people.append(somebody(self.tx, self._unit(three) if three % 3 else None))

    def enter(self, one: int, two: int, three: int) -> None:
        """Somebody joins."""
        status = pick(["present", "away", "studying"], three)
        enter(self.tx, self._person(one), self._branch(two), status)

    def change(self, one: int, two: int, _three: int) -> None:
        """Somebody goes away, comes back, leaves or dies."""
        change_status(self.tx, self._member(one), pick(list(STATUSES), two), day_of(self.at))

    def travel(self, one: int, two: int, _three: int) -> None:
        """Somebody moves house."""
        people_storage.change(self.tx, self._person(one), unit_code=self._unit(two))

    def part(self, one: int, two: int, _three: int) -> None:
        """Somebody goes on in another branch."""
        transfer(self.tx, self._member(one), self._branch(two), day_of(self.at))

    def add(self, one: int, two: int, _three: int) -> None:
        """A new hamlet or group."""
        add_unit(self.tx, self._unit(one), f"Tổ {two % 50}")

    def rename(self, one: int, two: int, _three: int) -> None:
        """A new name."""
        rename(self.tx, self._unit(one), f"Phường Mới {two}", self.at)

    def move(self, one: int, two: int, _three: int) -> None:
        """Anywhere, the impossible too."""
        move(self.tx, self._unit(one), self._unit(two), self.at)

    def merge(self, one: int, two: int, three: int) -> None:
        """Two or three become one of them."""
        merge(self.tx, [self._unit(one), self._unit(three)], self._unit(two), self.at)

    def merge_as(self, one: int, two: int, three: int) -> None:
        """Two become a new one."""
        merge_as(self.tx, [self._unit(one), self._unit(two)], f"Phường Chung {three}", self.at)

    def split(self, one: int, two: int, three: int) -> None:
        """One becomes two; somebody is named, perhaps a stranger."""
        named = () if three % 2 else (self._person(three),)
        parts = [Part(f"Phường Đông {two}"), Part(f"Phường Tây {two}", people=named)]
        split(self.tx, self._unit(one), parts, self.at)

    def close(self, one: int, _two: int, _three: int) -> None:
        """Often refused."""
        close(self.tx, self._unit(one), self.at)


def enter(tx: Connection, person: int, branch: int, status: str = "present") -> None:
    join(tx, Joining(person, branch, "2020-01-01", status), "2026-03-02", "leader")


def pick(things: Sequence[T], number: int) -> T:
    """One of them; there is nothing to do with nobody."""
    if not things:
        raise Rejected(Template("nobody"))
    return things[number % len(things)]


def recount(tx: Connection) -> dict[str, dict[str, Count]]:
    """By hand: each person, each chain of parents."""
    above = {code: parent for code, parent in tx.execute(select(units.c.code, units.c.parent_code))}
    homes = {number: home for number, home in tx.execute(select(people.c.id, people.c.unit_code))}
    members: dict[str, Counter[str]] = {code: Counter() for code in above}
    present: dict[str, Counter[str]] = {code: Counter() for code in above}
    seen: dict[int, set[str]] = {}
    for row in tx.execute(select(memberships).where(memberships.c.ended_on.is_(None))):
        seen.setdefault(row.person_id, set()).add(row.status)
        for code in chain(above, homes[row.person_id]):
            members[code][row.organisation_code] += 1
            present[code][row.organisation_code] += row.status == "present"
    for number, stands in seen.items():
        for code in chain(above, homes[number]):
            members[code][""] += 1
            present[code][""] += "present" in stands
    return {code: {each: Count(count, present[code][each]) for each, count in members[code].items()} for code in above}


def chain(above: dict[str, str | None], code: str | None) -> Iterator[str]:
    while code is not None:
        yield code
        code = above[code]


def check(life: Life) -> None:
    """Everything that must hold, whatever happened."""
    tx = life.tx
    counted = recount(tx)
    rows = tx.execute(select(units.c.code, units.c.parent_code, units.c.path, units.c.depth, units.c.active)).all()
    above = {row.code: row.parent_code for row in rows}
    for row in rows:
        line = list(chain(above, row.code))
        assert row.path == "/".join(reversed(line)) + "/"
        assert row.depth == len(line) - 1
        closed = select(unit_closure.c.ancestor, unit_closure.c.distance).where(unit_closure.c.descendant == row.code)
        assert {code: distance for code, distance in tx.execute(closed)} == {code: far for far, code in enumerate(line)}
        if row.active:
            found = roll_up(tx, row.code)
            assert dict(found.whole.counts) == counted[row.code]
            assert all(dict(each.counts) == counted[each.unit.code] for each in found.below)
            assert total([*found.below, found.itself]) == dict(found.whole.counts)
    homes = select(people.c.id).join(units, units.c.code == people.c.unit_code).where(~units.c.active)
    assert tx.execute(homes).all() == []
    for day, names in life.names.items():
        for code, (name, parent) in names.items():
            then = unit_as_of(tx, code, day)
            assert then is not None
            assert (then.full_name, then.parent_code) == (name, parent)


def total(tallies: list[Tally]) -> dict[str, Count]:
    members, present = Counter[str](), Counter[str]()
    for tally in tallies:
        members.update({code: count.members for code, count in tally.counts.items()})
        present.update({code: count.present for code, count in tally.counts.items()})
    return {code: Count(count, present[code]) for code, count in members.items()}


DEEDS = st.lists(st.tuples(*(st.integers(0, 10_000) for _ in range(4))), min_size=5, max_size=25)


@settings(deadline=None, max_examples=20, derandomize=True)
@given(DEEDS)
def test_whatever_happens_the_numbers_are_right(province: Connection, deeds: list[tuple[int, int, int, int]]) -> None:
    point = province.begin_nested()
    life = Life(province)
    life.begin()
    for deed in deeds:
        life.live(*deed)
    check(life)
    point.rollback()


async def test_a_long_life_on_both_databases(database: Database) -> None:
    await database.write(live_long)


def live_long(tx: Connection) -> None:
    """A hundred and twenty deeds by lot."""
    dice = Random(7)
    plant(tx)
    life = Life(tx)
    life.begin()
    for _ in range(120):
        life.live(*(dice.randrange(10_000) for _ in range(4)))
    check(life)
    assert roll_up(tx, ROOT).whole.people.members > 3


def test_who_is_in_three_organisations_is_one_person(province: Connection) -> None:
    point = province.begin_nested()
    hoa = somebody(province, COMMUNES[0])
    for number, code in enumerate(("pn", "nd", "mttq")):
        status = "present" if number else "away"
        join(
            province,
            Joining(hoa, add_branch(province, code, COMMUNES[number]).id, "2020-01-01", status),
            "2026-03-02",
            "self",
        )
    found = roll_up(province, ROOT)
    assert found.whole.people == Count(1, 1)
    assert (found.whole.counts["pn"].members, found.whole.counts["pn"].away) == (1, 1)
    assert [each.people.members for each in found.below if each.unit.code == COMMUNES[0]] == [1]
    point.rollback()


def test_the_share_needs_a_number_that_somebody_typed_in(province: Connection) -> None:
    point = province.begin_nested()
    join(
        province,
        Joining(somebody(province), add_branch(province, "pn", COMMUNES[0]).id, "2020-01-01"),
        "2026-03-02",
        "self",
    )
    assert roll_up(province, ROOT).whole.counts["pn"].share is None
    for code, count in zip(COMMUNES, (10, 20, 30), strict=True):
        assert roll_up(province, ROOT).whole.counts["pn"].eligible is None
        set_eligible(province, code, "pn", count, FIRST)
    assert roll_up(province, ROOT).whole.counts["pn"].eligible == 60
    set_eligible(province, ROOT, "pn", 50, FIRST)
    assert roll_up(province, ROOT).whole.counts["pn"].share == 0.02
    set_eligible(province, COMMUNES[0], "pn", None, FIRST)
    assert roll_up(province, COMMUNES[0]).whole.counts["pn"].share is None
    for wrong in (("nowhere", "pn", 1), (ROOT, "nobody", 1), (ROOT, "pn", -1)):
        with pytest.raises(Rejected):
            set_eligible(province, *wrong, FIRST)
    point.rollback()


@given(st.dictionaries(st.integers(), st.integers(0, 30), max_size=8))
def test_no_small_number_can_be_reckoned_from_the_sum(cells: dict[int, int]) -> None:
    shown = without_small(cells)
    hidden = [cells[key] for key, count in shown.items() if count is None]
    assert not [count for count in shown.values() if count and count < 5]
    assert all(shown[key] == count for key, count in cells.items() if shown[key] is not None)
    assert all(shown[key] == 0 for key, count in cells.items() if count == 0)
    # One hidden cell is what the sum leaves; so there are two, or nothing else is there to hide it behind.
    assert len(hidden) != 1 or all(count in (0, None) for count in shown.values())
