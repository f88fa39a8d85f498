"""`caunoi audit`: an operator is told in plain words whether the log is whole, and who did what."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, update
from typer.testing import CliRunner

from bot.cli import app
from conversation.messages import Address
from storage import audit, people
from storage.database import open_database
from storage.schema import audit as rows

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


def seen(tx: Connection) -> None:
    nam = people.register(tx, Address("test:1", "1"), "anh", "26878", NOW)
    people.change(tx, nam, name="Trần Văn Nam")
    audit.note(tx, nam, NOW, "view", "ticket", "PA 2611-0001", subject=8, reason="xử lý", on_behalf_of=9)
    audit.note(tx, "cli", NOW, "invited", "office", "commune_officer@26878")
    audit.note(tx, "cli", NOW, "units_merged", "unit", "26878-01", reason="26878-02")
    audit.note(tx, nam, NOW, "view", "person", str(nam), subject=nam)


def spoil(tx: Connection) -> None:
    tx.execute(update(rows).where(rows.c.id == 1).values(reason="xem cho biết"))


def test_the_log_is_listed_checked_and_the_wrong_row_named(
    loaded_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copyfile(loaded_sqlite, tmp_path / "caunoi.db")
    monkeypatch.chdir(tmp_path)
    url = "sqlite:///caunoi.db"

    def write(*works: object) -> None:
        async def work() -> None:
            database = await open_database(url, tmp_path / "caunoi-data", now=NOW)
            for each in works:
                await database.write(each)  # type: ignore[arg-type]
            await database.close()

        asyncio.run(work())

    def caunoi(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["audit", *words])
        return done.exit_code, done.output

    write(seen)
    code, words = caunoi("list", "--unit", "26878")
    assert code == 0
    assert "Trần Văn Nam (" in words
    assert ": xem phản ánh PA 2611-0001, về người 8, làm thay người 9, để xử lý\n" in words
    assert "23/11/2026 09:00:00  cli: gộp thành đơn vị 26878-01 (26878-02)\n" in caunoi("list")[1]
    assert words.startswith("23/11/2026 09:00:00  Trần Văn Nam (")
    assert "về người" not in words.splitlines()[0]
    assert caunoi("list", "--person", "77") == (0, "Không có dòng nào.\n")
    code, words = caunoi("verify")
    assert (code, words.splitlines()[0]) == (0, "✔ Nhật ký còn nguyên vẹn: 4 dòng.")
    noted = words.split()[-1]
    assert caunoi("verify", "--seen", noted)[0] == 0
    assert caunoi("verify", "--seen", "4-0000000000000000")[0] == 1
    assert "Mã không đúng dạng" in caunoi("verify", "--seen", "hôm qua")[1]
    write(spoil)
    code, words = caunoi("verify")
    assert (code, words) == (1, "✘ Nhật ký KHÔNG còn nguyên vẹn. Dòng số 1 (id 1) đã bị sửa sau khi ghi.\n")
