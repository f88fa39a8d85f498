"""A clock that was ahead and is set right: what was written meanwhile neither waits nor lives on for years."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from bot.features import registry
from conversation.messages import Address, Said
from handlers.feedback.commands import SWEEP
from storage import clock_ahead, inbox, invites, jobs, outbox, people, sessions
from storage.database import Database, open_database
from storage.schema import chat_sessions, inbox_updates, metadata
from storage.times import to_ms

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
AHEAD = NOW + timedelta(days=4200)
HOA = Address("telegram:1", "42")


@pytest.fixture
async def database(loaded_database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_database(loaded_database_url, tmp_path / "data", now=NOW)
    yield opened
    await opened.close()


async def test_what_was_written_ahead_is_dated_now(database: Database) -> None:
    def work(tx: Connection) -> str:
        sessions.save(tx, HOA, {}, AHEAD)
        inbox.first_time(tx, HOA.account, "7", AHEAD)
        outbox.reply(tx, HOA, Said("Dạ"), AHEAD)
        outbox.post(tx, HOA, Said("Mai họp"), key="m", at=AHEAD, due=AHEAD + timedelta(hours=2))
        return invites.issue(tx, people.Role("commune_officer", "26878"), "cli", AHEAD)

    code = await database.write(work)
    await database.write(clock_ahead.set_right, NOW)
    at = await database.read(lambda tx: tx.scalar(select(chat_sessions.c.updated_at)))
    received = await database.read(lambda tx: tx.scalar(select(inbox_updates.c.received_at)))
    assert at == received == to_ms(NOW)
    assert [letter.said.text for letter in await database.write(outbox.claim, HOA.account, NOW, 9)] == ["Dạ"]
    later = await database.write(outbox.claim, HOA.account, NOW + timedelta(hours=2), 9)
    assert [letter.said.text for letter in later] == ["Mai họp"]
    old = NOW + invites.VALID_FOR
    assert await database.read(invites.usable, invites.hash_of(code), old - timedelta(seconds=1))
    assert await database.read(invites.usable, invites.hash_of(code), old) is None


async def test_what_is_not_of_the_future_is_left_alone(database: Database) -> None:
    await database.write(outbox.post, HOA, Said("Mai họp"), key="m", at=NOW, due=NOW + timedelta(days=1))
    await database.write(clock_ahead.set_right, NOW)
    assert await database.write(outbox.claim, HOA.account, NOW, 9) == []


async def test_what_must_always_be_planned_is_planned_again(database: Database) -> None:
    features = registry()
    await database.write(features.plan, AHEAD)
    await database.write(features.plan, NOW)
    await database.write(features.plan, NOW)
    due = await database.write(jobs.claim, [SWEEP], NOW + timedelta(hours=1), 9)
    assert len(due) == 1
    planned = metadata.tables["jobs"].c.kind
    rows = select(func.count()).where(planned == SWEEP)
    assert await database.read(lambda tx: tx.scalar(rows)) == 2
