"""Bringing the tables up to date, whole or not at all."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from storage.copy_mark import unfinished_copy
from storage.unavailable import DatabaseUnavailable

SCRIPTS = Path(__file__).parent / "migrations"


def head() -> str:
    """The revision this program works with."""
    return _scripts().get_current_head() or ""


def revision_of(tx: Connection) -> str:
    """The revision of the records; empty when there are none yet."""
    return MigrationContext.configure(tx).get_current_revision() or ""


def check(tx: Connection, place: str) -> str:
    """Return the revision of records that are ours and not newer than the program; else refuse."""
    tables = inspect(tx).get_table_names()
    if unfinished_copy.name in tables:
        raise DatabaseUnavailable("half_copied", place)
    if tables and "alembic_version" not in tables:
        raise DatabaseUnavailable("foreign", place)
    revision = revision_of(tx)
    if tables and revision not in {script.revision for script in _scripts().walk_revisions()}:
        raise DatabaseUnavailable("newer", place)
    return revision


def upgrade(tx: Connection) -> None:
    """Run what is missing inside the caller's transaction, so that a crash leaves the old or the new schema."""
    config = _config()
    config.attributes["connection"] = tx
    command.upgrade(config, "head")


def new_revision(tx: Connection, message: str, number: str) -> None:
    """Write a revision file with the differences between the records and `schema.py`, for a developer to tidy."""
    config = _config()
    config.attributes["connection"] = tx
    command.revision(config, message, autogenerate=True, rev_id=number)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _scripts() -> ScriptDirectory:
    return _scripts_in(SCRIPTS)


@cache
def _scripts_in(_folder: Path) -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
