"""What a program has told others, as it left through its sockets, and whether a disk still bears it out."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote_plus

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from sandbox.updates import FIRST_UPDATE
from storage import backup, erasures, restore
from storage.database import DatabaseUnavailable, open_database
from storage.schema import channel_accounts, files, inbox_updates, jobs, tickets
from tests.campaigns.recorded_program import MORNING

_OFFSET = re.compile(r"/getUpdates\?\S*offset=(\d+)")
_TICKET = re.compile(r"Đã nhận\. Số của .{2,9}: (PA \d{4}-\d{4})")
_NAMELESS = re.compile(r"Mã tra cứu: \d{4}-\d{4}")
_ERASED = re.compile(r"Đã xóa xong lúc")
_CHAT = re.compile(r"chat_id=(\d+)")
_BACKUP = re.compile(r'"sha256": "([0-9a-f]{64})"')


@dataclass
class Promises:
    """What was acknowledged to the platform and confirmed to people and the operator so far."""

    offset: int = FIRST_UPDATE
    """Updates below were acknowledged."""
    tickets: set[str] = field(default_factory=set)
    nameless: int = 0
    erased: set[str] = field(default_factory=set)
    """Chats of people who were told that they are forgotten."""
    backups: set[str] = field(default_factory=set)

    def hear(self, data: bytes) -> None:
        """Take note of what leaves through a socket."""
        said = unquote_plus(data.decode("utf-8", "replace"))
        if acknowledged := _OFFSET.search(said):
            self.offset = max(self.offset, int(acknowledged[1]))
        self.tickets |= set(_TICKET.findall(said))
        self.nameless += len(_NAMELESS.findall(said))
        self.backups |= set(_BACKUP.findall(said))
        if _ERASED.search(said) and (chat := _CHAT.search(said)):
            self.erased.add(chat[1])

    def broken(self, tx: Connection, journal: str) -> list[str]:
        """What the records do not bear out, a word for each."""
        taken = set(map(int, tx.scalars(select(inbox_updates.c.update_id))))
        wrong = [f"update {number}" for number in range(FIRST_UPDATE, self.offset) if number not in taken]
        wrong += [f"ticket {code}" for code in self.tickets - set(tx.scalars(select(tickets.c.code)))]
        if len(tx.scalars(select(tickets.c.id).where(tickets.c.anonymous)).all()) < self.nameless:
            wrong.append("ticket without a name")
        known = set(tx.scalars(select(channel_accounts.c.chat)))
        wrong += [f"erasure of {chat}" for chat in self.erased & known]
        waiting = tx.scalars(select(jobs.c.payload).where(jobs.c.kind == erasures.JOB)).all()
        if len(people_in(journal) | {str(payload["person"]) for payload in waiting}) < len(self.erased):
            wrong.append("entry in the journal of erasures")
        return wrong


@dataclass
class Judge:
    """Looks at disks after a crash."""

    folder: Path
    """Where to try backups."""
    seen: dict[tuple[str, str | None], bool] = field(default_factory=dict)
    """Backups that were tried already, by their checksums: whether one can be restored."""

    async def look(self, data: Path, promises: Promises) -> tuple[list[str], list[str]]:
        """What is lost, and what is corrupt."""
        lost, corrupt = await self._backups(data, promises)
        try:
            database = await open_database(f"sqlite:///{data / 'caunoi.db'}", data, now=MORNING)
        except DatabaseUnavailable as refusal:
            return lost, [*corrupt, f"opening: {refusal.kind}"]
        except DBAPIError as failure:  # seen in the build that syncs nothing: a schema of two ages
            return lost, [*corrupt, f"opening: {failure.orig}"]
        journal = data / erasures.JOURNAL
        entries = journal.read_text("utf-8", "replace") if journal.exists() else ""
        try:
            lost += await database.read(promises.broken, entries)
            corrupt += await database.read(damage)
            lost += [f"file {digest[:6]}" for digest in await database.read(stored) if not _is_whole(data, digest)]
        finally:
            await database.close()
        return lost, corrupt

    async def _backups(self, data: Path, promises: Promises) -> tuple[list[str], list[str]]:
        """Each is whole or refused; those that were confirmed are whole."""
        good, corrupt = set(), []
        for copy in (data / "backups").glob("*.db"):
            digest, known = backup.checksum(copy), backup.known_checksum(copy)
            if (digest, known) not in self.seen:
                self.seen[digest, known] = self._restorable(copy)
            if self.seen[digest, known]:
                good.add(digest)
            elif known in (None, digest):
                corrupt.append("a backup that does not say so")
        return [f"backup {digest[:6]}" for digest in promises.backups - good], corrupt

    def _restorable(self, copy: Path) -> bool:
        try:
            restore.restore(copy, self.folder / f"{len(self.seen)}.db", MORNING)
        except (restore.BackupRefused, DatabaseUnavailable):
            return False
        return True


def damage(tx: Connection) -> list[str]:
    """What SQLite itself finds wrong."""
    found = [row[0] for row in tx.exec_driver_sql("PRAGMA integrity_check(3)")]
    wrong = [] if found == ["ok"] else [f"integrity: {found[0]}"]
    return wrong + [f"reference in {row[0]}" for row in tx.exec_driver_sql("PRAGMA foreign_key_check")]


def stored(tx: Connection) -> list[str]:
    """The hashes of files whose bytes must be there."""
    return [str(digest) for digest in tx.scalars(select(files.c.sha256).where(files.c.state == "stored"))]


def _is_whole(data: Path, digest: str) -> bool:
    place = data / "files" / digest[:2] / digest
    return place.is_file() and backup.checksum(place) == digest


def people_in(journal: str) -> set[str]:
    """Whom the journal of erasures names, whatever a crash did to a line of it."""
    found = set()
    for line in journal.splitlines():
        try:
            found.add(str(json.loads(line)["person"]))
        except ValueError:
            continue
    return found
