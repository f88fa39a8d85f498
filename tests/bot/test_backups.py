"""`caunoi backup` and `caunoi restore`, as an operator runs them, and the backup that nobody orders."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.features import registry
from bot.housekeeping import Housekeeping
from storage.backup import last_backup
from storage.database import open_database
from tests.bot.mute import NOW
from tests.bot.test_cli import answer, caunoi, running, warm_caunoi

DAYS_OWN_SECONDS = 10
POSTGRES = "postgresql+asyncpg://nobody@127.0.0.1:1/none"


@dataclass
class Watch:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


def hamlet(folder: Path, name: str) -> None:
    assert warm_caunoi(folder, "unit", "add", "--parent", "26878", name).returncode == 0


def test_a_backup_is_restored_and_what_was_there_is_kept(ward: Path) -> None:
    hamlet(ward, "Khu phố 4")
    made = answer(ward, "backup")
    assert Path(made["file"]).stat().st_mode & 0o777 == 0o600
    subprocess.run(["sha256sum", "-c", f"{made['file']}.sha256"], check=True, cwd=Path(made["file"]).parent)
    hamlet(ward, "Khu phố 5")
    shown = caunoi(ward, "restore", made["file"])
    assert shown.returncode == 0, shown.stderr
    assert "sẽ được xóa lại khi Cầu Nối khởi động" in shown.stdout
    assert list(ward.glob("caunoi-before-restore-*.db"))
    assert warm_caunoi(ward, "unit", "add", "--parent", "26878", "Khu phố 5").stdout == "26878-02\n"


def test_a_running_process_makes_the_backup_and_refuses_to_be_restored(tmp_path: Path) -> None:
    settings = {"CAUNOI_DATA_DIR": str(tmp_path), "CAUNOI_DATABASE_URL": f"sqlite:///{tmp_path / 'caunoi.db'}"}
    with running(tmp_path, 18083):
        done = warm_caunoi(tmp_path, "backup", "--to", "copy.db", **settings)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600
        again = warm_caunoi(tmp_path, "backup", "--to", "copy.db", **settings)
        assert (again.returncode, "không ghi đè" in again.stderr) == (1, True)
        refused = warm_caunoi(tmp_path, "restore", "copy.db", **settings)
        assert (refused.returncode, "đang chạy" in refused.stderr) == (1, True)
        assert "khác chạy" in warm_caunoi(tmp_path, "restore", "copy.db", **{**settings, "CAUNOI_DATA_DIR": "x"}).stderr
        give_up = time.monotonic() + DAYS_OWN_SECONDS
        while last_backup(tmp_path) is None and time.monotonic() < give_up:
            time.sleep(0.05)
        assert last_backup(tmp_path) is not None  # the day's own
    assert warm_caunoi(tmp_path, "restore", "copy.db", **settings).returncode == 0


@pytest.mark.parametrize(
    ("words", "settings", "told"),
    [
        (("backup",), {}, "Chưa có dữ liệu để sao lưu"),
        (("restore", "nowhere.db"), {}, "Không thấy tệp nowhere.db. Dữ liệu hiện có vẫn nguyên vẹn."),
        (("restore", "letter"), {}, "letter không phải bản sao lưu của Cầu Nối. Dữ liệu hiện có vẫn nguyên vẹn."),
        (("backup",), {"CAUNOI_DATABASE_URL": POSTGRES}, "pg_dump"),
        (("restore", "letter"), {"CAUNOI_DATABASE_URL": POSTGRES}, "pg_dump"),
    ],
)
def test_what_cannot_be_done_is_one_plain_sentence(
    tmp_path: Path, words: tuple[str, ...], settings: dict[str, str], told: str
) -> None:
    (tmp_path / "letter").write_text("to my aunt" * 100)
    refused = warm_caunoi(tmp_path, *words, **settings)
    assert refused.returncode == 1
    assert told in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not list(tmp_path.glob("caunoi.db*[!k]"))  # but for the lock


def test_a_place_that_cannot_be_written_is_named(ward: Path) -> None:
    hamlet(ward, "Khu phố 4")
    for to in ("/proc/copy.db", "letter/copy.db", "nowhere/copy.db"):
        (ward / "letter").write_text("to my aunt")
        refused = warm_caunoi(ward, "backup", "--to", to)
        assert refused.returncode == 1
        assert str(Path(to).parent) in refused.stderr
        assert ("Không có thư mục" in refused.stderr) == (not Path(ward / to).parent.is_dir())
        assert "Traceback" not in refused.stderr


async def test_there_is_a_backup_a_day_and_the_old_ones_go(loaded_sqlite: Path, tmp_path: Path) -> None:
    shutil.copyfile(loaded_sqlite, tmp_path / "caunoi.db")
    database = await open_database(f"sqlite:///{tmp_path / 'caunoi.db'}", tmp_path, now=NOW)
    watch = Watch()
    house = Housekeeping(database, tmp_path, watch, registry())
    seen = []
    for _hour in range(50):
        await house.back_up()
        seen.append(len(list((tmp_path / "backups").glob("*.db"))))
        watch.at += timedelta(hours=1)
    assert (seen[0], seen[23], seen[24], seen[48]) == (1, 1, 2, 3)
    watch.at += timedelta(days=40)
    await house.back_up()
    assert [path.suffix for path in sorted((tmp_path / "backups").iterdir())] == [".db", ".sha256"]
    await database.close()


async def test_a_backup_that_fails_ends_nothing_and_is_tried_again(
    loaded_sqlite: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copyfile(loaded_sqlite, tmp_path / "caunoi.db")
    database = await open_database(f"sqlite:///{tmp_path / 'caunoi.db'}", tmp_path, now=NOW)
    (tmp_path / "backups").write_text("a file where the folder should be")
    house = Housekeeping(database, tmp_path, Watch(), registry())
    await house.back_up()
    (tmp_path / "backups").unlink()
    await house.back_up()
    assert last_backup(tmp_path) == NOW.replace(microsecond=0)
    await database.close()


async def test_on_postgres_the_operator_is_told_once(empty_postgres: str, tmp_path: Path) -> None:
    database = await open_database(empty_postgres, tmp_path, now=NOW)
    house = Housekeeping(database, tmp_path, Watch(), registry())
    await asyncio.gather(house.back_up(), house.back_up())
    assert not (tmp_path / "backups").exists()
    await database.close()
