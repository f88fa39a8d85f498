"""The figures answer «is anything late or lost?», and hold nothing that anybody said."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from bot.health import Health
from conversation.messages import Address, Said
from storage import inbox, jobs, outbox
from storage.database import DatabaseUnavailable, open_database
from tests.bot.mute import BOT, NOW
from tests.storage.words import put

WORDS = "Đèn đường hẻm 47 hư, gọi 0912345678"


class Later:
    def now(self) -> datetime:
        return NOW + timedelta(seconds=90)


def trouble(tx: Connection) -> None:
    for _ in range(inbox.MOST_ATTEMPTS):
        inbox.note_failure(tx, BOT, "1", NOW, "ValueError", {"text": WORDS})
    outbox.reply(tx, Address(BOT, "7"), Said(WORDS), NOW)
    jobs.enqueue(tx, "fetch_file", {"text": WORDS}, NOW - timedelta(seconds=30), "1")
    jobs.enqueue(tx, "unlucky", {}, NOW, "2")
    for _ in range(2):
        (unlucky,) = jobs.claim(tx, ["unlucky"], NOW + timedelta(days=1), 1)
        jobs.retry(tx, unlucky, NOW + timedelta(days=1), "Unreachable")


async def test_what_is_late_or_lost_shows_in_the_figures(loaded_sqlite_url: str, tmp_path: Path) -> None:
    database = await open_database(loaded_sqlite_url, tmp_path / "data", now=NOW)
    await database.write(trouble)
    health = Health(database, Later(), ("clock",), last_tick=NOW + timedelta(seconds=50))
    told = (await health.metrics()).decode()
    for line in (
        "caunoi_updates_quarantined 1.0",
        "caunoi_updates_failed_oldest_seconds 90.0",
        "caunoi_letters_waiting 1.0",
        "caunoi_letters_waiting_oldest_seconds 90.0",
        "caunoi_jobs_waiting 1.0",
        "caunoi_jobs_waiting_oldest_seconds 120.0",
        "caunoi_jobs_failing 1.0",
        "caunoi_jobs_dead 0.0",
        "caunoi_tick_age_seconds 40.0",
    ):
        assert line in told
    assert 'caunoi_letters_by_lane{lane="reply"} 1.0' in told
    names = [line.split()[0] for line in told.splitlines() if not line.startswith("#")]
    assert all(name.startswith("caunoi_") for name in names)
    assert not any(word in told for word in (WORDS, "0912345678", BOT))
    await database.close()


async def test_a_process_that_is_given_no_work_while_not_ready_finds_out_that_it_is_over(
    empty_postgres: str, tmp_path: Path
) -> None:
    database = await open_database(empty_postgres, tmp_path, now=NOW)
    health = Health(database, Later(), ("web",))

    async def read_only(word: str) -> None:
        async with database._writers.begin() as tx:  # type: ignore[attr-defined]
            await tx.execute(text(f"SET default_transaction_read_only = {word}"))

    await read_only("on")
    with pytest.raises(DatabaseUnavailable):
        await database.write(put, "refused")
    for _ in range(2):
        assert await health.ready() == (False, "readonly")
    await read_only("off")
    assert await health.ready() == (True, "ready")
    await database.close()
