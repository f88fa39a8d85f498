"""Each update takes effect once."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from storage import inbox
from storage.database import Database
from tests.storage.conftest import NOW

ACCOUNT = "telegram:8123"


def fail(tx: Connection, update: str) -> int:
    """One more failed attempt."""
    return inbox.note_failure(tx, ACCOUNT, update, NOW, "ValueError", {"text": "Đường hỏng"})


async def test_a_repeat_is_recognised(database: Database) -> None:
    assert await database.write(inbox.first_time, ACCOUNT, "7", NOW)
    assert not await database.write(inbox.first_time, ACCOUNT, "7", NOW)
    assert await database.write(inbox.first_time, "zalo:1", "7", NOW)


async def test_a_failed_update_may_be_tried_again_and_its_words_are_then_forgotten(
    database: Database,
) -> None:
    assert await database.write(fail, "7") == 1
    (failure,) = await database.read(inbox.open_failures)
    assert (failure.state, failure.attempts, failure.payload) == ("pending", 1, {"text": "Đường hỏng"})
    assert await database.write(inbox.first_time, ACCOUNT, "7", NOW)
    assert await database.read(inbox.open_failures) == []
    assert not await database.write(inbox.first_time, ACCOUNT, "7", NOW)


async def test_after_the_third_failure_it_is_set_aside(database: Database) -> None:
    assert [await database.write(fail, "7") for _ in range(3)] == [1, 2, 3]
    (failure,) = await database.read(inbox.open_failures)
    assert (failure.state, failure.received_at, failure.error) == ("quarantined", NOW, "ValueError")
    assert not await database.write(inbox.first_time, ACCOUNT, "7", NOW)


async def test_a_failure_of_what_took_effect_meanwhile_counts_nothing(database: Database) -> None:
    await database.write(inbox.first_time, ACCOUNT, "7", NOW)
    assert await database.write(fail, "7") == 0
    assert await database.read(inbox.open_failures) == []


async def test_what_is_old_is_forgotten_and_failures_only_when_told_so(database: Database) -> None:
    await database.write(inbox.first_time, ACCOUNT, "old", NOW - timedelta(days=4))
    await database.write(inbox.first_time, ACCOUNT, "new", NOW)
    await database.write(fail, "failed")
    assert await database.write(inbox.purge, NOW - timedelta(days=3)) == 1
    assert await database.write(inbox.purge, NOW - timedelta(days=3)) == 0
    assert not await database.write(inbox.first_time, ACCOUNT, "new", NOW)
    later = NOW + timedelta(days=1)
    assert await database.write(inbox.purge, NOW, failed_before=later) == 1
    assert await database.read(inbox.open_failures) == []
