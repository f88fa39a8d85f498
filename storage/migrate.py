"""Bringing the tables up to date, whole or not at all.

Alembic is imported only when there is something to do: it takes 11 MB of memory, and most starts upgrade nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from storage.copy_mark import unfinished_copy
from storage.schema import metadata
from storage.unavailable import DatabaseUnavailable, Kind

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = Path(__file__).parent / "migrations"
CORE = frozenset({"chat_sessions", "inbox_updates", "outbox", "people", "units"})
"""Tables that every version has: others, too, name their revisions 0001 in a table alembic_version."""


def head() -> str:
    """The revision this program works with."""
    return max(_revisions(), default="")


def revision_of(tx: Connection) -> str:
    """The revision of the records; empty when there are none yet."""
    if not inspect(tx).has_table("alembic_version"):
        return ""
    return tx.scalar(text("SELECT version_num FROM alembic_version")) or ""


def check(tx: Connection, place: str) -> str:
    """Return the revision of records, empty on a new server; refuse those that are not ours, newer or damaged."""
    tables = set(inspect(tx).get_table_names())
    if not tables and tx.dialect.name != "sqlite":
        return ""
    revision = revision_of(tx) if tables >= CORE else ""
    if why := _why_not(tables, revision):
        raise DatabaseUnavailable(why, place)
    return revision


def _why_not(tables: set[str], revision: str) -> Kind | None:
    if not tables >= CORE:  # a file of ours never is empty: a new one is made under another name
        return "foreign" if tables else "corrupt"
    if unfinished_copy.name in tables:
        return "half_copied"
    if revision and revision not in _revisions():
        return "newer"
    if not revision or (revision == head() and not metadata.tables.keys() <= tables):
        return "corrupt"
    return None


def upgrade(tx: Connection) -> None:
    """Run what is missing inside the caller's transaction, so that a crash leaves the old or the new schema."""
    from alembic import command  # noqa: PLC0415 - see above

    config = _config()
    config.attributes["connection"] = tx
    command.upgrade(config, "head")


def new_revision(tx: Connection, message: str, number: str) -> None:
    """Write a revision file with the differences between the records and `schema.py`, for a developer to tidy."""
    from alembic import command  # noqa: PLC0415 - see above

    config = _config()
    config.attributes["connection"] = tx
    command.revision(config, message, autogenerate=True, rev_id=number)


def _config() -> Config:
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _revisions() -> set[str]:
    """All revisions there are: the number before the name of each file."""
    return {file.name.partition("_")[0] for file in (SCRIPTS / "versions").glob("[0-9]*_*.py")}
