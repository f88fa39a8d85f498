"""What a turn costs that no clock measures: statements sent to the database, and texts taken apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import CacheStats

from bot.features import registry
from bot.turns import Desk
from conversation.letters import wording
from conversation.messages import Address, Heard
from storage import people
from storage.database import open_database

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)  # nine in the morning in Vietnam, when officers are told at once
COMMUNE = "26878"
ORDINARY = ("đèn đường hẻm 47 hư 3 hôm rồi", "1", "1", "không")
AT_HOME = ("trước nhà số 12, sát quán cà phê", "1", "đồng ý")
"""Where somebody lives, and what they agreed to, is looked up."""
STATEMENTS = {"sqlite": (4, 6, 27), "postgresql": (2, 4, 25)}
"""Sent by an ordinary turn, of one asked at home, and of one that opens a ticket and tells an officer."""
MOST_TAKEN_APART = 2
"""What was just said, and what was told before."""


@dataclass
class Cost:
    """Of one turn."""

    statements: list[str] = field(default_factory=list)
    compiled: list[str] = field(default_factory=list)
    taken_apart: int = 0


def counted(tx: Connection, desk: Desk, heard: Heard) -> Cost:
    """Take a turn, and tell what it cost."""
    cost = Cost()
    wording.cache_clear()

    def note(_tx: object, _cursor: object, statement: str, _given: object, context: Any, _many: object) -> None:
        cost.statements.append(statement)
        if context.compiled is not None and context.cache_hit is CacheStats.CACHE_MISS:
            cost.compiled.append(statement)

    event.listen(tx, "before_cursor_execute", note)
    try:
        desk.take(tx, heard)
    finally:
        event.remove(tx, "before_cursor_execute", note)
    cost.taken_apart = wording.cache_info().misses
    return cost


def neighbours(tx: Connection) -> None:
    """An officer and two residents of one commune."""
    for chat in ("1", "2", "3"):
        person = people.register(tx, Address("test:1", chat), "bac", COMMUNE, NOW)
        people.change(tx, person, name="Trần Thị Lan")
        if chat == "1":
            people.grant(tx, person, "commune_officer", COMMUNE, NOW)


async def test_a_turn_sends_few_statements_compiles_none_anew_and_takes_each_text_apart_once(
    loaded_database_url: str, tmp_path: Path
) -> None:
    database, desk = await open_database(loaded_database_url, tmp_path, now=NOW), Desk(registry())
    await database.write(neighbours)
    said = [(chat, line) for chat in ("2", "3") for line in (*ORDINARY, *AT_HOME, "gửi")]
    heard = [Heard(Address("test:1", chat), str(n), NOW, line) for n, (chat, line) in enumerate(said)]
    costs = [await database.write(counted, desk, each) for each in heard][len(heard) // 2 :]
    await database.close()
    ordinary, at_home, opening = STATEMENTS[database.dialect]
    expected = [ordinary] * len(ORDINARY) + [at_home] * len(AT_HOME) + [opening]
    assert [len(cost.statements) for cost in costs] == expected
    assert [cost.compiled for cost in costs if cost.compiled] == []
    assert max(cost.taken_apart for cost in costs) <= MOST_TAKEN_APART
