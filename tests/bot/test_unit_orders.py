"""A commune's year as its operator orders it: hamlets, branches, members, a merger, a division; then the numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select
from typer.testing import CliRunner

from bot.cli import app
from storage.memberships import Joining, join_all
from storage.schema import audit
from tests.storage.test_memberships import somebody

Caunoi = Callable[..., Any]


@pytest.fixture
def caunoi(ward: Path, monkeypatch: pytest.MonkeyPatch) -> Caunoi:
    """Gives an order in this process, as a start of the program for each would take minutes; the answer as data."""
    monkeypatch.chdir(ward)
    monkeypatch.setenv("CAUNOI_DATABASE_URL", f"sqlite:///{ward / 'caunoi.db'}")
    monkeypatch.setenv("CAUNOI_DATA_DIR", str(ward / "data"))
    monkeypatch.setattr("bot.cli_tools.set_up_logs", lambda **_: None)

    def order(*words: str, refused: str = "") -> Any:
        done = CliRunner().invoke(app, [*words] if refused else [*words, "--json"])
        if refused:
            assert (done.exit_code, done.stdout) == (1, "")
            assert refused in done.stderr
            return None
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    return order


def test_a_year_of_a_commune(caunoi: Caunoi, ward: Path) -> None:
    four, five, six = (caunoi("unit", "add", "--parent", "26878", f"Khu phố {number}")["code"] for number in (4, 5, 6))
    women = caunoi("branch", "add", "pn", "--unit", four)
    assert women["name"] == "Chi hội Phụ nữ Khu phố 4"
    west = caunoi("branch", "add", "pn", "--unit", four, "--name", "Tổ hội Tây", "--parent", str(women["id"]))
    fill(ward, four, women["id"], 7)
    fill(ward, four, west["id"], 6)
    caunoi("cluster", "add", four, five, six, "--name", "Cụm 1")
    assert [each["name"] for each in caunoi("cluster", "list", "--unit", "26878")] == ["Cụm 1"]
    assert caunoi("unit", "merge", six, "--into", five)["code"] == five
    assert caunoi("cluster", "list", "--unit", "26878") == []
    made = caunoi("unit", "split", four, "--into", "Khu phố 4", "--into", "Khu phố 7", "--branch", f"{west['id']}=2")
    caunoi("unit", "rename", five, "Khu phố Bình Minh")
    caunoi("eligible", "--unit", "26878", "--organisation", "pn", "--people", "130")
    found = caunoi("rollup", "--unit", "26878")
    assert found["whole"]["numbers"]["pn"] == {"members": 13, "present": 13, "away": 0, "eligible": 130, "share": 0.1}
    counted = {each["name"]: each["numbers"]["people"]["members"] for each in found["below"]}
    assert counted == {"Khu phố 4": 7, "Khu phố 7": 6, "Khu phố Bình Minh": 0}
    told = caunoi("unit", "history", four)
    assert [each["full_name"] for each in told["versions"]] == ["Khu phố 4", "Khu phố 4"]
    assert [each["code"] for each in told["today"]] == [each["code"] for each in made]
    assert caunoi("unit", "find", "kp5 an hoi dong")[0]["name"] == "Khu phố Bình Minh"
    assert deeds(ward)[-4:] == ["units_merged", "unit_split", "unit_renamed", "eligible_set"]


def test_what_cannot_be_is_refused_in_plain_words(caunoi: Caunoi) -> None:
    four = caunoi("unit", "add", "--parent", "26878", "Khu phố 4")["code"]
    group = caunoi("unit", "add", "--parent", four, "Tổ 1")["code"]
    caunoi("unit", "move", four, "--to", group, refused="Tổ 1 nằm trong Khu phố 4")
    caunoi("unit", "move", "99999", "--to", four, refused="Không có đơn vị nào mang mã «99999»")
    caunoi("unit", "close", four, refused="còn 1 nơi nhỏ hơn")
    caunoi("unit", "merge", four, refused="--into")
    caunoi("unit", "split", four, "--into", "A1", "--into", "A2", "--child", f"{group}=3", refused="có 2 phần")
    caunoi("unit", "split", four, "--into", "A1", "--into", "A2", "--branch", "x=1", refused="không phải là mã số")
    caunoi("unit", "split", four, "--into", "A1", "--into", "A2", "--branch", "7=2", refused="không thuộc Khu phố 4")
    caunoi("cluster", "end", "7", refused="Không có cụm")
    caunoi("branch", "close", "7", refused="Không có chi hội")
    caunoi("organisation", "close", "hoi", refused="Không có tổ chức")
    caunoi("eligible", "--unit", "26878", refused="--people")
    caunoi("rollup", "--unit", "nowhere", refused="Không có đơn vị")


def test_an_older_name_and_a_club_are_added_by_hand(caunoi: Caunoi) -> None:
    caunoi("unit", "add-name", "26890", "Phường 4", "--district", "quận Gò Vấp")
    assert caunoi("unit", "find", "p4 go vap")[0]["name"] == "Phường Hạnh Thông"
    caunoi("organisation", "add", "ds", "--name", "Câu lạc bộ Dưỡng sinh", "--short", "Dưỡng sinh", "--branch", "CLB")
    assert caunoi("organisation", "edit", "ds", "--member", "thành viên")["member_word"] == "thành viên"
    club = caunoi("branch", "add", "ds", "--unit", "26878")
    assert [each["kind"] for each in caunoi("branch", "list", "--unit", "79", "--organisation", "ds")] == ["clb"]
    caunoi("branch", "close", str(club["id"]))
    caunoi("organisation", "close", "ds")
    assert "ds" not in [each["code"] for each in caunoi("organisation", "list")]


def fill(ward: Path, unit: str, branch: int, count: int) -> None:
    """Let people live in a hamlet and belong to a branch."""
    engine = create_engine(f"sqlite:///{ward / 'caunoi.db'}")
    with engine.begin() as tx:
        joinings = [Joining(somebody(tx, unit), branch, "2020-01-01") for _ in range(count)]
        join_all(tx, joinings, "2026-03-02", "import")
    engine.dispose()


def deeds(ward: Path) -> list[str]:
    engine = create_engine(f"sqlite:///{ward / 'caunoi.db'}")
    with engine.begin() as tx:
        found = list(tx.scalars(select(audit.c.action).order_by(audit.c.id)))
    engine.dispose()
    return found
