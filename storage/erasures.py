"""Erasures, written down outside the database too: a restored backup must not bring an erased person back."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, delete, exists, select, update

from conversation.messages import Address, Json
from storage.backup import onto_disk
from storage.database import leave_no_trace
from storage.schema import channel_accounts, deliveries, offers, outbox
from storage.times import from_ms, to_ms

JOURNAL = "erasures.jsonl"
JOB = "journal_erasure"
"""The kind of the job that a transaction which erases somebody enqueues; its payload goes to `append`."""

Erase = Callable[[Connection, int, datetime], None]


def entry(person: int, at: datetime) -> Json:
    """What is written down: a random number and a time, nothing else about the person."""
    return {"person": person, "at": to_ms(at)}


def append(data_dir: Path, line: Json) -> None:
    """Add an entry to the journal; on return it is on the disk. An entry may be there twice."""
    file = os.open(data_dir / JOURNAL, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(file, "ab") as journal:
        # The line feed comes first as well, so that a line torn by a crash spoils no other.
        journal.write(f"\n{json.dumps(line)}\n".encode())
        journal.flush()
        os.fsync(journal.fileno())
    onto_disk(data_dir)  # else the journal itself may be gone with the power


def replay(tx: Connection, data_dir: Path, erase: Erase) -> int:
    """Erase everybody in the journal again, which changes nothing for those already erased; how many there are."""
    journal = data_dir / JOURNAL
    erased = set()
    for line in journal.read_text("utf-8").splitlines() if journal.exists() else ():
        found = _read(line)
        if found is not None and found["person"] not in erased:
            erase(tx, found["person"], from_ms(found["at"]))
            erased.add(found["person"])
    if erased:
        leave_no_trace(tx)
    return len(erased)


def _read(line: str) -> Json | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and {"person", "at"} <= found.keys() else None


def clean_letters(tx: Connection, which: ColumnElement[bool], clean: Callable[[str], str]) -> None:
    """Reword what waits to be sent and tells of somebody who is erased."""
    for row in tx.execute(select(outbox.c.id, outbox.c.payload).where(which).with_for_update()).all():
        cleaned = {**row.payload, "text": clean(row.payload["text"])}
        if "choices" in cleaned:
            cleaned["choices"] = [[data, clean(label)] for data, label in cleaned["choices"]]
        if cleaned != row.payload:
            tx.execute(update(outbox).where(outbox.c.id == row.id).values(payload=cleaned))


def about(person: int) -> ColumnElement[bool]:
    """The letters to others that tell of somebody."""
    return outbox.c.subject_id == person


def to_any_of(persons: Collection[int]) -> ColumnElement[bool]:
    """Whatever waits for these people."""
    here = (channel_accounts.c.account == outbox.c.account, channel_accounts.c.chat == outbox.c.chat)
    return exists().where(*here, channel_accounts.c.person_id.in_(persons))


def forget_letters(tx: Connection, address: Address, at: datetime) -> None:
    """Throw away what waits to be sent to a chat, and what was offered to it."""
    waiting = select(outbox.c.delivery_id).where(outbox.c.account == address.account, outbox.c.chat == address.chat)
    ended = {"status": "skipped", "reason": "erased", "settled_at": to_ms(at)}
    tx.execute(update(deliveries).where(deliveries.c.id.in_(waiting)).values(ended))
    for table in (outbox, offers):
        tx.execute(delete(table).where(table.c.account == address.account, table.c.chat == address.chat))
