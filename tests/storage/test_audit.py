"""The log of who did what to whose data: whatever is done to it afterwards is found, and erasing a name is not that."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, create_engine, delete, insert, select, text, update

from conversation.messages import Address
from storage import audit, audit_chain, people
from storage.audit_chain import Verdict
from storage.database import Database
from storage.schema import audit as rows
from storage.schema import audit_chain as ends
from storage.schema import metadata
from storage.unit_end import end_unit

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
TEXT, NUMBER = st.text("aă\"',", max_size=3), st.none() | st.integers(0, 2**62)
ACT = st.tuples(st.integers(0, 2**62) | st.just("cli"), TEXT, TEXT, TEXT, NUMBER, TEXT, NUMBER)
LOG = st.lists(st.lists(ACT, max_size=3), min_size=1, max_size=5)
"""What each of some transactions wrote down."""


def write(tx: Connection, acts: list[Any], at: datetime = NOW) -> None:
    for actor, action, kind, number, subject, reason, helped in acts:
        audit.note(tx, actor, at, action, kind, number, subject=subject, reason=reason, on_behalf_of=helped)


def some(tx: Connection, number: int, at: datetime = NOW) -> None:
    write(tx, [(7, "view", "ticket", str(each), 8, "xử lý", None) for each in range(number)], at)


@contextmanager
def written(log: list[list[Any]]) -> Iterator[Engine]:
    engine = create_engine("sqlite://")
    metadata.create_all(engine, tables=[rows, ends])
    for acts in log:
        with engine.begin() as tx:
            write(tx, acts)
            end_unit(tx)
    yield engine
    engine.dispose()


def verdict(engine: Engine) -> Verdict:
    with engine.connect() as tx:
        return audit_chain.verify(tx)


@settings(max_examples=30, deadline=None)
@given(LOG)
def test_a_log_that_nobody_touched_is_whole(log: list[list[Any]]) -> None:
    with written(log) as engine:
        found = verdict(engine)
    assert (found.wrong, found.rows) == ("", sum(map(len, log)))


def changed(tx: Connection, data: st.DataObject, numbers: list[int]) -> None:
    """One value of one row becomes another one."""
    column = data.draw(st.sampled_from([column for column in rows.c if column.name != "id"]))
    one = data.draw(st.sampled_from(numbers))
    before = tx.scalar(select(column).where(rows.c.id == one))
    if column.name == "hash":
        other: Any = data.draw(st.none() | st.just("") | st.just("0" * 64))
    elif column.name == "place":
        other = data.draw(st.none() | st.integers(10**6, 2 * 10**6))
    else:
        other = before + 1 if isinstance(before, int) else f"{before or ''}x" if isinstance(before, str) else 5
    tx.execute(update(rows).where(rows.c.id == one).values({column: other}))


def deleted(tx: Connection, data: st.DataObject, numbers: list[int]) -> None:
    """One row, or all from one to the end, or all to one."""
    at, how = data.draw(st.sampled_from(numbers)), data.draw(st.sampled_from("=<>"))
    which = {"=": rows.c.id == at, "<": rows.c.id <= at, ">": rows.c.id >= at}[how]
    tx.execute(delete(rows).where(which))


def inserted(tx: Connection, data: st.DataObject, numbers: list[int]) -> None:
    """A copy of one row, somewhere, chained as well as can be, or not at all."""
    one = tx.execute(select(rows).where(rows.c.id == data.draw(st.sampled_from(numbers)))).one()._asdict()
    place = data.draw(st.none() | st.integers(max(numbers) + 1, 10**6))
    hashed = data.draw(st.sampled_from([None, "", one["hash"]]))
    tx.execute(insert(rows).values({**one, "id": max(numbers) + 1, "place": place, "hash": hashed}))


def swapped(tx: Connection, data: st.DataObject, numbers: list[int]) -> None:
    """Two rows have changed places; a single one has another number."""
    one, other = data.draw(st.sampled_from(numbers)), data.draw(st.sampled_from([*numbers, max(numbers) + 1]))
    if one == other:
        other = max(numbers) + 2
    for now, then in ((one, -1), (other, one), (-1, other)):
        tx.execute(update(rows).where(rows.c.id == now).values(id=then))


@settings(max_examples=100, deadline=None)
@given(LOG.filter(any), st.sampled_from([changed, deleted, inserted, swapped]), st.data())
def test_whatever_one_thing_is_done_to_the_log_is_found(log: list[list[Any]], harm: Any, data: st.DataObject) -> None:
    with written(log) as engine:
        with engine.begin() as tx:
            numbers = list(tx.execute(select(rows.c.id)).scalars())
            harm(tx, data, numbers)
        assert verdict(engine).wrong


def test_the_first_wrong_row_is_named() -> None:
    with written([[(7, "view", "ticket", str(each), 8, "", None)] for each in range(5)]) as engine:
        with engine.begin() as tx:
            tx.execute(update(rows).where(rows.c.id == 3).values(reason="khác"))
        found = verdict(engine)
        assert (found.wrong, found.place, found.id) == ("changed", 3, 3)
        with engine.begin() as tx:
            tx.execute(delete(rows).where(rows.c.id == 2))
        assert (verdict(engine).wrong, verdict(engine).place) == ("missing", 2)


def test_a_chain_made_anew_from_the_beginning_does_not_fit_what_was_noted_down() -> None:
    with written(
        [[(7, "view", "ticket", "1", 8, "", None)], [("cli", "invited", "office", "x", None, "", None)]]
    ) as one:
        noted = verdict(one)
    seen = (noted.last_place, noted.last_hash[:16])
    with written(
        [[(7, "view", "ticket", "2", 8, "", None)], [("cli", "invited", "office", "x", None, "", None)]]
    ) as other:
        assert verdict(other).wrong == ""
        with other.connect() as tx:
            assert audit_chain.verify(tx, seen).wrong == "seen"
            assert audit_chain.verify(tx, (3, "")).wrong == "end"
    with written([]) as empty, empty.connect() as tx:
        assert audit_chain.verify(tx, seen).wrong == "end"


async def test_what_many_write_at_once_forms_one_chain(database: Database) -> None:
    await asyncio.gather(*(database.write(some, number % 3) for number in range(60)))
    found = await database.read(audit_chain.verify)
    assert (found.wrong, found.rows) == ("", 60)


async def test_a_transaction_that_fails_leaves_no_gap(database: Database) -> None:
    def fails(tx: Connection) -> None:
        some(tx, 2)
        raise ValueError

    def half(tx: Connection) -> None:
        some(tx, 1)
        nested = tx.begin_nested()
        some(tx, 1)
        nested.rollback()

    ended = await asyncio.gather(*(database.write(work) for work in (half, fails, half)), return_exceptions=True)
    assert [isinstance(end, ValueError) for end in ended] == [False, True, False]
    found = await database.read(audit_chain.verify)
    assert (found.wrong, found.rows) == ("", 2)


async def test_two_that_write_it_in_different_orders_do_not_wait_for_each_other(database: Database) -> None:
    number = await database.write(lambda tx: people.register(tx, Address("test:1", "1"), "bac", None, NOW))
    runs: list[int] = []

    def work(tx: Connection, first: bool) -> None:
        runs.append(1)
        for noting in (first, not first):
            if noting:
                some(tx, 1)
            else:
                people.change(tx, number, name="Hoa")
            if tx.dialect.name == "postgresql":
                tx.execute(text("SELECT pg_sleep(0.1)"))

    await asyncio.gather(database.write(work, True), database.write(work, False))
    assert len(runs) == 2  # neither had to be begun again


async def test_what_is_old_is_forgotten_and_the_rest_stays_whole(database: Database) -> None:
    old = NOW - timedelta(days=2)
    await database.write(
        lambda tx: tx.execute(insert(rows).values(at=1, actor_name="", action="", object_kind="", object_id=""))
    )
    await database.write(some, 3, old)
    await database.write(some, 2)
    assert await database.read(lambda tx: audit_chain.verify(tx).older) == 1
    pruned = [await database.write(audit_chain.prune, NOW) for _ in range(3)]
    await database.write(some, 1)
    found = await database.read(audit_chain.verify)
    assert (pruned, found.wrong, found.rows, found.last_place, found.older) == ([1, 3, 0], "", 3, 6, 0)


async def test_erasing_a_name_changes_nothing_in_the_chain(database: Database) -> None:
    number = await database.write(lambda tx: people.register(tx, Address("test:1", "1"), "bac", None, NOW))
    await database.write(people.change, number, name="Trần Văn Nam")
    await database.write(
        lambda tx: tx.execute(
            insert(rows).values(
                at=1,
                actor_id=number,
                actor_name="Trần Văn Nam",
                action="view",
                object_kind="",
                object_id="",
                subject_id=8,
            )
        )
    )
    await database.write(lambda tx: audit.note(tx, number, NOW, "view", "ticket", "PA", subject=8))
    assert {entry.actor_name for entry in await database.read(audit.by_others, 8)} == {"Trần Văn Nam"}
    kept = await database.read(lambda tx: str(tx.execute(select(rows).where(rows.c.hash.is_not(None))).all()))
    assert "Nam" not in kept
    await database.write(audit.take_out_name, number)
    await database.write(people.change, number, name="")
    assert {entry.actor_name for entry in await database.read(audit.by_others, 8)} == {""}
    assert (await database.read(audit_chain.verify)).wrong == ""
