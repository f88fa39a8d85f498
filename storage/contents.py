"""Where the bytes of files lie: with SQLite in the data folder, on PostgreSQL in a table that every machine reads."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from sqlalchemy import Connection, delete, exists, insert, select

from storage import files, schema
from storage.schema import file_contents
from storage.upsert import insert_into


def folder_in(data_dir: Path) -> Path:
    """The folder of the files in a data folder."""
    return data_dir / "files"


def place_of(data_dir: Path, sha256: str) -> Path:
    """Where these bytes lie in a data folder."""
    return folder_in(data_dir) / sha256[:2] / sha256


def keep(tx: Connection, file: int, sha256: str, mime: str, content: bytes) -> None:
    """Keep the bytes of a fetched file, in one transaction with the note that it was fetched."""
    put(tx, sha256, content)
    if not files.store(tx, file, sha256, mime, len(content)):
        remove_unused(tx, sha256)


def put(tx: Connection, sha256: str, content: bytes) -> None:
    """Write the bytes, or hold on to those that are there until this transaction ends."""
    row = insert_into(tx.dialect.name, file_contents).values(sha256=sha256, content=content)
    tx.execute(row.on_conflict_do_update(index_elements=["sha256"], set_={"sha256": sha256}))


def missing(tx: Connection) -> list[str]:
    """Hashes of files whose bytes are not in the table, in an order that tells nothing."""
    stored = select(schema.files.c.sha256).where(schema.files.c.state == "stored").distinct()
    there = exists().where(file_contents.c.sha256 == schema.files.c.sha256)
    return list(tx.scalars(stored.where(~there).order_by(schema.files.c.sha256)))


def adopt(tx: Connection, sha256: str, content: bytes) -> None:
    """Keep bytes that lay elsewhere, if a file still has them."""
    put(tx, sha256, content)
    remove_unused(tx, sha256)


def read(tx: Connection, sha256: str) -> bytes | None:
    """The bytes; None when they are not there."""
    content = tx.scalar(select(file_contents.c.content).where(file_contents.c.sha256 == sha256))
    return None if content is None else bytes(content)


def remove_unused(tx: Connection, sha256: str) -> None:
    """Remove the bytes unless a file has them; one that is just being kept is waited for, and then seen."""
    mine = file_contents.c.sha256 == sha256
    hold = select(file_contents.c.sha256).where(mine).with_for_update()
    held = tx.scalar(hold) or tx.scalar(hold)  # what was waited for may have been written anew by `mix`
    if held is not None and not files.is_used(tx, sha256):
        tx.execute(delete(file_contents).where(mine))


def mix(tx: Connection, sha256s: Collection[str]) -> None:
    """Write these bytes anew in the order of their hashes, so that where they lie does not tell when they came."""
    if tx.dialect.name == "postgresql":
        gone = delete(file_contents).where(file_contents.c.sha256.in_(sha256s)).returning(file_contents).cte("gone")
        again = select(gone).order_by(gone.c.sha256)  # within the server: a recording may have 20 MB
        tx.execute(insert(file_contents).from_select(["sha256", "content"], again))
