"""Among 100,000 people every statement of a turn and of the sender walks along an index, so that it costs no more."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event

from bot.features import registry
from bot.turns import Desk
from conversation.messages import Address, Heard
from storage import outbox, people
from storage.database import open_database
from storage.outbox import Outcome
from storage.times import to_ms

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)  # nine in the morning in Vietnam, when officers are told at once
ACCOUNT, COMMUNE = "test:1", "26878"
TALK = ("đèn đường hẻm 47 hư 3 hôm rồi", "1", "1", "không", "trước nhà số 12, sát quán cà phê", "1", "đồng ý", "gửi")
CROWD = 100_000
AT = to_ms(NOW)
HERE, DAY = f"'{ACCOUNT}', 'c' || i", "'2026-11-23'"
ROWS = {
    "people (id, name, honorific, unit_code, registered_at)": f"i, 'Hoa', 'bac', '{COMMUNE}', {AT}",
    "channel_accounts (account, chat, person_id, linked_at)": f"{HERE}, i, {AT}",
    "chat_sessions (account, chat, updated_at)": f"{HERE}, {AT} - i",
    "inbox_updates (account, update_id, received_at, state)": f"'{ACCOUNT}', 'u' || i, {AT} - i, 'done'",
    "tickets (id, code, unit_code, topic, text, fold, urgent, anonymous, person_id, status, opened_on, opened_at, "
    "receive_by, resolve_by)": (
        f"i, 'PA ' || i, '{COMMUNE}', 'road', '', '', false, false, i, 'new', {DAY}, {AT}, {AT}, {AT}"
    ),
    "ticket_events (id, ticket_id, place, kind, on_day)": f"i, i, 0, 'opened', {DAY}",
    "consents (person_id, purpose, text, text_sha256, account, evidence, given_at)": f"i, 'x', '', '', '', '', {AT}",
    "deliveries (id, key, person_id, status, posted_at)": f"i, 'k' || i, i, 'waiting', {AT}",
    "offers (account, chat, talk, question, given, choices, delivery_id, posted_at, delivered_at)": (
        f"{HERE}, 'x', 'x', '{{}}', '[]', i, {AT}, {AT}"
    ),
    "outbox (account, chat, lane, not_before, payload, delivery_id, posted_at, postponed)": (
        f"""{HERE}, 5, {AT}, '{{"text": "x"}}', i, {AT}, false"""
    ),
    "audit (at, actor_id, actor_name, action, object_kind, object_id, subject_id)": f"{AT}, i, '', '', '', '', i",
    "jobs (kind, key, payload, due_at, state)": f"'fetch_file', 'j' || i, '{{}}', {AT} + i, 'ready'",
}
"""A row of each table for each of the crowd: their values by the number `i`."""
SHORT = "roles|counters|CONSTANT ROW|here$|\\(subquery"
WHOLE_TABLE = re.compile(rf"^ *SCAN (?!{SHORT}|.*INDEX)|Seq Scan on (?!{SHORT})", re.MULTILINE)
"""Walking through a table, but for those that stay short."""


def fill(tx: Connection) -> None:
    """Let a crowd live in one commune, each with a ticket, a letter to come and all the rest; and an officer."""
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {CROWD})"
    for into, values in ROWS.items():
        tx.exec_driver_sql(f"{numbers} INSERT INTO {into} SELECT {values} FROM n")
    officer = people.register(tx, Address(ACCOUNT, "officer"), "anh", COMMUNE, NOW)
    people.grant(tx, officer, "commune_officer", COMMUNE, NOW)
    tx.exec_driver_sql("ANALYZE")


def explained(tx: Connection, desk: Desk) -> dict[str, str]:
    """Let one of the crowd report something, and a sender send; the plan of each statement."""
    made: dict[str, Any] = {}

    def note(_tx: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        made.setdefault(statement, parameters)

    event.listen(tx, "before_cursor_execute", note)
    for number, line in enumerate(TALK):
        desk.take(tx, Heard(Address(ACCOUNT, "c777"), f"new{number}", NOW, line))
    for letter in outbox.claim(tx, ACCOUNT, NOW, 3):
        outbox.settle(tx, letter, Outcome("sent"), NOW)
    event.remove(tx, "before_cursor_execute", note)
    return {statement: plan(tx, statement, given) for statement, given in made.items() if "SAVEPOINT" not in statement}


def plan(tx: Connection, statement: str, parameters: Any = ()) -> str:
    """How the database would go about a statement."""
    explain = "EXPLAIN QUERY PLAN" if tx.dialect.name == "sqlite" else "EXPLAIN"
    return "\n".join(str(row[-1]) for row in tx.exec_driver_sql(f"{explain} {statement}", parameters))


async def test_no_statement_of_a_turn_reads_a_whole_table(loaded_database_url: str, tmp_path: Path) -> None:
    database = await open_database(loaded_database_url, tmp_path, now=NOW)
    await database.write(fill)
    plans = await database.write(explained, Desk(registry()))
    a_walk = await database.read(plan, "SELECT id FROM people WHERE honorific = 'ong'")
    await database.close()
    assert len(plans) > 20
    assert WHOLE_TABLE.search(a_walk)  # it would be seen
    assert [(statement, plan) for statement, plan in plans.items() if WHOLE_TABLE.search(plan)] == []
