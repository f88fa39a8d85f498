"""The operator's commands, as an operator runs them."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.warm import command

CAUNOI = str(Path(sys.executable).with_name("caunoi"))
COMMANDS = [
    "demo",
    "run",
    "init",
    "doctor",
    "migrate",
    "unit add",
    "unit find",
    "invite",
    "role list",
    "role revoke",
    "poster",
    "world",
    "status",
    "backup",
    "restore",
    "db copy",
    "members import",
    "members export",
    "members duplicates list",
    "members duplicates same",
    "members duplicates different",
    "quarantine list",
    "quarantine retry",
    "quarantine drop",
    "webhook set",
    "webhook show",
    "webhook delete",
    "audit verify",
    "audit list",
]
CODE = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}")
START_SECONDS = 30


def environment(folder: Path, **settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CAUNOI_")}
    return {
        **kept,
        "CAUNOI_DATABASE_URL": f"sqlite:///{folder / 'caunoi.db'}",
        "CAUNOI_DATA_DIR": str(folder / "data"),
        "CAUNOI_WEB_PORT": "0",
        **settings,
    }


def caunoi(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [CAUNOI, *words],
        env=environment(folder, **settings),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def warm_caunoi(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The same without a second of imports, for tests with many starts."""
    return command(folder, words, environment(folder, **settings))


def answer(folder: Path, *words: str) -> Any:
    done = caunoi(folder, *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@contextmanager
def running(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A demo with its data in the folder, ended by its own pid."""
    process = subprocess.Popen(
        [CAUNOI, "demo", "--data", str(folder), "--port", str(port)],
        env=environment(folder),
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        door = folder / "caunoi.sock"
        give_up = time.monotonic() + START_SECONDS
        while not door.exists() and time.monotonic() < give_up and process.poll() is None:
            time.sleep(0.05)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_explains_itself(tmp_path: Path, words: str) -> None:
    shown = caunoi(tmp_path, *words.split(), "--help")
    assert shown.returncode == 0
    assert "Cách gọi" in shown.stdout


def test_help_loads_nothing_that_takes_long() -> None:
    code = "import sys, bot.cli; print({'aiohttp', 'pydantic', 'sqlalchemy', 'structlog', 'telegram'} & {*sys.modules})"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "set()\n"


def test_a_hamlet_is_added_and_its_code_printed(ward: Path) -> None:
    assert caunoi(ward, "unit", "add", "--parent", "26878", "Khu phố 4").stdout == "26878-01\n"
    assert answer(ward, "unit", "add", "--parent", "26878", "Khu phố 5")["code"] == "26878-02"


def test_a_poster_is_written_in_all_kinds(ward: Path) -> None:
    refused = caunoi(ward, "poster", "--unit", "26878")
    assert (refused.returncode, "Chưa biết bot tên gì" in refused.stderr) == (1, True)
    done = answer(ward, "poster", "--unit", "26878", "--zalo", "Bot Cầu Nối", "--out", "giay")
    assert done["join_code"] == "MÃ 26878"
    assert done["files"] == [f"giay/ap-phich-26878.{kind}" for kind in ("pdf", "png", "svg")]
    assert all((ward / file).stat().st_size > 2000 for file in done["files"])


@pytest.mark.parametrize(
    "words",
    [
        ("status",),
        ("quarantine", "list"),
        ("quarantine", "drop", "--all"),
        ("role", "list", "--unit", "26878"),
        ("webhook", "show"),
        ("audit", "verify"),
        ("audit", "list"),
        ("members", "export", "so.xlsx", "--unit", "26878", "--reason", "thử"),
        ("members", "duplicates", "list", "--unit", "26878"),
        ("unit", "find", "gò vấp"),
        ("unit", "add", "--parent", "26878", "Khu phố 4"),
        ("invite", "--role", "commune_officer", "--unit", "26878"),
    ],
    ids=" ".join,
)
def test_a_wrong_folder_is_told_and_left_empty(tmp_path: Path, words: tuple[str, ...]) -> None:
    refused = caunoi(tmp_path, *words)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith(f"Không thấy tệp dữ liệu: {tmp_path / 'caunoi.db'}")
    assert "caunoi migrate" in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_second_hamlet_of_the_same_name_is_refused_plainly(ward: Path) -> None:
    caunoi(ward, "unit", "add", "--parent", "26878", "Khu phố 4")
    again = caunoi(ward, "unit", "add", "--parent", "26878", "khu pho 4")
    assert again.returncode == 1
    assert "Khu phố 4" in again.stderr
    assert "Traceback" not in again.stderr


def test_units_are_found_by_old_names_best_first(ward: Path) -> None:
    found = answer(ward, "unit", "find", "p15 quan go vap")
    assert found[0]["code"] == "26878"
    assert all("code" in candidate for candidate in found)


def test_an_invite_is_one_code_that_is_stored_nowhere(ward: Path) -> None:
    code = caunoi(ward, "invite", "--role", "commune_officer", "--unit", "26878").stdout.strip()
    assert CODE.fullmatch(code)
    kept = b"".join(file.read_bytes() for file in ward.rglob("*") if file.is_file())
    assert code.encode() not in kept
    assert code.replace("-", "").encode() not in kept


def test_an_unknown_role_or_unit_is_refused_plainly(ward: Path) -> None:
    for words in (("--role", "king", "--unit", "26878"), ("--role", "commune_officer", "--unit", "99999x")):
        refused = caunoi(ward, "invite", *words)
        assert refused.returncode == 1
        assert refused.stderr.strip()
        assert "Traceback" not in refused.stderr


def test_commands_go_through_the_running_process(tmp_path: Path) -> None:
    settings = {"CAUNOI_DATA_DIR": str(tmp_path), "CAUNOI_DATABASE_URL": f"sqlite:///{tmp_path / 'caunoi.db'}"}
    with running(tmp_path, 18081):
        assert stat.S_IMODE((tmp_path / "caunoi.sock").stat().st_mode) == 0o600
        added = caunoi(tmp_path, "unit", "add", "--parent", "26878", "Khu phố 44", **settings)
        assert (added.returncode, added.stdout) == (0, "26878-07\n")
        assert CODE.search(caunoi(tmp_path, "invite", "--role", "auditor", "--unit", "26878", **settings).stdout)
        assert "people" in json.loads(caunoi(tmp_path, "status", "--json", **settings).stdout)
        assert "Cầu Nối đang chạy" in caunoi(tmp_path, "doctor", **settings).stdout
    assert not (tmp_path / "caunoi.sock").exists()


def test_the_doctor_finds_nothing_wrong_with_nothing_set(tmp_path: Path) -> None:
    examined = caunoi(tmp_path, "doctor")
    assert examined.returncode == 0, examined.stdout
    assert "✘" not in examined.stdout


def test_the_doctor_names_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "caunoi.db").write_text("this is a letter to my aunt, not a database" * 100)
    wrong = {"CAUNOI_TELEGRAM_WEBHOOK_URL": "http://x.vn/tg", "CAUNOI_TELEGRAM_WEBHOOK_SECRET": "s"}
    examined = caunoi(tmp_path, "doctor", **wrong)
    assert examined.returncode == 1
    assert "https" in examined.stdout
    assert "không phải dữ liệu của Cầu Nối" in examined.stdout


def test_init_writes_a_file_that_is_not_overwritten(tmp_path: Path) -> None:
    assert caunoi(tmp_path, "init").returncode == 0
    assert (tmp_path / "caunoi.toml").exists()
    again = caunoi(tmp_path, "init")
    assert again.returncode == 1
    assert "không ghi đè" in again.stderr


def test_a_wrong_setting_ends_with_one_plain_sentence(tmp_path: Path) -> None:
    refused = caunoi(tmp_path, "status", CAUNOI_WEB_PORT="tám")
    assert refused.returncode == 1
    assert refused.stderr.strip() == "Thiết đặt CAUNOI_WEB_PORT chưa đúng: phải là một con số."


def test_run_without_a_token_says_what_to_do(tmp_path: Path) -> None:
    refused = caunoi(tmp_path, "run")
    assert refused.returncode == 1
    assert "caunoi demo" in refused.stderr


def test_the_demo_is_for_this_machine_only(tmp_path: Path) -> None:
    refused = caunoi(tmp_path, "demo", "--host", "0.0.0.0")  # noqa: S104
    assert refused.returncode == 1
    assert "chính máy này" in refused.stderr


def test_what_cannot_be_written_is_named_without_a_traceback(ward: Path) -> None:
    (ward / "letter").write_text("to my aunt")
    for words, named in (
        (("init", "--file", "nowhere/caunoi.toml"), "nowhere"),
        (("demo", "--data", "letter"), "letter"),
        (("status",), "letter"),
    ):
        refused = caunoi(ward, *words, CAUNOI_DATA_DIR="letter")
        assert refused.returncode == 1
        assert named in refused.stderr
        assert "Traceback" not in refused.stderr
        assert "Cổng" not in refused.stderr


def test_the_demo_names_a_wrong_setting_and_a_taken_port(tmp_path: Path) -> None:
    assert "CAUNOI_WEB_PORT" in caunoi(tmp_path, "demo", CAUNOI_WEB_PORT="tám").stderr
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        refused = caunoi(tmp_path, "demo", "--port", str(port))
    assert refused.returncode == 1
    assert refused.stderr.strip() == f"Cổng {port} đang có chương trình khác dùng. Thử: caunoi demo --port {port + 1}"


def test_whoever_registered_in_a_kept_folder_is_known_after_a_restart(tmp_path: Path) -> None:
    bots = []
    for _ in range(2):
        with running(tmp_path, 18082), urllib.request.urlopen("http://127.0.0.1:18082/api/state", timeout=10) as page:
            bots.append(json.load(page)["bot"]["id"])
    assert bots[0] == bots[1]
