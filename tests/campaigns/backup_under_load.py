"""A backup taken while people write, and restored: one point in time, each turn in it whole or absent."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, select

from storage import restore
from storage.backup import back_up
from storage.database import open_database, sqlite_file
from storage.schema import counters, inbox_updates, outbox
from tests.campaigns.campaign import Campaign, Outcome, Shard
from tests.campaigns.fed_program import Fed, update
from tests.campaigns.promises import damage
from tests.campaigns.recorded_program import MORNING
from tests.crash.deeds import NOTE

AT_ONCE = 8
MOST_SECONDS = 0.2


async def back_up_and_restore(shard: Shard, *, by_copying: bool = False) -> Outcome:
    """Take so many backups of one busy program, and restore each."""
    wrong: list[str] = []
    dice = shard.dice()
    with shard.records("sqlite") as url:
        fed = await Fed.open(url, shard.folder)
        acknowledged: set[int] = set()
        numbers = itertools.count(1)
        writers = [asyncio.create_task(_write(fed, numbers, acknowledged)) for _ in range(AT_ONCE)]
        for number in range(shard.count):
            await asyncio.sleep(dice.uniform(0, MOST_SECONDS))
            before = set(acknowledged)
            backup = await asyncio.to_thread(_copy, url, shard.folder, number, by_copying)
            wrong += (await _restored(backup, shard.folder / f"{number}.db", before))[:1]
        for writer in writers:
            writer.cancel()
        await asyncio.gather(*writers, return_exceptions=True)
        await fed.database.close()
    lost = sum(words.startswith("update") for words in wrong)
    return Outcome(shard.count, lost=lost, corrupt=len(wrong) - lost, note=wrong[0] if wrong else "")


async def _write(fed: Fed, numbers: itertools.count[int], acknowledged: set[int]) -> None:
    while True:
        number = next(numbers)
        await fed.intake.take(update(number))
        acknowledged.add(number)


def _copy(url: str, folder: Path, number: int, by_copying: bool) -> Path:
    """The product's backup; or what somebody makes who copies the file while it is written."""
    file = sqlite_file(url)
    assert file is not None
    if not by_copying:
        return back_up(file, folder, MORNING + timedelta(seconds=number))
    return Path(shutil.copyfile(file, folder / f"copied-{number}.db"))


async def _restored(backup: Path, target: Path, before: set[int]) -> list[str]:
    """Restore it, open it as the program would, and say what is not of one point in time."""
    try:
        restore.restore(backup, target, MORNING)
    except restore.BackupRefused as refused:
        return [f"refused: {refused.reason}"]
    database = await open_database(f"sqlite:///{target}", target.parent / "restored", now=MORNING)
    try:
        return await database.read(damage) + await database.read(partial(_parts, before))
    finally:
        await database.close()


def _parts(before: set[int], tx: Connection) -> list[str]:
    """The three things a turn writes, for the same turns: all acknowledged earlier, and nothing by halves."""
    taken = set(map(int, tx.scalars(select(inbox_updates.c.update_id))))
    noted = {int(name.rpartition("-")[2]) for name in tx.scalars(select(counters.c.name)) if name.startswith(NOTE)}
    answered = len(tx.scalars(select(outbox.c.id)).all())
    wrong = [f"update {number} is not in the backup" for number in before - taken]
    if taken != noted or len(taken) != answered:
        wrong.append(f"half turns: {len(taken)} taken, {len(noted)} noted, {answered} answered")
    return wrong


CAMPAIGNS = (
    Campaign("backup_under_load", "backups", full=50, short=2, piece=25, run=back_up_and_restore),
    Campaign(
        "backup_under_load_control",
        "backups",
        full=10,
        short=2,
        piece=10,
        run=partial(back_up_and_restore, by_copying=True),
        control=True,
    ),
)
