"""Lists of members by the operator's commands: looked at, brought, brought again, taken out."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from typer.testing import CliRunner, Result

from bot.cli import app
from reports.tables import read_tables
from storage import branches, units
from storage.database import open_database

LIST = """DANH SÁCH HỘI VIÊN;;;
Họ và tên;Năm sinh;Số điện thoại;Chi hội
Nguyễn Thị Hoa;1957;0912345678;KP4
Nguyễn Thị Hoa;1957;;KP5
Lê Thị Bé;31/02/1960;;KP4
"""
Caunoi = Callable[..., Result]


@pytest.fixture
async def caunoi(loaded_sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Caunoi:
    monkeypatch.setenv("CAUNOI_DATABASE_URL", loaded_sqlite_url)
    monkeypatch.setenv("CAUNOI_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("bot.cli_members.set_up_logs", lambda **_: None)
    monkeypatch.setattr("bot.cli_tools.set_up_logs", lambda **_: None)
    database = await open_database(loaded_sqlite_url, tmp_path, now=datetime.now(UTC))
    await database.write(found)
    await database.close()
    return lambda *words: CliRunner().invoke(app, ["members", *map(str, words)])


def found(tx: Connection) -> None:
    for name in ("Khu phố 4", "Khu phố 5"):
        branches.add_branch(tx, "pn", units.add_unit(tx, "26878", name).code)


def data(done: Result) -> Any:
    return json.loads(done.stdout)


def test_a_list_is_looked_at_brought_once_and_taken_out(caunoi: Caunoi, tmp_path: Path) -> None:
    file = tmp_path / "danh sách.csv"
    file.write_text(LIST)
    bring = ("import", file, "--unit", "26878")
    looked = caunoi(*bring)
    assert looked.exit_code == 1
    assert "✘ Dòng 5: Ngày «31/02/1960» không có trong lịch." in looked.stdout
    assert "sẽ nhập 2 người mới" in looked.stdout
    assert data(caunoi(*bring, "--apply", "--json"))["applied"] is False
    done = data(caunoi(*bring, "--apply", "--skip-wrong", "--consent", "paper", "--json"))
    assert (done["applied"], done["new"], done["there"]) == (True, 2, 0)
    again = data(caunoi(*bring, "--apply", "--skip-wrong", "--json"))
    assert (again["new"], again["there"]) == (0, 2)
    out = tmp_path / "ra.xlsx"
    taken = ("export", out, "--unit", "26878", "--reason", "vay vốn")
    assert data(caunoi(*taken, "--json"))["members"] == 2
    assert out.stat().st_mode & 0o777 == 0o600
    assert len(read_tables(out)) == 3
    assert "không ghi đè" in caunoi(*taken).output
    with sqlite3.connect(tmp_path / "caunoi.db") as records:
        assert {row[0] for row in records.execute("SELECT reason FROM audit WHERE action = 'exported'")} == {"vay vốn"}
    records.close()


def test_what_cannot_be_done_is_told_in_one_sentence(caunoi: Caunoi, tmp_path: Path) -> None:
    (tmp_path / "hong.xlsx").write_bytes(b"PK\x03\x04 hong")
    for words in (
        ("import", tmp_path / "hong.xlsx", "--unit", "26878"),
        ("import", tmp_path / "khong-co.csv", "--unit", "26878"),
        ("export", tmp_path / "ra.xlsx", "--unit", "khong-co", "--reason", "vay vốn"),
        ("export", tmp_path / "ra.xlsx", "--unit", "26878", "--reason", ""),
        ("export", tmp_path / "ra.doc", "--unit", "26878", "--reason", "vay vốn"),
        ("export", tmp_path / "khong" / "ra.csv", "--unit", "26878", "--reason", "vay vốn"),
        ("duplicates", "same", "1", "2"),
    ):
        done = caunoi(*words)
        assert done.exit_code == 1, words
        assert len(done.output.strip().splitlines()) == 1, done.output


def test_duplicates_are_listed_and_decided(caunoi: Caunoi, tmp_path: Path) -> None:
    file = tmp_path / "ds.csv"
    file.write_text("Họ và tên,Số điện thoại,Chi hội\nNguyễn Thị Hoa,0912345678,KP4\nLê Thị Bé,0912345678,KP4\n")
    assert caunoi("import", file, "--unit", "26878", "--apply").exit_code == 0
    (pair,) = data(caunoi("duplicates", "list", "--unit", "26878", "--json"))
    assert "0912 ••• 678" in pair["words"]
    assert caunoi("duplicates", "same", pair["older"], pair["younger"]).exit_code == 0
    assert data(caunoi("duplicates", "list", "--unit", "26878", "--json")) == []
