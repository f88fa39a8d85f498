"""Work for later: claimed once, tried again, never planned twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import Connection

from storage import jobs
from storage.database import Database
from tests.storage.conftest import NOW


def enqueue(tx: Connection, key: str, minutes: int = 0, kind: str = "photo") -> bool:
    """Plan a job that many minutes from now."""
    return jobs.enqueue(tx, kind, {"ref": key}, NOW + timedelta(minutes=minutes), key)


async def test_planning_twice_is_harmless(database: Database) -> None:
    assert await database.write(enqueue, "a")
    assert not await database.write(enqueue, "a")
    (job,) = await database.write(jobs.claim, ["photo"], NOW, 10)
    assert (job.kind, job.key, job.payload, job.due, job.attempts) == ("photo", "a", {"ref": "a"}, NOW, 1)


async def test_what_is_due_is_claimed_oldest_first_and_once(database: Database) -> None:
    for key, minutes in (("late", -5), ("later", -1), ("future", 5)):
        await database.write(enqueue, key, minutes)
    await database.write(enqueue, "other", kind="voice")
    assert [job.key for job in await database.write(jobs.claim, ["photo"], NOW, 1)] == ["late"]
    claimed = await database.write(jobs.claim, ["voice", "photo"], NOW, 10)
    assert [job.key for job in claimed] == ["other", "later"]
    assert await database.write(jobs.claim, ["voice", "photo"], NOW, 10) == []


async def test_many_claiming_at_once_never_get_the_same(database: Database) -> None:
    await database.write(lambda tx: [enqueue(tx, str(i)) for i in range(60)])
    claims = await asyncio.gather(*(database.write(jobs.claim, ["photo"], NOW, 5) for _ in range(16)))
    keys = [job.key for claim in claims for job in claim]
    assert sorted(keys) == sorted(set(keys))
    while rest := await database.write(jobs.claim, ["photo"], NOW, 5):
        keys += [job.key for job in rest]
    assert set(keys) == {str(i) for i in range(60)}


async def test_a_job_is_done_tried_again_or_set_aside(database: Database) -> None:
    for key in ("done", "again", "dead"):
        await database.write(enqueue, key)
    by_key = {job.key: job for job in await database.write(jobs.claim, ["photo"], NOW, 10)}
    await database.write(jobs.done, by_key["done"].id)
    await database.write(jobs.retry, by_key["again"], NOW + timedelta(minutes=1), "timeout")
    await database.write(jobs.bury, by_key["dead"], "gone")
    assert await database.write(jobs.claim, ["photo"], NOW, 10) == []
    (again,) = await database.write(jobs.claim, ["photo"], NOW + timedelta(minutes=1), 10)
    assert (again.key, again.attempts) == ("again", 2)
    assert await database.write(enqueue, "done")


async def test_what_was_set_aside_is_planned_anew_when_it_is_asked_for_again(database: Database) -> None:
    await database.write(enqueue, "a")
    (job,) = await database.write(jobs.claim, ["photo"], NOW, 10)
    await database.write(jobs.bury, job, "gone")
    assert await database.write(enqueue, "a", 3)
    assert await database.write(jobs.claim, ["photo"], NOW, 10) == []
    (again,) = await database.write(jobs.claim, ["photo"], NOW + timedelta(minutes=3), 10)
    assert (again.key, again.attempts) == ("a", 1)


async def test_what_a_dead_process_had_claimed_is_taken_back(database: Database) -> None:
    await database.write(enqueue, "a")
    await database.write(jobs.claim, ["photo"], NOW, 10)
    assert await database.write(jobs.release_claimed) == 1
    assert len(await database.write(jobs.claim, ["photo"], NOW, 10)) == 1


async def test_an_id_is_never_given_twice(database: Database) -> None:
    await database.write(enqueue, "first")
    (first,) = await database.write(jobs.claim, ["photo"], NOW, 1)
    await database.write(jobs.done, first.id)
    await database.write(enqueue, "second")
    (second,) = await database.write(jobs.claim, ["photo"], NOW, 1)
    assert second.id > first.id
