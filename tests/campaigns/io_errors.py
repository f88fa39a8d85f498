"""The disk fails, once or a few times, at the n-th write, sync or truncation of a thread.

Nothing is lost, and no restart is needed.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, select

from storage import erasures
from storage.backup import checksum, known_checksum
from storage.database import open_database
from storage.schema import counters
from tests.campaigns import fed_program
from tests.campaigns.campaign import Campaign, Outcome, Shard
from tests.campaigns.promises import damage, people_in
from tests.campaigns.recorded_program import MORNING
from tests.campaigns.system_calls import STRACE
from tests.crash.deeds import NOTE
from tests.warm import warm

CALLS = "pwrite64,fdatasync,fsync,ftruncate"
ERRORS = ("EIO", "ENOSPC", "EROFS")
MOST = 500
PIECE = 100
UPDATES = 40
AT_ONCE = 2
SECONDS = 60


async def fail_once(shard: Shard, *, hasty: bool = False) -> Outcome:
    """Let the writes of this shard fail, each in a process of its own."""
    gate = asyncio.Semaphore(AT_ONCE)
    numbers = [shard.index * shard.count + number for number in range(shard.count)]
    if shard.count < PIECE:  # a short run looks here and there
        numbers = shard.dice().sample(range(MOST * len(ERRORS)), shard.count)

    async def one(number: int) -> list[str]:
        async with gate:
            with shard.records("sqlite") as url:
                return await asyncio.to_thread(_one, url, shard.folder / str(number), number, hasty)

    wrong = [found for found in await asyncio.gather(*map(one, numbers)) if found]
    lost = sum(any(words.startswith("tin-") for words in found) for found in wrong)
    note = f"for example: {wrong[0][0]}" if wrong else ""
    return Outcome(shard.count, lost=lost, corrupt=len(wrong) - lost, note=note)


def _one(url: str, folder: Path, number: int, hasty: bool) -> list[str]:
    """One process, one fault; what is wrong afterwards."""
    nth, error = number // len(ERRORS) + 1, ERRORS[number % len(ERRORS)]
    folder.mkdir()
    process = warm.Process(target=fed_program.eat, args=(url, folder, UPDATES, hasty))
    process.start()
    log = folder / "faults"
    fault = ("-e", f"trace={CALLS}", "-e", f"inject={CALLS}:error={error}:when={nth}")
    with subprocess.Popen([str(STRACE), "-f", "-qq", "-o", str(log), "-p", str(process.pid), *fault]) as tracer:
        _let_go_after_a_fault(tracer, log, time.monotonic() + SECONDS)
        process.join(SECONDS)
        process.kill()
        process.join()
        tracer.wait(SECONDS)
    ended = process.exitcode
    process.close()
    assert _struck(log), f"write {nth} never came"
    # the forkserver tells 255 when it could not learn how a traced process ended
    well = ended in (0, 255) and (folder / fed_program.ENDED).exists()
    found = [] if well else [f"ended with {ended} at {error} of write {nth}"]
    found += asyncio.run(_judge(url, folder))
    shutil.rmtree(folder)  # a shard's would be more than a gigabyte
    return found


def _let_go_after_a_fault(tracer: subprocess.Popen[bytes], log: Path, give_up: float) -> None:
    """Strace counts for each thread by itself, so the n-th write of the next thread would fail as well, and so on."""
    while tracer.poll() is None and time.monotonic() < give_up:
        if _struck(log):
            tracer.terminate()
            return
        time.sleep(0.005)


def _struck(log: Path) -> bool:
    return log.exists() and "(INJECTED)" in log.read_text()


async def _judge(url: str, folder: Path) -> list[str]:
    database = await open_database(url, folder, now=MORNING)
    try:
        wrong = await database.read(_uncounted) + await database.read(damage)
    finally:
        await database.close()
    chores = range(0, UPDATES, fed_program.CHORE_EVERY)
    copies = [folder / f"copy-{number}.db" for number in chores]
    wrong += [copy.name for copy in copies if not copy.exists() or checksum(copy) != known_checksum(copy)]
    journal = folder / erasures.JOURNAL
    known = people_in(journal.read_text("utf-8", "replace")) if journal.exists() else set()
    return wrong + [f"entry {number}" for number in chores if str(number) not in known]


def _uncounted(tx: Connection) -> list[str]:
    """The updates that did not take effect exactly once."""
    counted = {row.name: row.value for row in tx.execute(select(counters))}
    return [f"tin-{number}" for number in range(UPDATES) if counted.get(f"{NOTE}tin-{number}") != 1]


CAMPAIGNS = (
    Campaign("io_errors", "faults", full=MOST * len(ERRORS), short=10, piece=PIECE, run=fail_once, needs="strace"),
    Campaign(
        "io_errors_control",
        "faults",
        full=40,
        short=6,
        piece=40,
        run=partial(fail_once, hasty=True),
        control=True,
        needs="strace",
    ),
)
