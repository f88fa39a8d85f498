"""`caunoi db copy`: everything arrives, once, whatever happens on the way; the old data is never written."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.exc import ProgrammingError

from storage import audit_chain, copying
from storage.copy_source import parents_first, tables
from storage.copying import Compared
from storage.database import DatabaseUnavailable, open_database
from storage.lock import DataLock
from storage.postgres import asyncpg_url
from storage.schema import file_contents, leases, metadata, outbox, units
from tests import postgres
from tests.bot.mute import NOW
from tests.bot.test_cli import CAUNOI, environment
from tests.bot.test_cli import warm_caunoi as caunoi
from tests.chats.player import world_of
from tests.chats.script import Script, Spoken, Step, perform
from tests.chats.telegram import TelegramPlayer, at_work
from tests.conftest import IN_CI
from tests.street import Street, plant

CHAT = Path(__file__).parents[1] / "chats" / "e_phan_anh_co_so.chat"
MOVES_BEFORE = 15
"""The step before which the ward moves: both are in the middle of a talk, and the officer has not seen the photo."""
MANY = 100_000


@pytest.fixture
async def ward(loaded_sqlite_url: str, tmp_path: Path) -> Path:
    """A ward at rest: people, tickets with and without a name, a photo, letters that wait."""
    database = await open_database(loaded_sqlite_url, tmp_path / "data", now=NOW)
    street = Street(database, tmp_path / "data")
    await database.write(plant)
    await street.settle("100", "Bác Hoa", role="commune_officer")
    await street.settle("101", "Anh Nam")
    await street.report("100", "đèn đường hẻm 47 hư ba hôm rồi", named=True, photo="p1")
    await street.report("101", "rác ở đầu ngõ chưa ai dọn", named=False, photo="p2")
    await database.close()
    return tmp_path / "caunoi.db"


async def moved(ward: Path, target: str, data_dir: Path | None = None) -> list[Compared]:
    return await copying.copy(ward, data_dir or ward.parent / "data", target, lambda _position, _length: None)


async def asked(url: str, folder: Path, query: Callable[[Connection], Any]) -> Any:
    database = await open_database(url, folder, now=NOW)
    try:
        return await database.read(query)
    finally:
        await database.close()


def everything(tx: Connection) -> dict[str, set[str]]:
    """All rows of all tables but the bytes of files, which SQLite does not have."""
    return {
        table.name: {repr(tuple(row)) for row in tx.execute(select(table))}
        for table in tables() if table is not file_contents
    }  # fmt: skip


def data_in(folder: Path) -> dict[str, str]:
    """The hashes of all files with data in them; a reader of SQLite leaves an index, and a log with nothing in it."""
    lie = [path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".lock", ".db-shm")]
    return {path.name: sha256(content).hexdigest() for path in lie if (content := path.read_bytes())}


# --- whole ----------------------------------------------------------------------------------------------------------


async def test_everything_arrives_and_the_old_data_is_not_touched(
    ward: Path, empty_postgres: str, tmp_path: Path
) -> None:
    before = data_in(tmp_path)
    compared = await moved(ward, empty_postgres)
    assert all(one.same for one in compared)
    assert [one.table for one in compared] == [table.name for table in tables()]
    assert data_in(tmp_path) == before
    assert {one.table for one in compared if one.rows} >= {
        "people",
        "tickets",
        "files",
        "file_contents",
        "chat_sessions",
    }
    there = await asked(empty_postgres, tmp_path / "data", everything)
    assert there == await asked(f"sqlite:///{ward}", tmp_path / "data", everything)
    log = await asked(empty_postgres, tmp_path, audit_chain.verify)
    assert (log.wrong, log.rows > 0) == ("", True)
    contents = await asked(empty_postgres, tmp_path, lambda tx: tx.execute(select(file_contents)).all())
    assert len(contents) == 2
    assert all(sha256(content).hexdigest() == name for name, content in contents)


async def test_new_ids_are_greater_than_any_given_before(ward: Path, empty_postgres: str, tmp_path: Path) -> None:
    def given(tx: Connection) -> int:
        return int(tx.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'").scalar() or 0)

    last = await asked(f"sqlite:///{ward}", tmp_path, given)
    assert last > 5  # letters were sent, and their rows are gone
    await moved(ward, empty_postgres)
    database = await open_database(empty_postgres, tmp_path, now=NOW)
    letter = {"account": "a", "chat": "c", "lane": 0, "not_before": 0, "payload": {}, "posted_at": 0}
    made = await database.write(lambda tx: tx.execute(insert(outbox).values(letter)).inserted_primary_key)
    await database.close()
    assert made == (last + 1,)


def test_no_table_can_be_forgotten() -> None:
    assert {*tables(), leases} == set(metadata.tables.values())
    seen: set[str] = set()
    for table in tables():
        assert {key.column.table.name for key in table.foreign_keys} <= seen | {table.name}
        assert table.primary_key.columns  # without a key, a copy could not go on where it ended
        seen.add(table.name)


def test_a_tree_comes_with_its_parents_first() -> None:
    rows: list[dict[str, Any]] = [{"code": "1", "up": "2"}, {"code": "2", "up": "3"}, {"code": "3", "up": None}]
    assert [row["code"] for row in parents_first(rows, "code", "up")] == ["3", "2", "1"]


async def test_a_conversation_in_flight_goes_on_on_postgresql(
    loaded_sqlite_url: str, empty_postgres: str, tmp_path: Path
) -> None:
    """The golden chat of a whole feedback, but in the middle of it the ward moves."""
    script = Script.read(CHAT)
    async with world_of(script) as (world, api), AsyncExitStack() as old, AsyncExitStack() as new:
        play = TelegramPlayer(world, await old.enter_async_context(at_work(world, api, loaded_sqlite_url, tmp_path)))
        steps = 0

        async def moving(step: Step) -> list[Spoken]:
            nonlocal steps
            steps += 1
            if steps == MOVES_BEFORE:
                await old.aclose()
                assert all(one.same for one in await moved(tmp_path / "caunoi.db", empty_postgres, tmp_path))
                shutil.rmtree(tmp_path / "files")  # as another machine would have it
                service = await new.enter_async_context(at_work(world, api, empty_postgres, tmp_path))
                play.work_with(service)
            return await play(step)

        lines = await perform(script, moving)
    assert lines == script.lines
    assert steps > MOVES_BEFORE


# --- on the way -----------------------------------------------------------------------------------------------------


class Stopped(Exception):
    """What ends a copy in the middle, as far as a test in the same process can."""


def stop_after(rows: int) -> Callable[[int, int], None]:
    def tell(position: int, _length: int) -> None:
        if position >= rows:
            raise Stopped

    return tell


async def begun(ward: Path, target: str) -> None:
    """A copy that ended after the units and a little more."""
    with pytest.raises(Stopped):
        await copying.copy(ward, ward.parent / "data", target, stop_after(4000))


@pytest.fixture
def crowd(ward: Path) -> Path:
    """The ward with many people more."""
    rows = ((n, f"Người {n}", f"nguoi {n}", "bac", "vi", "26878", n) for n in range(1, MANY + 1))
    with closing(sqlite3.connect(ward)) as connection, connection:
        columns = "id, name, name_fold, honorific, language, unit_code, registered_at"
        connection.executemany(f"INSERT INTO people ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    return ward


@contextmanager
def copying_process(ward: Path, target: str) -> Iterator[subprocess.Popen[str]]:
    command = [CAUNOI, "db", "copy", "--from", f"sqlite:///{ward}", "--to", target, "--json"]
    folder = ward.parent
    with subprocess.Popen(
        command, cwd=folder, env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


async def scalar(url: str, query: str) -> Any:
    async with copying._connected(asyncpg_url(url)) as connection:
        try:
            return await connection.scalar(text(query))
        except ProgrammingError:  # no such table yet
            return None


FIRST = "SELECT xmin::text FROM people ORDER BY id LIMIT 1"
"""The transaction that wrote the first row: another one when the row was written again."""


@pytest.mark.crash
async def test_killed_anywhere_it_goes_on_and_doubles_nothing(crowd: Path, empty_postgres: str) -> None:
    wrote = None
    for reached in ("unit_closure", "people WHERE id > 4000", f"people WHERE id > {MANY // 2}"):
        with copying_process(crowd, empty_postgres) as process:
            while process.poll() is None and not await scalar(empty_postgres, f"SELECT 1 FROM {reached} LIMIT 1"):
                pass
            process.send_signal(signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL
        with pytest.raises(DatabaseUnavailable, match="chưa xong"):
            await open_database(empty_postgres, crowd.parent, now=NOW)
        first = await scalar(empty_postgres, FIRST)
        assert wrote in (None, first)
        wrote = first
    with copying_process(crowd, empty_postgres) as process:
        out, err = process.communicate(timeout=100)
    assert process.returncode == 0, err
    assert json.loads(out)["same"]
    assert await scalar(empty_postgres, FIRST) == wrote
    assert await scalar(empty_postgres, "SELECT count(*) FROM people") == MANY + 2
    await (await open_database(empty_postgres, crowd.parent, now=NOW)).close()


async def test_a_row_that_changed_on_the_way_is_found_and_mended(ward: Path, empty_postgres: str) -> None:
    await begun(ward, empty_postgres)
    async with copying._connected(asyncpg_url(empty_postgres)) as connection, connection.begin():
        await connection.execute(update(units).where(units.c.code == "26878").values(name="Phường Lạ"))
    shown = caunoi(ward.parent, "db", "copy", "--from", f"sqlite:///{ward}", "--to", empty_postgres)
    assert shown.returncode == 1
    assert [line.split()[0] for line in shown.stdout.splitlines() if line.endswith("✘")] == ["units"]
    assert "Hãy chạy lại lệnh này" in shown.stdout
    with pytest.raises(DatabaseUnavailable, match="chưa xong"):
        await open_database(empty_postgres, ward.parent, now=NOW)
    shown = caunoi(ward.parent, "db", "copy", "--from", f"sqlite:///{ward}", "--to", empty_postgres)
    assert shown.returncode == 0, shown.stderr
    assert "✘" not in shown.stdout
    assert "%" not in shown.stderr  # a bar is for a person who watches


async def test_when_the_source_was_used_in_between_everything_is_copied_anew(ward: Path, empty_postgres: str) -> None:
    await begun(ward, empty_postgres)
    database = await open_database(f"sqlite:///{ward}", ward.parent, now=NOW)
    await database.write(lambda tx: tx.execute(update(units).where(units.c.code == "26878").values(name="Tên Mới")))
    await database.close()
    assert all(one.same for one in await moved(ward, empty_postgres))
    assert await scalar(empty_postgres, "SELECT name FROM units WHERE code = '26878'") == "Tên Mới"


async def test_a_connection_that_breaks_is_told_and_the_next_run_goes_on(ward: Path, empty_postgres: str) -> None:
    end_it = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{copying.NAME}'"

    def tell(position: int, _length: int) -> None:
        if position >= 4000:
            postgres._administer(postgres.asyncpg_url(empty_postgres), end_it + " AND pid <> pg_backend_pid()")

    with pytest.raises(DatabaseUnavailable, match="Không kết nối được"):
        await copying.copy(ward, ward.parent / "data", empty_postgres, tell)
    assert all(one.same for one in await moved(ward, empty_postgres))


@pytest.mark.skipif(os.geteuid() != 0 and not IN_CI, reason="only root may mount a small disk")
async def test_a_full_disk_of_the_server_is_told_and_room_mends_it(crowd: Path) -> None:
    before = data_in(crowd.parent)
    with small_server_disk() as (target, make_room):
        shown = caunoi(crowd.parent, "db", "copy", "--from", f"sqlite:///{crowd}", "--to", target)
        assert (shown.returncode, "Ổ đĩa đã đầy" in shown.stderr) == (1, True), shown.stderr
        assert "Traceback" not in shown.stderr
        assert data_in(crowd.parent) == before
        make_room()
        assert all(one.same for one in await moved(crowd, target))


@contextmanager
def small_server_disk() -> Iterator[tuple[str, Callable[[], None]]]:
    """A server of its own with a database on a disk of a few megabytes, and what makes the disk larger."""
    folder = Path(tempfile.mkdtemp(prefix="caunoi-small-", dir=postgres.COMMON))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder], check=True)
    try:
        if postgres.NOBODY:
            os.chown(folder, postgres.NOBODY.pw_uid, postgres.NOBODY.pw_gid)
        with postgres.server() as server:
            postgres._administer(server, f"CREATE TABLESPACE small LOCATION '{folder}'")
            postgres._administer(server, "CREATE DATABASE small TEMPLATE template0 TABLESPACE small")

            def make_room() -> None:
                subprocess.run(["mount", "-o", "remount,size=512m", folder], check=True)

            yield server.set(database="small").render_as_string(hide_password=False), make_room
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
        folder.rmdir()


# --- what is refused ------------------------------------------------------------------------------------------------


async def test_a_ward_at_work_is_not_copied(ward: Path, empty_postgres: str) -> None:
    lock = DataLock(ward)
    shown = caunoi(ward.parent, "db", "copy", "--from", f"sqlite:///{ward}", "--to", empty_postgres)
    lock.release()
    assert (shown.returncode, "khác chạy" in shown.stderr) == (1, True)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda file: file.unlink(), "Không thấy tệp dữ liệu"),
        (lambda file: file.write_bytes(b""), "bị hỏng"),
        (lambda file: file.write_text("to my aunt" * 100), "không phải dữ liệu của Cầu Nối"),
        (lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 3]), "bị hỏng"),
        (lambda file: at_revision(file, "9999"), "mới hơn"),
        (lambda file: at_revision(file, "0001"), "caunoi migrate"),
    ],
    ids=["absent", "empty", "foreign", "cut", "newer", "older"],
)
async def test_a_bad_source_is_refused_untouched(
    ward: Path, empty_postgres: str, spoil: Callable[[Path], Any], told: str
) -> None:
    spoil(ward)
    before = data_in(ward.parent)
    shown = caunoi(ward.parent, "db", "copy", "--from", f"sqlite:///{ward}", "--to", empty_postgres)
    assert (shown.returncode, told in shown.stderr, "Traceback" in shown.stderr) == (1, True, False), shown.stderr
    assert data_in(ward.parent) == before
    assert await scalar(empty_postgres, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0


def at_revision(file: Path, revision: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    for log in ("-wal", "-shm"):
        Path(f"{file}{log}").unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("statements", "told"),
    [
        (["CREATE TABLE aunt (id int)"], "không phải dữ liệu của Cầu Nối"),
        (["UPDATE alembic_version SET version_num = '9999'"], "mới hơn"),
        (["UPDATE alembic_version SET version_num = '0001'"], "caunoi migrate"),
        (["INSERT INTO counters VALUES ('mine', 1)"], "đã có dữ liệu khác"),
    ],
    ids=["foreign", "newer", "older", "in use"],
)
async def test_a_target_that_is_not_free_is_refused_untouched(
    ward: Path, empty_postgres: str, statements: list[str], told: str
) -> None:
    if "aunt" not in statements[0]:
        await (await open_database(empty_postgres, ward.parent, now=NOW)).close()
    for statement in statements:
        postgres._administer(postgres.asyncpg_url(empty_postgres), statement)
    shown = caunoi(ward.parent, "db", "copy", "--from", f"sqlite:///{ward}", "--to", empty_postgres)
    assert (shown.returncode, told in shown.stderr, "Traceback" in shown.stderr) == (1, True, False), shown.stderr
    assert not await scalar(empty_postgres, "SELECT count(*) FROM people")


async def test_a_copy_of_another_ward_is_not_gone_on_with(ward: Path, empty_postgres: str, tmp_path: Path) -> None:
    await begun(ward, empty_postgres)
    other = tmp_path / "other.db"
    shutil.copyfile(ward, other)
    with pytest.raises(DatabaseUnavailable, match="đã có dữ liệu khác"):
        await moved(other, empty_postgres)
    assert all(one.same for one in await moved(ward, empty_postgres))
    with pytest.raises(DatabaseUnavailable, match="đã có dữ liệu khác"):
        await moved(ward, empty_postgres)  # done is done


async def test_a_photo_that_is_lost_is_told_before_anything_is_copied(ward: Path, empty_postgres: str) -> None:
    kept = [path for path in (ward.parent / "data" / "files").rglob("*") if path.is_file()]
    kept[0].write_bytes(b"spoiled")
    kept[1].unlink()
    command = ["db", "copy", "--from", f"sqlite:///{ward}", "--to", empty_postgres]
    shown = caunoi(ward.parent, *command)
    assert (shown.returncode, "ảnh hoặc ghi âm" in shown.stderr, "(2)" in shown.stderr) == (1, True, True)
    assert await scalar(empty_postgres, "SELECT 1 FROM people") is None
    assert caunoi(ward.parent, *command, "--without-lost").returncode == 0


@pytest.mark.parametrize(
    ("source", "target", "told"),
    [
        ("postgresql://a@127.0.0.1:1/b", "postgresql://a@127.0.0.1:1/b", "--from"),
        ("to my aunt", "postgresql://a@127.0.0.1:1/b", "--from"),
        ("sqlite:///caunoi.db", "sqlite:///other.db", "--to"),
        ("sqlite:///caunoi.db", "to my aunt", "--to"),
        ("sqlite:///caunoi.db", "postgresql+asyncpg://u:geheim@127.0.0.1:9/x?foo=1", "bỏ phần foo"),
        ("sqlite:///caunoi.db", "postgresql://u:geheim@127.0.0.1:9", "--to"),
        ("sqlite:///caunoi.db", "postgresql+asyncpg://caunoi:geheim@127.0.0.1:1/caunoi", "Không kết nối được"),
    ],
)
def test_what_cannot_be_done_is_one_plain_sentence(ward: Path, source: str, target: str, told: str) -> None:
    shown = caunoi(ward.parent, "db", "copy", "--from", source, "--to", target)
    assert (shown.returncode, told in shown.stderr, "Traceback" in shown.stderr) == (1, True, False), shown.stderr
    assert "geheim" not in shown.stderr + shown.stdout


def test_the_new_place_may_be_that_of_the_settings(ward: Path, empty_postgres: str) -> None:
    """There the password is not seen in the list of processes."""
    command = ["db", "copy", "--from", f"sqlite:///{ward}"]
    shown = caunoi(ward.parent, *command)
    assert (shown.returncode, "--to" in shown.stderr, "Traceback" in shown.stderr) == (1, True, False), shown.stderr
    assert caunoi(ward.parent, *command, CAUNOI_DATABASE_URL=empty_postgres).returncode == 0
