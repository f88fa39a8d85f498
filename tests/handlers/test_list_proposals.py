"""Who on a list may be in the records already, elsewhere: proposed, joined by nobody, told to whom it may be told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select, text

from conversation.messages import Address, Rejected, Words
from handlers.actor import Actor
from handlers.members import list_texts, pair_texts
from handlers.members.importing import CheckList, ImportList, Outcome, check_list, import_list
from handlers.members.pairs import DecidePair, UndecidedPairs, decide_pair, undecided_pairs
from handlers.members.sheet import Entry
from storage import branches, people, units
from storage.database import Database, open_database
from storage.schema import duplicate_pairs
from storage.schema import people as people_table
from tests.handlers.test_member_lists import OPERATOR, template
from tests.street import MORNING

HERE, NEXT_DOOR = "26878", "26882"
HOA = Entry(3, "Nguyễn Thị Hoa", 1957, "+84912345678", "KP4", consent="paper")


@pytest.fixture
async def wards(loaded_database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """Two wards, each with women and farmers in Khu phố 4; Hoa is on the women's list of the first."""
    database = await open_database(loaded_database_url, tmp_path / "data", now=MORNING)
    await database.write(found)
    yield database
    await database.close()


def found(tx: Connection) -> None:
    for ward in (HERE, NEXT_DOOR):
        unit = units.add_unit(tx, ward, "Khu phố 4")
        for organisation in ("pn", "nd"):
            branches.add_branch(tx, organisation, unit.code)
    assert bring(tx, OPERATOR, HERE, "pn") == (1, 0, [])


def bring(tx: Connection, actor: Actor, ward: str, organisation: str) -> tuple[int, int, list[Words]]:
    """What a list with Hoa would do, which is also what it does."""
    looked = told(check_list(tx, actor, CheckList(organisation, ward, (HOA,))))
    assert told(import_list(tx, actor, ImportList(organisation, ward, (HOA,), "hash"))) == looked
    return looked


def told(outcome: Outcome) -> tuple[int, int, list[Words]]:
    return outcome.new, outcome.there, [template(each.words) for each in outcome.problems]


def officer(tx: Connection, ward: str, organisation: str = "") -> Actor:
    address = Address("test:1", f"{ward}{organisation}")
    person = people.register(tx, address, "co", ward, MORNING)
    people.grant(tx, person, "commune_officer", ward, MORNING, organisation=organisation)
    return Actor(MORNING, person, address, "7")


def hoas(tx: Connection) -> int:
    return int(tx.scalar(select(func.count()).where(people_table.c.name == HOA.name)) or 0)


def reasons(tx: Connection) -> list[str]:
    return list(tx.scalars(select(duplicate_pairs.c.reason)))


def pairs_seen(tx: Connection, actor: Actor, ward: str = "") -> int:
    return len(undecided_pairs(tx, actor, UndecidedPairs(ward)))


async def test_a_list_of_another_commune_joins_nobody_and_proposes(wards: Database) -> None:
    await wards.write(from_next_door)


def from_next_door(tx: Connection) -> None:
    assert bring(tx, OPERATOR, NEXT_DOOR, "nd") == (1, 0, [list_texts.MAY_BE_SAME])
    assert (hoas(tx), reasons(tx)) == (2, ["phone"])
    assert pairs_seen(tx, OPERATOR, NEXT_DOOR) == pairs_seen(tx, OPERATOR, HERE) == 1
    assert bring(tx, OPERATOR, NEXT_DOOR, "nd") == (0, 1, [])
    assert (hoas(tx), reasons(tx)) == (2, ["phone"])


@pytest.mark.parametrize("organisation", ["pn", "nd"])
async def test_an_officer_learns_nothing_of_another_commune(wards: Database, organisation: str) -> None:
    await wards.write(learn_nothing, organisation)


def learn_nothing(tx: Connection, organisation: str) -> None:
    next_door = officer(tx, NEXT_DOOR)
    assert bring(tx, next_door, NEXT_DOOR, organisation) == (1, 0, [])
    assert (hoas(tx), reasons(tx)) == (2, ["phone"])
    assert pairs_seen(tx, next_door) == pairs_seen(tx, officer(tx, HERE)) == 0
    assert pairs_seen(tx, OPERATOR, NEXT_DOOR) == 1


async def test_an_officer_of_one_organisation_learns_nothing_of_another(wards: Database) -> None:
    await wards.write(of_one_organisation)


def of_one_organisation(tx: Connection) -> None:
    farmers = officer(tx, HERE, "nd")
    assert bring(tx, farmers, HERE, "nd") == (1, 0, [])
    assert hoas(tx) == 2
    assert pairs_seen(tx, farmers) == 0
    assert pairs_seen(tx, officer(tx, HERE)) == 1


async def test_in_their_commune_somebody_joins_a_second_organisation_and_the_dry_run_says_so(wards: Database) -> None:
    await wards.write(at_home)


def at_home(tx: Connection) -> None:
    assert bring(tx, officer(tx, HERE), HERE, "nd") == (1, 0, [list_texts.SAME_PERSON])
    assert (hoas(tx), reasons(tx)) == (1, [])


async def test_two_who_bring_the_same_list_at_once_enter_nobody_twice(wards: Database) -> None:
    first, loop = asyncio.Event(), asyncio.get_running_loop()

    def bring_be(tx: Connection) -> int:
        entry = Entry(4, "Lê Thị Bé", 1960, "", "KP4")
        new = import_list(tx, OPERATOR, ImportList("pn", HERE, (entry,), "hash")).new
        loop.call_soon_threadsafe(first.set)
        if tx.dialect.name == "postgresql":  # SQLite has one writer
            tx.execute(text("SELECT pg_sleep(0.2)"))
        return new

    bringing = asyncio.create_task(wards.write(bring_be))
    await first.wait()
    assert [await wards.write(bring_be), await bringing] == [0, 1]


async def test_of_two_who_decide_on_one_pair_at_once_the_second_hears_that_there_is_none(wards: Database) -> None:
    first, loop = asyncio.Event(), asyncio.get_running_loop()

    def propose(tx: Connection) -> list[int]:
        bring(tx, OPERATOR, NEXT_DOOR, "pn")
        return list(tx.execute(select(duplicate_pairs.c.first_id, duplicate_pairs.c.second_id)).one())

    one, other = await wards.write(propose)

    def join(tx: Connection) -> None:
        decide_pair(tx, OPERATOR, DecidePair(one, other, "same"))
        loop.call_soon_threadsafe(first.set)
        if tx.dialect.name == "postgresql":  # SQLite has one writer
            tx.execute(text("SELECT pg_sleep(0.2)"))

    joining = asyncio.create_task(wards.write(join))
    await first.wait()
    with pytest.raises(Rejected) as refused:
        await wards.write(join)
    await joining
    assert template(refused.value.words) == pair_texts.NO_PAIR
