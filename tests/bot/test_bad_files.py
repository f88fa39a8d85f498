"""Operators' commands on data broken, foreign, newer, or on a full disk: one plain sentence, nothing touched."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest

from tests.bot.test_cli import environment
from tests.bot.test_cli import warm_caunoi as caunoi
from tests.conftest import IN_CI
from tests.warm import command

COMMANDS = {
    "status": ("status",),
    "quarantine list": ("quarantine", "list"),
    "quarantine drop": ("quarantine", "drop", "--all"),
    "backup": ("backup",),
    "migrate": ("migrate",),
}
SMALL = 1 << 20


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 3 // 4096 * 4096)


def foreign(file: Path) -> None:
    file.write_text("to my aunt" * 1000)


def others(file: Path) -> None:
    """Another program's database that has our revision."""
    file.unlink()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE recipes AS SELECT 1 AS a")
        connection.execute("CREATE TABLE alembic_version AS SELECT '0001' AS version_num")


def without_revision(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DELETE FROM alembic_version")


def newer(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def lacking(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DROP TABLE deliveries")


@pytest.fixture
def data_file(loaded_sqlite: Path, tmp_path: Path) -> Path:
    shutil.copyfile(loaded_sqlite, tmp_path / "caunoi.db")
    (tmp_path / "data").mkdir(mode=0o700)
    return tmp_path / "caunoi.db"


def digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


def refused(done: subprocess.CompletedProcess[str], told: str) -> None:
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (1, "", False), done.stderr
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 2  # what is wrong, and what to do


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS.keys())
@pytest.mark.parametrize(
    ("spoil", "told"), [(cut, "bị hỏng"), (foreign, "không phải dữ liệu"), (newer, "mới hơn")], ids=lambda case: ""
)
def test_bad_records_are_refused_and_left_alone(
    data_file: Path, spoil: Callable[[Path], None], told: str, words: tuple[str, ...]
) -> None:
    spoil(data_file)
    before = digest(data_file)
    if spoil is newer and words[0] == "backup":
        assert caunoi(data_file.parent, *words).returncode == 0  # a copy is a copy, whoever wrote the records
    else:
        refused(caunoi(data_file.parent, *words), told)
    assert digest(data_file) == before


@pytest.mark.parametrize("words", [("status",), ("migrate",), ("run",)])
@pytest.mark.parametrize(("spoil", "told"), [(lacking, "bị hỏng"), (others, "không phải dữ liệu")], ids=lambda case: "")
def test_records_without_one_of_their_tables_are_refused(
    data_file: Path, spoil: Callable[[Path], None], told: str, words: tuple[str, ...]
) -> None:
    spoil(data_file)
    before = digest(data_file)
    refused(caunoi(data_file.parent, *words, CAUNOI_TELEGRAM_TOKEN="1:" + "A" * 35), told)
    assert digest(data_file) == before


@pytest.mark.parametrize(
    ("words", "spoil", "told"),
    [
        ((), cut, "bị hỏng: "),
        ((), foreign, "không phải dữ liệu của Cầu Nối: "),
        ((), without_revision, "bị hỏng: "),
        (("--to", "copy.db"), cut, "bị hỏng: "),
        (("--to", "copy.db"), others, "không phải dữ liệu của Cầu Nối: "),
    ],
    ids=["cut", "foreign", "without revision", "cut, elsewhere", "foreign, elsewhere"],
)
def test_a_backup_names_the_file_that_is_bad(
    data_file: Path, words: tuple[str, ...], spoil: Callable[[Path], None], told: str
) -> None:
    spoil(data_file)
    refused(caunoi(data_file.parent, "backup", *words), told + str(data_file))


@pytest.mark.parametrize(
    ("spoil", "told"),
    [(cut, "bị hỏng"), (foreign, "không phải bản sao lưu"), (newer, "mới hơn"), (lacking, "bị hỏng")],
    ids=lambda case: "",
)
def test_a_bad_backup_is_refused_and_the_records_left_alone(
    data_file: Path, spoil: Callable[[Path], None], told: str
) -> None:
    bad = data_file.with_name("bad.db")
    shutil.copyfile(data_file, bad)
    spoil(bad)
    before = digest(data_file), digest(bad)
    refused(caunoi(data_file.parent, "restore", "bad.db"), told)
    assert (digest(data_file), digest(bad)) == before


def in_little_room(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command none of whose files may grow beyond a megabyte."""
    return command(
        folder, words, environment(folder), partial(resource.setrlimit, resource.RLIMIT_FSIZE, (SMALL, SMALL))
    )


@pytest.mark.parametrize("words", [("backup",), ("backup", "--to", "copy.db"), ("restore", "good.db")])
def test_where_there_is_no_room_nothing_is_changed(data_file: Path, words: tuple[str, ...]) -> None:
    shutil.copyfile(data_file, data_file.with_name("good.db"))
    before = digest(data_file)
    refused(in_little_room(data_file.parent, *words), "đầy")
    assert digest(data_file) == before
    assert not list(data_file.parent.rglob("*.part*"))
    assert not data_file.with_name("copy.db").exists()
    assert caunoi(data_file.parent, "status").returncode == 0


def fill(file: Path) -> None:
    with suppress(OSError), file.open("wb", buffering=0) as filler:
        while filler.write(b"x" * 4096):
            pass


@pytest.mark.skipif(os.geteuid() != 0 and not IN_CI, reason="only root may mount a small disk")
@pytest.mark.parametrize("words", [("status",), ("quarantine", "drop", "--all"), ("migrate",), ("backup",)])
def test_on_a_full_disk_nothing_is_lost(data_file: Path, words: tuple[str, ...]) -> None:
    folder = data_file.parent / "disk"
    folder.mkdir()
    size = data_file.stat().st_size + SMALL
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", folder], check=True)
    try:
        shutil.copyfile(data_file, folder / "caunoi.db")
        (folder / "data").mkdir(mode=0o700)
        fill(folder / "filler")
        before = digest(folder / "caunoi.db")
        refused(caunoi(folder, *words), "")
        assert digest(folder / "caunoi.db") == before
        (folder / "filler").unlink()
        assert caunoi(folder, "status").returncode == 0
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.parametrize(
    ("words", "make"),
    [
        (("restore", "good.db"), Path.mkdir),
        (("restore", "good.db"), os.mkfifo),
        (("status",), Path.mkdir),
        (("backup",), Path.mkdir),
        (("doctor",), Path.mkdir),
    ],
    ids=["restore", "restore over a pipe", "status", "backup", "doctor"],
)
def test_what_is_no_file_is_not_taken_for_records(
    data_file: Path, words: tuple[str, ...], make: Callable[[Path], None]
) -> None:
    data_file.rename(data_file.with_name("good.db"))
    place = data_file.with_name("place")
    make(place)
    shown = caunoi(data_file.parent, *words, CAUNOI_DATABASE_URL=f"sqlite:///{place}")
    assert (shown.returncode, "Traceback" in shown.stderr) == (1, False), shown.stderr
    assert "không phải tệp dữ liệu" in shown.stderr + shown.stdout
    assert "chmod 600" not in shown.stdout
    assert {path.name for path in data_file.parent.iterdir()} == {"good.db", "data", "place"}
    assert not place.is_file()


def test_a_folder_is_no_backup(data_file: Path) -> None:
    refused(caunoi(data_file.parent, "restore", "."), "là thư mục")
    refused(caunoi(data_file.parent, "restore", "data"), "là thư mục")


def test_a_folder_is_not_copied_from(data_file: Path) -> None:
    to = "postgresql://nobody@127.0.0.1:1/none"
    refused(
        caunoi(data_file.parent, "db", "copy", "--from", f"sqlite:///{data_file.parent}/data", "--to", to),
        "không phải tệp dữ liệu",
    )
    assert not data_file.with_name("data.lock").exists()
