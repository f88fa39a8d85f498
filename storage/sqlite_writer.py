"""The one thread that writes to SQLite: what queued up while the last commit ran goes into the next one."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from sqlalchemy import Connection

from storage.sqlite_file import BUSY_MS, WRITER_SETTINGS, driver_of, engine_of
from storage.sqlite_watch import OpenedFile
from storage.trouble import Trouble
from storage.unavailable import DatabaseUnavailable, Kind, storage_fault
from storage.unit_end import end_unit

LARGEST_BATCH = 64
TRACE_RETRY_SECONDS = 0.05
LEAVES_NO_TRACE = "leaves no trace"


@dataclass(slots=True, eq=False)
class Unit:
    """One unit of work, and what became of it."""

    work: Callable[[Connection], Any]
    done: asyncio.Future[Any]
    result: Any = None
    failure: BaseException | None = None


class TransactionLost(Exception):
    """SQLite rolled back the whole transaction by itself, as it does on a full disk."""


class SqliteWriter:
    """Groups units of work into transactions; each has a savepoint, so that a bad one undoes itself alone."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._engine = engine_of(file, *WRITER_SETTINGS)
        self._opened = OpenedFile(file)
        self._queue: SimpleQueue[Unit | None] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._closing = False
        self._trace_left = False
        self.trouble = Trouble()
        self._ended = self._loop.create_future()
        self.failed: asyncio.Future[None] = self._loop.create_future()
        # a daemon: a process that must end at once does not wait for it, and nobody was told of what it had not kept
        self._thread = threading.Thread(target=self._run, name="sqlite-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Connection], Any]) -> asyncio.Future[Any]:
        """Queue a unit; its future is resolved after COMMIT returned."""
        if self._closing or self._ended.done():
            raise DatabaseUnavailable("stopped", str(self._file))
        unit = Unit(work, self._loop.create_future())
        self._queue.put(unit)
        return unit.done

    async def close(self) -> None:
        """Write what is queued, then end the thread."""
        if not self._closing:
            self._closing = True
            self._queue.put(None)
        await asyncio.shield(self._ended)
        self.failed.cancel()

    # --- on the thread ----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        batch: list[Unit] = []
        try:
            open_for_more = True
            while open_for_more:
                batch.clear()
                open_for_more = self._collect(batch)
                if batch:
                    self._commit(batch)
                self._opened.require()  # else what was committed may be nowhere, and nobody is told that it is kept
                if self._trace_left:
                    self._truncate_log()
                self._tell(batch)
        except BaseException as failure:  # whatever it was, nobody may wait for ever
            self._die(batch, failure)
        if not self._opened.taken_away:
            self._engine.dispose()
        self._call(self._end)
        if self._opened.taken_away:  # to close would write the log into what is not ours, so this frame keeps it open
            threading.Event().wait()

    def _collect(self, batch: list[Unit]) -> bool:
        """Fill the batch with what is queued; False when it is the last one."""
        try:
            unit = self._queue.get(timeout=TRACE_RETRY_SECONDS if self._trace_left else None)
            while unit is not None:
                if not unit.done.cancelled():  # its caller gave up before it began
                    batch.append(unit)
                if len(batch) == LARGEST_BATCH:
                    return True
                unit = self._queue.get_nowait()
        except Empty:
            return True
        return False

    def _commit(self, batch: list[Unit]) -> None:
        try:
            with self._engine.connect() as tx:
                tx.info.pop(LEAVES_NO_TRACE, None)
                driver = driver_of(tx)
                already = driver.total_changes
                with tx.begin():
                    for unit in batch:
                        self._perform(tx, driver, unit)
                        if not driver.in_transaction:
                            raise TransactionLost from unit.failure
                self._trace_left |= tx.info.pop(LEAVES_NO_TRACE, False)
                if driver.total_changes > already:  # a full disk takes a commit that changes nothing
                    self.trouble.back()
        except Exception as failure:  # of the transaction: nobody is confirmed
            self._fail_all(batch, failure)

    def _perform(self, tx: Connection, driver: sqlite3.Connection, unit: Unit) -> None:
        # the driver's own savepoint costs a tenth of SQLAlchemy's
        driver.execute("SAVEPOINT unit")
        try:
            unit.result = unit.work(tx)
            end_unit(tx)
            if tx.in_nested_transaction():
                raise RuntimeError("the unit of work left a savepoint open")
        except BaseException as failure:  # a SystemExit must not end the writer
            unit.failure = failure
            if not driver.in_transaction:
                return
            while nested := tx.get_nested_transaction():
                nested.close()
            driver.execute("ROLLBACK TO unit")
        driver.execute("RELEASE unit")

    def _fail_all(self, batch: list[Unit], failure: Exception) -> None:
        cause = failure.__cause__ if isinstance(failure, TransactionLost) else failure
        kind: Kind = (storage_fault(cause) if cause else None) or "full"
        self.trouble.lost(kind)
        for unit in batch:
            unit.failure = DatabaseUnavailable(kind, str(self._file))
            unit.failure.__cause__ = failure

    def _truncate_log(self) -> None:
        """Empty the write-ahead log; a reader may hold it off, then it is tried again."""
        with self._engine.connect() as tx:
            driver = driver_of(tx)
            driver.execute("PRAGMA busy_timeout = 0")  # waiting for a reader would make every turn wait
            try:
                busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlite3.OperationalError:
                busy = True
            finally:
                driver.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        self._trace_left = bool(busy)

    def _die(self, batch: list[Unit], failure: BaseException) -> None:
        """Tell all who wait, and those who watch over the process, that nothing will be written any more."""
        self._closing = True
        while not self._queue.empty():
            if unit := self._queue.get_nowait():
                batch.append(unit)
        for unit in batch:
            unit.failure = DatabaseUnavailable("stopped", str(self._file))
            unit.failure.__cause__ = failure
        self._tell(batch)
        self._call(self._announce, failure)

    def _tell(self, batch: list[Unit]) -> None:
        if batch:
            self._call(_resolve, tuple(batch), str(self._file))

    def _call(self, function: Callable[..., None], *arguments: object) -> None:
        try:
            self._loop.call_soon_threadsafe(function, *arguments)
        except RuntimeError:
            return  # the loop is closed, so nobody waits

    # --- on the loop ------------------------------------------------------------------------------------------------

    def _announce(self, failure: BaseException) -> None:
        if not self.failed.done():
            self.failed.set_exception(presentable(failure, str(self._file)))

    def _end(self) -> None:
        self._ended.set_result(None)


def _resolve(batch: tuple[Unit, ...], place: str) -> None:
    for unit in batch:
        if unit.done.done():  # its caller gave up meanwhile
            continue
        if unit.failure is None:
            unit.done.set_result(unit.result)
        else:
            unit.done.set_exception(presentable(unit.failure, place))


def presentable(failure: BaseException, place: str) -> Exception:
    """The failure as its caller may see it: the storage's own faults by name, and nothing that ends a loop."""
    if kind := storage_fault(failure):
        unavailable = DatabaseUnavailable(kind, place)
        unavailable.__cause__ = failure
        return unavailable
    if isinstance(failure, Exception) and not isinstance(failure, StopIteration):
        return failure
    # a Future takes no StopIteration, and SystemExit or CancelledError would end its reader instead of telling it
    escaped = RuntimeError(f"the unit of work raised {failure!r}")
    escaped.__cause__ = failure
    return escaped
