"""`caunoi run --workers 2`: each update once and in order, whichever worker dies; one sentence when it cannot begin."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.control import pass_on
from bot.settings import Settings
from conversation.messages import Json
from sandbox.people import Person
from tests.crash.bench import Bench, Mode, free_port
from tests.crash.benches import bench_on
from tests.crash.reckoning import ask, noted
from tests.crash.test_ending import api, is_plain, refusal
from tests.unpaced import TOKEN

__all__ = ["api"]
ROOT = Path(__file__).parents[2]
CAUNOI = (sys.executable, "-c", "from bot.cli import app; app()", "run", "--workers", "2")
SECONDS = 30

pytestmark = [pytest.mark.crash, pytest.mark.timeout(120)]


async def start(settings: Settings, folder: Path, *command: str) -> Process:
    given = settings.model_dump(mode="json", exclude_defaults=True) | {"telegram_token": TOKEN}
    if settings.telegram_webhook_secret:
        given["telegram_webhook_secret"] = settings.telegram_webhook_secret.get_secret_value()
    env = {name: value for name, value in os.environ.items() if not name.startswith("CAUNOI_")}
    env |= {f"CAUNOI_{name.upper()}": str(value) for name, value in given.items()} | {"PYTHONPATH": str(ROOT)}
    return await asyncio.create_subprocess_exec(*command, cwd=folder, env=env, stdout=PIPE, stderr=PIPE)


def workers_of(parent: Process) -> list[int]:
    """The processes that a parent has started to work."""
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
    return [int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@asynccontextmanager
async def at_work(bench: Bench, folder: Path) -> AsyncIterator[Process]:
    """Two workers and their parent, which end well when they are asked to."""
    parent = await start(bench.settings, folder, sys.executable, "-m", "tests.crash.workers_program")
    try:
        await bench.until((bench.settings.data_dir / "caunoi.sock").exists, SECONDS)
        yield parent
        workers = workers_of(parent)
        assert len(workers) == 2
        parent.terminate()
        async with asyncio.timeout(SECONDS):
            _, log = await parent.communicate()
        assert parent.returncode == 0, log.decode()[-3000:]
        assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]
    finally:
        if parent.returncode is None:
            parent.kill()


def type_each_once(bench: Bench, messages: int) -> None:
    """A repeat that overtakes what it repeats would be the server's own disorder, so there is none yet."""
    for _ in range(messages):
        words = f"tin-{len(bench.typed)}"
        bench.typed[words] = bench.dice.choice(bench.people)
        bench.typed[words].type(f"/ghi {words}")


def repeat_some(bench: Bench, updates: int) -> None:
    for update in bench.dice.sample(list(bench.world.bot.updates.history), updates):
        bench.world.repeat(update["update_id"])


async def order(data_dir: Path, name: str) -> Json:
    """Give an order to the first worker; killed, it leaves its door behind until it lives again."""
    async with asyncio.timeout(SECONDS):
        while (answer := await pass_on(data_dir, name, {})) is None:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)
    return answer


def in_order(bench: Bench, person: Person) -> bool:
    """Whether the answers came as the person had typed, but for those that were said again."""
    typed = [words for words, who in bench.typed.items() if who is person]
    first = dict.fromkeys(str(message.get("text")) for message in person.chat.spoken)
    return [words for words in first if words in bench.typed] == typed


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_each_update_takes_effect_once_and_in_order(mode: Mode, loaded_postgres_url: str, tmp_path: Path) -> None:
    dice = random.Random(seed := random.randrange(10**6))
    print(f"seed {seed}")
    async with bench_on(loaded_postgres_url, tmp_path, dice, mode, people=20) as bench:
        bench.log.touch()
        async with at_work(bench, tmp_path) as parent:
            for _ in range(3):
                type_each_once(bench, 100)
                some = bench.said() + 30
                await bench.until(lambda some=some: bench.said() >= some, SECONDS)  # type: ignore[misc]
                os.kill(dice.choice(workers_of(parent)), signal.SIGKILL)
                await bench.until(lambda: not bench.unanswered(), SECONDS)
                await bench.until(lambda: len(workers_of(parent)) == 2, SECONDS)
                repeat_some(bench, 10)
            await bench.until(lambda: not bench.world.bot.updates.pending, SECONDS)
            status = await order(bench.settings.data_dir, "status")
        assert await ask(bench, noted) == dict.fromkeys(bench.typed, 1)
        assert [person.id for person in bench.people if not in_order(bench, person)] == []
    assert {lease["name"].partition(":")[0] for lease in status["leases"] if lease["held"]} >= {"sender", "worker"}


async def test_a_killed_parent_leaves_no_workers(loaded_postgres_url: str, tmp_path: Path) -> None:
    async with bench_on(loaded_postgres_url, tmp_path, random.Random(1)) as bench:
        parent = await start(bench.settings, tmp_path, sys.executable, "-m", "tests.crash.workers_program")
        await bench.until((bench.settings.data_dir / "caunoi.sock").exists, SECONDS)
        workers = workers_of(parent)
        parent.kill()
        await parent.wait()
        gone = lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers)  # noqa: E731 - asked again and again
        bench.log.touch()
        await bench.until(gone, SECONDS)


def settings_of(url: str, folder: Path, api: str, port: int, token: str = TOKEN) -> dict[str, str]:
    return {"database_url": url, "data_dir": str(folder), "telegram_api_base": api, "web_port": str(port),
            "telegram_token": token}  # fmt: skip


async def said_instead(folder: Path, given: dict[str, str]) -> str:
    env = {name: value for name, value in os.environ.items() if not name.startswith("CAUNOI_")}
    env |= {f"CAUNOI_{name.upper()}": value for name, value in given.items()} | {"PYTHONPATH": str(ROOT)}
    return await refusal(await asyncio.create_subprocess_exec(*CAUNOI, cwd=folder, env=env, stdout=PIPE, stderr=PIPE))


async def test_a_file_has_no_workers(api: str, tmp_path: Path) -> None:
    words = await said_instead(tmp_path, settings_of(f"sqlite:///{tmp_path}/caunoi.db", tmp_path, api, free_port()))
    assert "--workers" in words
    assert is_plain(words)


async def test_workers_that_cannot_begin_say_why_once(loaded_postgres_url: str, api: str, tmp_path: Path) -> None:
    wrong = settings_of(loaded_postgres_url, tmp_path, api, free_port(), TOKEN[:-5] + "khong")
    last = [line for line in (await said_instead(tmp_path, wrong)).splitlines() if not line.startswith("{")]
    assert len(last) == 1
    assert "CAUNOI_TELEGRAM_TOKEN" in last[0]
    taken = settings_of(loaded_postgres_url, tmp_path, api, int(api.rpartition(":")[2]))
    words = await said_instead(tmp_path, taken)
    assert "CAUNOI_WEB_PORT" in words
    assert is_plain(words)
