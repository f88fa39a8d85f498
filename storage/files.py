"""Photos and voice messages: what is awaited, kept, refused or erased; the bytes lie in a folder, by their hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, insert, select, update

from conversation.messages import FileRef
from storage import jobs
from storage.ids import random_id
from storage.schema import files
from storage.times import VIETNAM

FETCH = "fetch_file"
ERASE = "erase_file"
"""Kinds of job; their payloads are `{"file": id}` and `{"sha256": hash}`."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A file that still lies at the platform."""

    account: str
    ref: FileRef


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of ours."""

    kind: Literal["photo", "voice"]
    sha256: str
    mime: str
    size: int


def expect(tx: Connection, ref: FileRef, account: str, day: str) -> int:
    """Await a file sent on `day` (ISO, Vietnam) and have it fetched; returns its id, which tells nothing."""
    number = random_id()
    row = {"id": number, "kind": ref.kind, "state": "pending", "account": account, "ref": ref.ref, "kept_on": day}
    tx.execute(insert(files).values(row | {"size": ref.size or None}))
    due = datetime.fromisoformat(day).replace(tzinfo=VIETNAM)  # at once; the hour would tell who sent it
    jobs.enqueue(tx, FETCH, {"file": number}, due, f"{FETCH}:{number}")
    return number


def pending(tx: Connection, file: int) -> Pending | None:
    """What is still to be fetched; None when that has been settled."""
    row = tx.execute(select(files).where(files.c.id == file, files.c.state == "pending")).one_or_none()
    return Pending(row.account, FileRef(row.kind, row.ref, row.size or 0)) if row else None


def kept(tx: Connection, file: int) -> Kept | None:
    """A stored file; None while it is awaited, and when it was refused or erased."""
    row = tx.execute(select(files).where(files.c.id == file, files.c.state == "stored")).one_or_none()
    return Kept(row.kind, row.sha256, row.mime, row.size) if row else None


def store(tx: Connection, file: int, sha256: str, mime: str, size: int) -> bool:
    """Note that a file was fetched; False when nobody waits for it any more, and its bytes must go."""
    return _settle(tx, file, "pending", state="stored", sha256=sha256, mime=mime, size=size)


def refuse(tx: Connection, file: int) -> bool:
    """Note that a file cannot be had: too large, gone, or not what it says."""
    return _settle(tx, file, "pending", state="refused")


def erase(tx: Connection, file: int, at: datetime) -> None:
    """Forget a file; a job removes the bytes, unless they belong to another file too."""
    known = kept(tx, file)
    _settle(tx, file, "pending", "stored", state="erased", sha256=None, mime=None, size=None)
    if known is not None:
        jobs.enqueue(tx, ERASE, {"sha256": known.sha256}, at, f"{ERASE}:{known.sha256}")


def is_used(tx: Connection, sha256: str) -> bool:
    """Tell whether any file has these bytes."""
    return tx.scalar(select(files.c.id).where(files.c.sha256 == sha256).limit(1)) is not None


def _settle(tx: Connection, file: int, *states: str, **values: str | int | None) -> bool:
    """Change a file that is in one of the states; where it lay at the platform is forgotten."""
    change = update(files).where(files.c.id == file, files.c.state.in_(states))
    return tx.execute(change.values(account=None, ref=None, **values)).rowcount > 0
