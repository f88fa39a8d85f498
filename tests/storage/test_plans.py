"""The statements that run all the time walk along an index, however many rows there are."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from bot.features import erase
from conversation.messages import Address, Heard, Said
from storage import (
    audit,
    duplicates,
    inbox,
    jobs,
    joining,
    member_lookup,
    member_pages,
    outbox,
    people,
    sessions,
    turns,
)
from storage.database import Database, open_database
from storage.member_lists import Place
from storage.member_lookup import Sight, Sought
from storage.people import register
from storage.rollups import roll_up
from storage.units import load_units
from tests.storage.conftest import NOW

LAN = Address("telegram:8123", "42")
HOT: dict[str, tuple[Any, ...]] = {
    "inbox.first_time": (inbox.first_time, LAN.account, "7", NOW),
    "inbox.open_failures": (inbox.open_failures,),
    "inbox.purge": (inbox.purge, NOW - timedelta(days=3)),
    "turns.begin": (turns.begin, Heard(LAN, "8", NOW, "x")),
    "turns.finish": (turns.finish, LAN, [outbox.answer(Said("x"))], {"talk": "x"}, NOW),
    "sessions.save": (sessions.save, LAN, {"talk": "x"}, NOW),
    "sessions.forget": (sessions.save, LAN, None, NOW),
    "jobs.claim": (jobs.claim, ["photo"], NOW, 10),
    "jobs.done": (jobs.done, 7),
    "outbox.claim": (partial(outbox.claim, except_chats=("9",)), LAN.account, NOW, 8),
    "outbox.release_claimed": (partial(outbox.release_claimed, except_chats=("9",)), LAN.account),
}


def plans(tx: Connection, work: Any, *arguments: Any) -> list[str]:
    """Run the work, and explain every statement it made."""
    made: list[tuple[str, Any]] = []

    def note(_tx: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        made.append((statement, parameters))

    event.listen(tx, "before_cursor_execute", note)
    work(tx, *arguments)
    event.remove(tx, "before_cursor_execute", note)
    steps: list[str] = []
    for statement, parameters in made:
        if tx.dialect.name == "sqlite":
            steps += [row.detail for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
        else:
            steps += tx.exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars()
    return steps


@pytest.mark.parametrize("name", HOT)
async def test_no_hot_statement_reads_a_whole_table(name: str, sqlite: Database) -> None:
    steps = await sqlite.write(plans, *HOT[name])
    assert [step for step in steps if re.match(r"SCAN (?!CONSTANT ROW|here$|.*USING (COVERING )?INDEX)", step)] == []


async def test_claiming_jobs_needs_no_sorting(sqlite: Database) -> None:
    steps = await sqlite.write(plans, *HOT["jobs.claim"])
    assert any("ix_jobs_ready" in step for step in steps)
    assert not any("TEMP B-TREE FOR ORDER" in step for step in steps)


async def test_a_roll_up_looks_at_no_row_of_memberships(sqlite: Database) -> None:
    await sqlite.write(load_units)
    read = [step for step in await sqlite.write(plans, roll_up, "79") if "memberships" in step]
    assert [step.partition(" (")[0].split()[-1] for step in read] == [
        "ix_memberships_rollup", "ix_memberships_people", "ix_memberships_people"
    ]  # fmt: skip
    assert all("COVERING INDEX" in step for step in read)


MANY = {
    "people", "memberships", "consents", "consents_1", "channel_accounts", "ticket_events", "tickets", "audit", "units",
    "one", "other",
}  # fmt: skip
"""Tables that grow with the people, as plans call them."""


async def test_nobody_is_looked_for_among_all_people(sqlite: Database) -> None:
    def ask(tx: Connection) -> list[str]:
        kept, gone = (register(tx, Address("test:1", name), "", None, NOW) for name in ("1", "2"))
        steps = [*plans(tx, audit.about, kept), *plans(tx, people.named_like, "Hoa", "79/", 8)]
        steps += plans(tx, joining.join, kept, gone, "cli", NOW)
        steps += plans(tx, erase, kept, NOW)
        sought = [Sought(3, "nguyen thi hoa", 1957, "+84912345678", Place(7, None, "", "79", "", "79/"))]
        steps += plans(tx, member_lookup.there, "pn", sought)
        steps += plans(tx, member_lookup.same, "pn", sought, Sight("79/", "pn"))
        steps += plans(tx, member_lookup.suspected, sought, Sight("79/", "pn"))
        steps += plans(tx, duplicates.propose, [7, 8], NOW)
        return [*steps, *plans(tx, member_pages.in_branch, 7)]

    walks = [step.split()[1] for step in await sqlite.write(ask) if step.startswith("SCAN ")]
    assert MANY.isdisjoint(walks)


async def test_open_failures_are_found_by_their_own_index(sqlite: Database) -> None:
    steps = await sqlite.write(plans, *HOT["inbox.open_failures"])
    assert any("ix_inbox_updates_open" in step for step in steps)


async def test_a_server_uses_the_same_indexes(empty_postgres: str, tmp_path: Path) -> None:
    database = await open_database(empty_postgres, tmp_path, now=NOW)

    def explain(tx: Connection) -> str:
        tx.execute(text("SET LOCAL enable_seqscan = off"))  # there are too few rows to make it worth while
        query = (
            "EXPLAIN SELECT id FROM jobs WHERE state = 'ready' AND kind = 'photo' AND due_at <= 1 "
            "ORDER BY due_at, id LIMIT 10 FOR UPDATE SKIP LOCKED"
        )
        return "\n".join(tx.scalars(text(query)))

    plan = await database.write(explain)
    await database.close()
    assert "ix_jobs_ready" in plan
    assert "Sort" not in plan


async def test_a_claim_never_walks_past_letters_for_tomorrow(database: Database) -> None:
    def fill(tx: Connection) -> None:
        for number in range(1500):
            outbox.post(tx, LAN, Said("mai"), key=str(number), at=NOW, due=NOW + timedelta(days=1))
        outbox.reply(tx, LAN, Said("nay"), NOW)
        tx.execute(text("ANALYZE"))

    await database.write(fill)
    steps = await database.write(plans, claim_with_release)
    used = [name for step in steps if (name := re.search(r"ix_outbox_\w+|pk_outbox|PRIMARY KEY", step))]
    assert [name[0] for name in used[:3]] == ["ix_outbox_claimed", "ix_outbox_postponed", "ix_outbox_sendable"]
    assert not any(re.match(r"SCAN outbox|Seq Scan", step) for step in steps)


def claim_with_release(tx: Connection) -> None:
    """What a sender does first."""
    outbox.release_claimed(tx, LAN.account)
    [letter] = outbox.claim(tx, LAN.account, NOW, 8)
    assert letter.said.text == "nay"
