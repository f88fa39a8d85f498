"""What is refused at the door, in plain words, and left as it was."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from storage import migrate
from storage.database import Database, DatabaseUnavailable, open_database
from storage.schema import metadata
from storage.sqlite_open import prepare
from storage.unavailable import WORDS
from tests.storage.conftest import NOW
from tests.storage.test_databases_exist import ask
from tests.storage.words import execute, put, words

ROOT = Path(__file__).parents[2]


async def refused(url: str, tmp_path: Path, *, migrate: bool = True) -> str:
    """Try to open, and return why that was refused."""
    with pytest.raises(DatabaseUnavailable) as refusal:
        await open_database(url, tmp_path / "data", now=NOW, migrate=migrate)
    assert str(refusal.value.sentence.partition("{")[0]) in str(refusal.value)
    return refusal.value.kind


@pytest.fixture
async def closed(tmp_path: Path) -> Path:
    """A data file of ours with a word in it, closed."""
    database = await open_database(f"sqlite:///{tmp_path}/caunoi.db", tmp_path / "data", now=NOW)
    await database.write(put, "word")
    await database.close()
    return tmp_path / "caunoi.db"


@contextmanager
def another_process(file: Path) -> Iterator[subprocess.Popen[str]]:
    """Another Cầu Nối that tries to open the file."""
    command = [sys.executable, "-m", "tests.storage.opening", f"sqlite:///{file}", str(file.parent / "data")]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def said(process: subprocess.Popen[str]) -> str:
    """The next line it prints."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


# --- one at a time --------------------------------------------------------------------------------------------------


async def test_a_second_process_is_refused_in_plain_words(sqlite: Database, tmp_path: Path) -> None:
    await sqlite.write(put, "word")
    with another_process(tmp_path / "caunoi.db") as second:
        assert said(second) == "locked"
    with pytest.raises(DatabaseUnavailable, match="Đang có một Cầu Nối khác chạy trên tệp dữ liệu này"):
        await open_database(sqlite.url, tmp_path, now=NOW)
    assert await sqlite.read(words) == {"word"}


async def test_another_name_of_the_file_is_the_same_file(sqlite: Database, tmp_path: Path) -> None:
    (tmp_path / "other.db").symlink_to(tmp_path / "caunoi.db")
    assert await refused(f"sqlite:///{tmp_path}/other.db", tmp_path) == "locked"


async def test_the_lock_ends_with_a_killed_process(closed: Path, tmp_path: Path) -> None:
    with another_process(closed) as killed:
        assert said(killed) == "open"
        assert await refused(f"sqlite:///{closed}", tmp_path) == "locked"
        killed.kill()
        killed.wait()
        database = await open_database(f"sqlite:///{closed}", tmp_path, now=NOW)
        assert await database.read(words) == {"word"}
        await database.close()


async def test_a_refused_opening_leaves_no_lock_behind(tmp_path: Path) -> None:
    file = tmp_path / "caunoi.db"
    file.write_bytes(b"not a database at all")
    assert await refused(f"sqlite:///{file}", tmp_path) == "foreign"
    file.unlink()
    await (await open_database(f"sqlite:///{file}", tmp_path, now=NOW)).close()


# --- not ours, or not any more --------------------------------------------------------------------------------------


def foreign_text(file: Path) -> None:
    file.write_bytes(b"Dear diary\n" * 1000)


def foreign_tables(file: Path) -> None:
    other = sqlite3.connect(file)
    other.execute("CREATE TABLE recipes (name TEXT)")
    other.close()


def foreign_tables_in_wal(file: Path) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("PRAGMA journal_mode = WAL")
    other.execute("CREATE TABLE recipes (name TEXT)")
    other.close()


def foreign_tables_with_our_revision(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("CREATE TABLE people (name TEXT)")
        other.execute("CREATE TABLE alembic_version (version_num TEXT)")
        other.execute("INSERT INTO alembic_version VALUES ('0001')")


FOREIGN = [foreign_text, foreign_tables, foreign_tables_in_wal, foreign_tables_with_our_revision]


@pytest.mark.parametrize("make", FOREIGN)
async def test_a_foreign_file_is_refused_and_untouched(make: Callable[[Path], None], tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    file = folder / "their.db"
    make(file)
    before = file.read_bytes()
    assert await refused(f"sqlite:///{file}", tmp_path) == "foreign"
    assert file.read_bytes() == before
    assert {path.name for path in folder.iterdir()} == {"their.db", "their.db.lock"}


@pytest.mark.parametrize("revision", [None, "0001", "9f3c", migrate.head()])
async def test_foreign_tables_on_a_server_are_refused_and_untouched(
    empty_postgres: str, tmp_path: Path, revision: str | None
) -> None:
    await ask(empty_postgres, "CREATE TABLE recipes (name TEXT)")
    if revision:
        await ask(empty_postgres, f"CREATE TABLE alembic_version AS SELECT '{revision}' AS version_num")
    assert await refused(empty_postgres, tmp_path) == "foreign"
    tables = "SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname = 'public'"
    assert set(str((await ask(empty_postgres, tables))[0]).split(",")) - {"alembic_version"} == {"recipes"}


@pytest.mark.parametrize("statement", ["DELETE FROM alembic_version", "DROP TABLE alembic_version"])
async def test_records_that_do_not_say_their_revision_are_damaged(
    database_url: str, tmp_path: Path, statement: str
) -> None:
    await (await open_database(database_url, tmp_path, now=NOW)).close()
    await ask(database_url, statement)
    assert await refused(database_url, tmp_path) == "corrupt"


async def test_a_file_without_any_table_is_damaged(tmp_path: Path) -> None:
    foreign_tables(tmp_path / "caunoi.db")
    await ask(f"sqlite:///{tmp_path}/caunoi.db", "DROP TABLE recipes")
    assert await refused(f"sqlite:///{tmp_path}/caunoi.db", tmp_path) == "corrupt"


def test_every_version_has_the_tables_by_which_records_are_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tmp_path / "migrations"
    shutil.copytree(migrate.SCRIPTS, first, ignore=shutil.ignore_patterns("__pycache__", "000[2-9]_*"))
    monkeypatch.setattr(migrate, "SCRIPTS", first)
    prepare(tmp_path / "caunoi.db", tmp_path, NOW, may_migrate=True)
    with closing(sqlite3.connect(tmp_path / "caunoi.db")) as connection:
        found = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    assert found >= migrate.CORE
    assert metadata.tables.keys() >= migrate.CORE


async def test_a_newer_schema_is_refused_and_untouched(database_url: str, tmp_path: Path) -> None:
    database = await open_database(database_url, tmp_path, now=NOW)
    await database.write(put, "word")
    await database.write(execute, "UPDATE alembic_version SET version_num = '9999'")
    await database.close()
    file = tmp_path / "caunoi.db"
    before = file.read_bytes() if file.exists() else b""
    assert await refused(database_url, tmp_path) == "newer"
    assert (file.read_bytes() if file.exists() else b"") == before


def empty(file: Path) -> None:
    file.write_bytes(b"")


def halved(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def headless(file: Path) -> None:
    file.write_bytes(bytes(100) + file.read_bytes()[100:])


def scribbled(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[4096 * 5 : 4096 * 9] = b"\x55" * 4096 * 4
    file.write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        (empty, "corrupt"),
        (halved, "corrupt"),
        (headless, "foreign"),
        (scribbled, "corrupt"),
        (Path.unlink, "missing"),
    ],
)
async def test_a_damaged_file_is_refused_and_never_begun_anew(
    damage: Callable[[Path], None], kind: str, closed: Path, tmp_path: Path
) -> None:
    damage(closed)
    if kind == "missing":
        Path(f"{closed}-wal").write_bytes(b"a log without its file")
    before = closed.read_bytes() if closed.exists() else None
    assert await refused(f"sqlite:///{closed}", tmp_path) == kind
    assert (closed.read_bytes() if closed.exists() else None) == before


async def test_a_file_left_in_mid_checkpoint_is_mended_from_its_log(closed: Path, tmp_path: Path) -> None:
    crashed = tmp_path / "crashed.db"
    with closing(sqlite3.connect(closed, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("VACUUM")  # writes every page into the log
        shutil.copyfile(f"{closed}-wal", f"{crashed}-wal")
        content = closed.read_bytes()
    crashed.write_bytes(content[:4096] + b"\x55" * (len(content) - 4096))
    database = await open_database(f"sqlite:///{crashed}", tmp_path / "data", now=NOW)
    assert await database.read(words) == {"word"}
    await database.close()


KILLED = """
import os, signal, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA journal_mode = DELETE")
connection.execute("PRAGMA cache_size = 2")  # so that it writes over the file before it has committed
connection.execute("BEGIN")
connection.execute("UPDATE units SET name = name || ' ' || hex(randomblob(500))")
connection.execute("UPDATE counters SET name = name || hex(randomblob(500))")
connection.execute("CREATE TABLE half_way AS SELECT randomblob(100000) AS a")
os.kill(os.getpid(), signal.SIGKILL)
"""


def kill_a_writer_of(file: Path) -> None:
    """Leave a transaction half written over the file, and the journal that undoes it beside."""
    before = file.read_bytes()
    killed = subprocess.run([sys.executable, "-c", KILLED, str(file)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert Path(f"{file}-journal").stat().st_size
    assert file.read_bytes() != before


async def test_a_transaction_cut_off_by_a_kill_is_undone(closed: Path, tmp_path: Path) -> None:
    kill_a_writer_of(closed)
    database = await open_database(f"sqlite:///{closed}", tmp_path / "data", now=NOW)
    assert await database.read(words) == {"word"}
    await database.close()
    assert not Path(f"{closed}-journal").exists()


async def test_a_journal_without_its_file_is_not_played_into_a_new_one(closed: Path, tmp_path: Path) -> None:
    kill_a_writer_of(closed)
    closed.unlink()
    assert await refused(f"sqlite:///{closed}", tmp_path) == "missing"
    assert not closed.exists()


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nobody may write there: by a mount when we are root, to whom permissions are nothing."""
    if os.geteuid() == 0:
        subprocess.run(["mount", "--bind", folder, folder], check=True)
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
    else:
        folder.chmod(0o500)
    try:
        yield
    finally:
        if os.geteuid() == 0:
            subprocess.run(["umount", "--lazy", folder], check=True)
        else:
            folder.chmod(0o700)


async def test_a_read_only_place_is_named(closed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "fixed"
    folder.mkdir()
    closed = closed.rename(folder / "caunoi.db")
    with read_only(folder):
        assert await refused(f"sqlite:///{closed}", tmp_path) == "readonly"
        assert await refused(f"sqlite:///{folder}/sub/new.db", tmp_path) == "readonly"


async def test_no_server_is_named_and_its_password_is_not(tmp_path: Path) -> None:
    url = f"postgresql://lan:secret@/caunoi?host={tmp_path}"
    with pytest.raises(DatabaseUnavailable) as refusal:
        await open_database(url, tmp_path, now=NOW)
    assert refusal.value.kind == "unreachable"
    assert "secret" not in str(refusal.value)
    assert await refused("postgresql://lan:secret@127.0.0.1:1/caunoi", tmp_path) == "unreachable"
    assert await refused("postgresql://lan:secret@nowhere.invalid/caunoi", tmp_path) == "unreachable"


async def test_no_such_database_is_named(empty_postgres: str, tmp_path: Path) -> None:
    assert await refused(empty_postgres.replace("/caunoi_test_", "/no_such_"), tmp_path) == "unreachable"


# --- what is accepted -----------------------------------------------------------------------------------------------


async def test_both_spellings_of_each_url_are_understood(
    empty_postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for url in ("sqlite:///new folder/c%23u nối #1.db", f"sqlite:///{tmp_path}/absolute.db"):
        database = await open_database(url, tmp_path, now=NOW)
        await database.write(put, "word")
        assert await database.read(words) == {"word"}
        await database.close()
    plain = await open_database(empty_postgres.replace("+asyncpg", ""), tmp_path, now=NOW)
    assert plain.dialect == "postgresql"
    await plain.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://host/name"])
async def test_other_urls_are_a_mistake(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="URL"):
        await open_database(url, tmp_path, now=NOW)


async def test_the_data_file_is_its_owners_only(sqlite: Database, tmp_path: Path) -> None:
    await sqlite.write(put, "word")
    assert {file.name: oct(file.stat().st_mode & 0o777) for file in tmp_path.glob("caunoi.db*")} == {
        name: "0o600" for name in ("caunoi.db", "caunoi.db-wal", "caunoi.db-shm", "caunoi.db.lock")
    }


def test_every_refusal_has_a_sentence_and_a_hint() -> None:
    for kind, (sentence, hint) in WORDS.items():
        assert "{place}" in sentence, kind
        assert hint.endswith("."), kind
        DatabaseUnavailable(kind, "nơi nào đó")
