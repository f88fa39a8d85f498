"""What lies in deploy/ is what its own tools accept, and what it promises when a process behind nginx dies."""

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from sqlalchemy import select

from handlers.my_data.takeaway import PATH
from sandbox.clock import MovableClock
from sandbox.people import Person
from sandbox.server import serving
from sandbox.world import World
from storage.database import open_database
from storage.schema import counters
from tests.conftest import IN_CI
from tests.crash import program
from tests.crash.bench import free_port, settings_for
from tests.crash.deeds import NOTE
from tests.unpaced import TOKEN
from tests.warm import warm

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
SECRET = re.compile(r"\d{6,}:[A-Za-z0-9_-]{20,}|://[^/\s:]+:[^@\s]+@")
MOST_EXPOSED = 25
"""Of 100, as systemd counts."""
PEOPLE, EACH = 20, 30


def needs(program: str) -> pytest.MarkDecorator:
    """Skip where a tool is missing, except in CI, which installs it."""
    return pytest.mark.skipif(not shutil.which(program) and not IN_CI, reason=f"no {program} on this machine")


# --- systemd --------------------------------------------------------------------------------------------------------


@needs("systemd-analyze")
def test_systemd_accepts_the_unit_and_finds_it_well_closed(tmp_path: Path) -> None:
    unit = tmp_path / "caunoi.service"
    caunoi = str(Path(sys.executable).with_name("caunoi"))
    unit.write_text((DEPLOY / "caunoi.service").read_text("utf-8").replace("/opt/caunoi/bin/caunoi", caunoi), "utf-8")
    verified = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")
    strict = ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}", "--no-pager", str(unit)]
    judged = subprocess.run(strict, capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout


# --- containers -----------------------------------------------------------------------------------------------------


def test_the_image_holds_no_secret_and_is_nobodys_root() -> None:
    assert not SECRET.search(DOCKERFILE)
    assert not re.search(r"^(ENV|ARG).*(TOKEN|SECRET|PASSWORD)", DOCKERFILE, re.MULTILINE)
    assert re.search(r"^USER [1-9]\d*$", DOCKERFILE, re.MULTILINE)
    assert "HEALTHCHECK" in DOCKERFILE
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert ignored[0] == "*"  # a token or a database beside the sources does not come along
    assert {line.removeprefix("!") for line in ignored if line.startswith("!")} == copied()


def copied() -> set[str]:
    """What the first stage of the image copies from here."""
    lines = [line.split()[1:-1] for line in DOCKERFILE.splitlines() if re.match(r"COPY (?!--)", line)]
    return {name for line in lines for name in line}


def test_what_the_image_copies_is_enough_to_install_and_run(tmp_path: Path) -> None:
    source, home = tmp_path / "src", tmp_path / "opt"
    source.mkdir()
    for name in copied():
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile)(ROOT / name, source / name)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check"]
    subprocess.run([*pip, "--target", str(home), str(source)], check=True, cwd=tmp_path)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CAUNOI_")}
    code = f"import bot.cli; assert bot.cli.__file__.startswith({str(home)!r}), bot.cli.__file__; bot.cli.app()"
    for words, told in ((["migrate"], ""), (["unit", "find", "phường an hội tây"], "An Hội Tây")):
        done = subprocess.run(
            [sys.executable, "-c", code, *words],
            cwd=tmp_path, env=kept | {"PYTHONPATH": str(home)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, told in done.stdout) == (0, True), done.stderr


def compose() -> Any:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


def test_the_compose_file_runs_two_and_holds_no_secret() -> None:
    words, services = (DEPLOY / "compose.yaml").read_text("utf-8"), compose()["services"]
    assert not SECRET.search(words)
    bots = {name: service for name, service in services.items() if service["image"] == "caunoi"}
    assert len(bots) == 2
    for service in bots.values():
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["env_file"] == "caunoi.env"
        assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).samefile(DEPLOY / "Dockerfile")
        assert "ports" not in service  # only nginx faces the world
    named = {volume.partition(":")[0] for service in services.values() for volume in service["volumes"]}
    assert {name for name in named if not name.startswith(".")} == set(compose()["volumes"])
    upstream = re.findall(r"server (\S+):8080", (DEPLOY / "nginx.conf").read_text("utf-8"))
    assert set(upstream) == set(bots)


def test_nginx_keeps_nothing_of_what_people_take_away() -> None:
    words = (DEPLOY / "nginx.conf").read_text("utf-8")
    pages = words.partition(f"location {PATH} ")[2].partition("\n    }\n")[0]
    said = {line.strip() for line in pages.splitlines()}
    assert {"access_log off;", "error_log stderr crit;", "proxy_buffering off;"} <= said


# --- nginx ----------------------------------------------------------------------------------------------------------


@contextmanager
def nginx(folder: Path, behind: list[int]) -> Iterator[int]:
    """The example, with our ports and a certificate of our own; gives the port that speaks plainly."""
    port, tls, redirect = free_port(), free_port(), free_port()
    certificate(folder)
    words = (DEPLOY / "nginx.conf").read_text("utf-8")
    for name, number in zip(("caunoi-a", "caunoi-b"), behind, strict=True):
        words = words.replace(f"{name}:8080", f"127.0.0.1:{number}")
    words = words.replace("listen 80;", f"listen 127.0.0.1:{redirect};").replace("/etc/nginx/tls", str(folder))
    words = words.replace("listen 443 ssl;", f"listen 127.0.0.1:{tls} ssl;\n    listen 127.0.0.1:{port};")
    paths = "".join(
        f"{kind}_temp_path {folder / kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "site.conf").write_text(words, "utf-8")
    whole = f"daemon off; pid {folder}/pid; error_log {folder}/log; events {{}} http {{ {paths} access_log off; "
    (folder / "nginx.conf").write_text(f"{whole} include {folder}/site.conf; }}", "utf-8")
    command = ["nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "log")]
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr
    process = subprocess.Popen(command)
    try:
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def certificate(folder: Path) -> None:
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=bot.example.vn"]
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run([*made, *files], check=True, capture_output=True)


@asynccontextmanager
async def two_behind_nginx(world: World, url: str, folder: Path) -> AsyncIterator[tuple[int, list[ForkServerProcess]]]:
    """Two processes on one PostgreSQL, and nginx's port."""
    ports = [free_port(), free_port()]
    async with serving(world) as api:
        with nginx(folder, ports) as front:
            running = [began(front, port, url, folder / str(port), api) for port in ports]
            try:
                await until(lambda: all(opened(port) for port in ports))
                yield front, running
            finally:
                for process in running:
                    process.kill()
                    process.join()


def began(front: int, port: int, url: str, folder: Path, api: str) -> ForkServerProcess:
    folder.mkdir()
    settings = settings_for("webhook", url, folder, api).model_copy(
        update={"telegram_webhook_url": f"http://127.0.0.1:{front}/tg/bi-mat", "web_port": port}
    )
    process = warm.Process(target=program.child, args=(settings, folder / "log", program.Build()))
    process.start()
    return process


def opened(port: int) -> bool:
    with socket.socket() as knock:
        return knock.connect_ex(("127.0.0.1", port)) == 0


async def until(reached: Any, seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not reached():  # noqa: ASYNC110 - other processes wake nobody here
            await asyncio.sleep(0.02)


def heard(people: list[Person]) -> Counter[str]:
    return Counter(str(message.get("text")) for person in people for message in person.chat.spoken)


@needs("nginx")
@pytest.mark.crash
async def test_of_two_processes_behind_nginx_one_is_killed_and_nothing_is_lost(
    loaded_postgres_url: str, tmp_path: Path
) -> None:
    world = World(MovableClock(), pace=False)
    world.second = 0.01
    world.add_bot(TOKEN)
    people = [world.add_person(f"Người {number}") for number in range(PEOPLE)]
    async with two_behind_nginx(world, loaded_postgres_url, tmp_path) as (front, running):
        await until(lambda: world.bot.webhook is not None)
        for number in range(EACH):
            for person in people:
                person.type(f"/ghi {person.id}-{number}")
            if number == EACH // 2:
                running[0].kill()  # SIGKILL, with requests in it
            await asyncio.sleep(0.02)
        await until(lambda: len(heard(people)) == PEOPLE * EACH)
        await from_outside(front)
    typed = {f"{person.id}-{number}" for person in people for number in range(EACH)}
    assert set(heard(people)) == typed
    assert await counted(loaded_postgres_url, tmp_path) == {NOTE + words: 1 for words in typed}


async def counted(url: str, folder: Path) -> dict[str, int]:
    """How often each update was applied."""
    noted = select(counters.c.name, counters.c.value).where(counters.c.name.startswith(NOTE))
    database = await open_database(url, folder, now=datetime.now(UTC))
    try:
        return await database.read(lambda tx: {name: value for name, value in tx.execute(noted)})
    finally:
        await database.close()


async def from_outside(front: int) -> None:
    """What nobody out there is answered."""
    async with aiohttp.ClientSession(f"http://127.0.0.1:{front}") as session:
        for path in ("/-/metrics", "/-/healthz", "/-/readyz", "/"):
            async with session.get(path) as answer:
                assert answer.status == 404
        async with session.get("/tg/bi-mat") as answer:
            assert answer.status == 403
        async with session.post("/tg/bi-mat", data=b"x" * 300_000) as answer:
            assert answer.status == 413
        async with session.post("/tg/bi-mat", json={"update_id": 1}) as answer:
            assert answer.status == 401  # whoever does not know the secret
