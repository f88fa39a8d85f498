"""The tables of the program are those of its migrations, and an upgrade happens whole or not at all."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Connection, inspect, text

from bot.features import erase
from storage import audit, audit_chain, invites, migrate, people, rights
from storage.database import Database, DatabaseUnavailable, open_database
from storage.schema import metadata
from tests.storage.conftest import NOW
from tests.storage.test_databases_exist import ask
from tests.storage.versions import AFTER, HEAD, up_to, with_one_more
from tests.storage.words import put, words

ROOT = Path(__file__).parents[2]
REVISION = "SELECT version_num FROM alembic_version"


def differences(tx: Connection) -> list[Any]:
    """What a new migration would have to change."""
    on_server = tx.dialect.name == "postgresql"  # Alembic cannot compare an empty default on SQLite
    context = MigrationContext.configure(tx, opts={"compare_type": True, "compare_server_default": on_server})
    return list(compare_metadata(context, metadata))


def checks(tx: Connection) -> dict[str, set[str | None]]:
    """The check constraints of each table, which Alembic does not compare."""
    inspector = inspect(tx)
    return {table: {check["name"] for check in inspector.get_check_constraints(table)} for table in metadata.tables}


async def test_the_migrations_make_the_tables_of_the_program(database: Database) -> None:
    assert await database.write(differences) == []
    expected = {
        name: {str(check.name) for check in table.constraints if isinstance(check, CheckConstraint)}
        for name, table in metadata.tables.items()
    }
    assert await database.write(checks) == expected


async def test_partial_indexes_have_their_conditions(database: Database) -> None:
    catalogue = (
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
        if database.dialect == "sqlite"
        else "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    )
    found = {name: sql for name, sql in (await database.read(lambda tx: tx.execute(text(catalogue)).all()))}
    conditional = {
        index.name for table in metadata.tables.values() for index in table.indexes
        if index.dialect_options["sqlite"]["where"] is not None
    }  # fmt: skip
    assert conditional == {name for name, sql in found.items() if " WHERE " in sql}


async def test_an_upgrade_keeps_what_was_there(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await open_database(database_url, tmp_path, now=NOW)
    await database.write(put, "old")
    await database.close()
    monkeypatch.setattr(migrate, "SCRIPTS", with_one_more(tmp_path))
    with pytest.raises(DatabaseUnavailable, match="cũ hơn"):
        await open_database(database_url, tmp_path, now=NOW, migrate=False)
    database = await open_database(database_url, tmp_path, now=NOW)
    assert await database.read(words) == {"old"}
    assert await database.read(lambda tx: tx.scalar(text(REVISION))) == AFTER
    await database.close()


OF_0_2_0 = (
    "INSERT INTO units (code, depth, kind, name, full_name, fold, path) VALUES ('79', 0, 'x', 'x', 'x', 'x', '79/')",
    "INSERT INTO people (id, name, name_fold, unit_code, registered_at) VALUES (7, 'Lan', 'lan', '79', 1)",
    "INSERT INTO channel_accounts (account, chat, person_id, linked_at) VALUES ('test:1', '7', 7, 1)",
    "INSERT INTO consents (person_id, purpose, text, text_sha256, account, evidence, given_at) "
    "VALUES (7, 'news', 'x', 'x', 'test:1', '1', 1)",
    "INSERT INTO roles (person_id, role, unit_code, granted_at) VALUES (7, 'admin', '79', 1)",
    "INSERT INTO invites (code_hash, role, unit_code, issued_by, issued_at, expires_at) "
    "VALUES ('x', 'auditor', '79', 'cli', 1, 9000000000000)",
    "INSERT INTO invites (code_hash, role, unit_code, issued_by, issued_at, expires_at, used_at, used_by) "
    "VALUES ('y', 'admin', '79', 'cli', 1, 2, 1, 7)",
    "INSERT INTO audit (at, actor_id, actor_name, action, object_kind, object_id, subject_id) "
    "VALUES (1, 7, 'Lan', 'view', 'ticket', 'PA', 7)",
)
"""Rows as 0.2.0 wrote them."""


async def test_records_of_0_2_0_go_on(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(migrate, "SCRIPTS", up_to(tmp_path, "0002"))
        database = await open_database(database_url, tmp_path, now=NOW)
        await database.write(lambda tx: [tx.execute(text(row)) for row in OF_0_2_0])
        await database.close()
    database = await open_database(database_url, tmp_path, now=NOW)

    def goes_on(tx: Connection) -> None:
        assert [held.office for held in rights.held_by(tx, 7)] == [people.Role("admin", "79")]
        assert [each.kind for each in people.consents_in_force(tx, 7)] == ["chat"]
        found = invites.usable(tx, "x", NOW)
        assert found is not None
        assert (found.issuer, found.office) == (None, people.Role("auditor", "79"))
        assert invites.undecided(tx, NOW) == []  # nobody is told that what they took in 0.2.0 has lapsed
        audit.note(tx, 7, NOW, "view", "ticket", "PB", subject=7)

    await database.write(goes_on)
    log = await database.read(audit_chain.verify)
    assert (log.wrong, log.rows, log.older) == ("", 1, 1)
    await database.write(erase, 7, NOW)
    assert "Lan" not in str(await database.read(lambda tx: tx.execute(text("SELECT * FROM audit")).all()))
    await database.close()


async def test_before_an_upgrade_there_is_a_backup(
    sqlite: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sqlite.write(put, "old")
    await sqlite.close()
    assert not (tmp_path / "data").exists()
    monkeypatch.setattr(migrate, "SCRIPTS", with_one_more(tmp_path))
    for _ in range(2):
        await (await open_database(sqlite.url, tmp_path / "data", now=NOW + timedelta(days=1))).close()
    (backup,) = (tmp_path / "data" / "backups").glob("*.db")
    assert backup.name == f"caunoi-20260303T010000Z-{HEAD}.db"
    with closing(sqlite3.connect(backup)) as copy:
        assert copy.execute(REVISION).fetchall() == [(HEAD,)]
        assert copy.execute("SELECT name FROM counters").fetchall() == [("old",)]


async def test_an_upgrade_that_fails_leaves_no_backup_at_each_attempt(
    sqlite: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sqlite.write(put, "old")
    await sqlite.close()
    scripts = with_one_more(tmp_path)
    monkeypatch.setattr(migrate, "SCRIPTS", scripts)
    with (scripts / "versions" / f"{AFTER}_next.py").open("a") as failing:
        failing.write("    op.execute('INSERT INTO extra (id) VALUES (1)')\n")
    for seconds in range(3):
        with pytest.raises(DatabaseUnavailable):
            await open_database(sqlite.url, tmp_path / "data", now=NOW + timedelta(seconds=seconds))
    assert not list((tmp_path / "data" / "backups").iterdir())
    assert await ask(sqlite.url, REVISION, "SELECT name FROM counters") == [HEAD, "old"]


# --- killed on the way ----------------------------------------------------------------------------------------------


@contextmanager
def kills(url: str, data_dir: Path, scripts: Path, step: int = 1) -> Iterator[Iterator[int]]:
    """Upgrades in another process, killed before the 1st, 2nd… statement; the test looks at what is left of each."""
    command = [sys.executable, "-m", "tests.storage.dying", url, str(data_dir), str(scripts), "0", str(step)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        yield _each_kill(process)


def _each_kill(process: subprocess.Popen[str]) -> Iterator[int]:
    assert process.stdin is not None
    assert process.stdout is not None
    for line in process.stdout:
        word, *numbers = line.split()
        if word == "ended":
            assert numbers[0] == "0"
            return
        yield int(numbers[0])
        process.stdin.write("go on\n")
    raise AssertionError("the dying process died of something else")


@pytest.mark.crash
def test_a_first_start_killed_anywhere_leaves_no_file_or_a_whole_one(tmp_path: Path) -> None:
    file, killed = tmp_path / "caunoi.db", 0
    with kills(f"sqlite:///{file}", tmp_path, migrate.SCRIPTS) as each:
        for killed in each:  # noqa: B007 - used below
            if file.exists():
                assert sqlite_tables(file) == set(metadata.tables) | {"alembic_version"}
    assert killed > sum(1 + len(table.indexes) for table in metadata.tables.values())
    assert sqlite_tables(file) == set(metadata.tables) | {"alembic_version"}


def sqlite_tables(file: Path) -> set[str]:
    """The tables of a file of ours, found whole."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        return {name for (name,) in names if not name.startswith("sqlite_")}


@pytest.mark.crash
async def test_an_upgrade_killed_anywhere_leaves_the_old_or_the_new_schema(database_url: str, tmp_path: Path) -> None:
    database = await open_database(database_url, tmp_path, now=NOW)
    await database.write(put, "kept")
    await database.close()
    counts: set[tuple[object, ...]] = set()
    with kills(database_url, tmp_path, with_one_more(tmp_path)) as each:
        for _ in each:
            counts.add(await schema_found(database_url))
    counts.add(await schema_found(database_url))
    assert counts <= {(HEAD, 0, 0, 1), (AFTER, 1, 1, 1)}
    assert len(counts) == 2


async def schema_found(url: str) -> tuple[object, ...]:
    """The revision, whether the new table and the new column are there, and the old word."""
    if url.startswith("sqlite"):
        table = "SELECT count(*) FROM sqlite_schema WHERE name = 'extra'"
        column = "SELECT count(*) FROM pragma_table_info('jobs') WHERE name = 'note'"
    else:
        table = "SELECT count(*) FROM information_schema.tables WHERE table_name = 'extra'"
        column = "SELECT count(*) FROM information_schema.columns WHERE column_name = 'note'"
    return tuple(await ask(url, REVISION, table, column, "SELECT count(*) FROM counters WHERE name = 'kept'"))


async def test_many_starting_at_once_on_a_server_upgrade_once(empty_postgres: str, tmp_path: Path) -> None:
    opened = await asyncio.gather(*(open_database(empty_postgres, tmp_path, now=NOW) for _ in range(6)))
    assert await opened[0].read(lambda tx: tx.scalar(text(REVISION))) == migrate.head()
    for database in opened:
        await database.close()


def test_the_newest_revision_is_read_off_the_names_of_the_files() -> None:
    assert ScriptDirectory.from_config(migrate._config()).get_current_head() == migrate.head()
