"""A data file that is not what it should be: every command refuses it in a plain sentence, and leaves it as it was."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

from storage.database import sqlite_file
from storage.lock import DataLock
from tests.campaigns.campaign import Campaign, Outcome, Shard
from tests.crash.bench import free_port
from tests.unpaced import TOKEN

CAUNOI = (sys.executable, "-c", "from bot.cli import app; app()")
INVITE = ("invite", "--role", "commune_officer", "--unit", "26878")
COMMANDS = (("run",), ("status",), ("migrate",), ("quarantine", "list"), INVITE)
SECONDS, CONTROL_SECONDS = 60, 15
MADE_ANEW = (".lock", "-shm")
Damage = Callable[[Path, random.Random], None]


def truncated(file: Path, dice: random.Random) -> None:
    """Its end is missing."""
    os.truncate(file, dice.randrange(1, file.stat().st_size // 4096) * 4096)


def emptied(file: Path, _dice: random.Random) -> None:
    """Nothing is left of it."""
    file.write_bytes(b"")


def headless(file: Path, dice: random.Random) -> None:
    """Its beginning is zeros."""
    content = file.read_bytes()
    length = dice.randrange(16, 4096)
    file.write_bytes(bytes(length) + content[length:])


def foreign(file: Path, _dice: random.Random) -> None:
    """Somebody else's database."""
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")


def replaced(file: Path, dice: random.Random) -> None:
    """Another kind of file altogether."""
    file.write_bytes(dice.randbytes(10_000))


def newer(file: Path, _dice: random.Random) -> None:
    """A later version's."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def gone(file: Path, dice: random.Random) -> None:
    """Only its log is left."""
    file.unlink()
    Path(f"{file}-wal").write_bytes(dice.randbytes(5000))


def untouched(_file: Path, _dice: random.Random) -> None:
    """Nothing is wrong with it; somebody holds it."""


def sound(_file: Path, _dice: random.Random) -> None:
    """Nothing is wrong with it, and nobody holds it: it must not be refused."""


DAMAGES: tuple[Damage, ...] = (truncated, emptied, headless, foreign, replaced, newer, gone, untouched)


async def offer(shard: Shard) -> Outcome:
    """Offer such files to the commands, each to the next one in turn."""
    wrong = await _offered(shard, DAMAGES, SECONDS)
    return Outcome(shard.count, corrupt=len(wrong), note=wrong[0] if wrong else "")


async def offer_sound(shard: Shard) -> Outcome:
    """The control: what is judged so finds fault with each file that nothing is wrong with."""
    wrong = await _offered(shard, (sound,), CONTROL_SECONDS)
    if len(wrong) < shard.count:
        return Outcome(shard.count, note=f"{shard.count - len(wrong)} sound files were refused")
    return Outcome(shard.count, corrupt=len(wrong))


async def _offered(shard: Shard, damages: tuple[Damage, ...], seconds: int) -> list[str]:
    """What was wrong; at most one thing for each file."""
    wrong = []
    dice, pairs = shard.dice(), list(itertools.product(damages, COMMANDS))
    dice.shuffle(pairs)
    for damage, command in itertools.islice(itertools.cycle(pairs), shard.count):
        with shard.records("sqlite") as url:
            wrong += await asyncio.to_thread(_one, url, damage, command, dice, seconds)
    return wrong


def _one(url: str, damage: Damage, command: tuple[str, ...], dice: random.Random, seconds: int) -> list[str]:
    file = sqlite_file(url)
    assert file is not None
    damage(file, dice)
    before = _seen(file.parent)
    what = f"{' '.join(command)} with a file {damage.__name__}"
    try:
        with _held(file, damage is untouched):
            done = subprocess.run(
                [*CAUNOI, *command], env=_environment(url, file.parent), cwd=file.parent, check=False,
                capture_output=True, text=True, timeout=seconds,
            )  # fmt: skip
    except subprocess.TimeoutExpired:
        return [f"{what}: accepted"]
    if done.returncode != 1:
        return [f"{what}: exit code {done.returncode}"]
    if not _is_plain(done.stderr):
        return [f"{what}: said {done.stderr[-300:]!r}"]
    return [] if _seen(file.parent) == before else [f"{what}: the data were touched"]


def _is_plain(words: str) -> bool:
    """A sentence and what to do, for people."""
    said = words.strip()
    return "Traceback" not in said and 1 <= len(said.splitlines()) <= 2 and said.endswith(".")


@contextmanager
def _held(file: Path, held: bool) -> Iterator[None]:
    lock = DataLock(file) if held else None
    try:
        yield
    finally:
        if lock is not None:
            lock.release()


def _seen(folder: Path) -> dict[str, str]:
    """What lies there; a lock, a shared index and an empty log are no data."""
    files = (path for path in folder.iterdir() if path.is_file() and not path.name.endswith(MADE_ANEW))
    seen = {path.name: path.read_bytes() for path in files}
    return {name: sha256(data).hexdigest() for name, data in seen.items() if data or not name.endswith("-wal")}


def _environment(url: str, folder: Path) -> dict[str, str]:
    given = {"DATABASE_URL": url, "DATA_DIR": str(folder), "TELEGRAM_TOKEN": TOKEN, "WEB_PORT": str(free_port())}
    env = {name: value for name, value in os.environ.items() if not name.startswith("CAUNOI_")}
    given["TELEGRAM_API_BASE"] = f"http://127.0.0.1:{free_port()}"
    return (
        env
        | {f"CAUNOI_{name}": value for name, value in given.items()}
        | {"PYTHONPATH": str(Path(__file__).parents[2])}
    )


CAMPAIGNS = (
    Campaign("bad_files", "files", full=20 * len(DAMAGES), short=4, piece=40, run=offer),
    Campaign(
        "bad_files_control",
        "files",
        full=2 * len(COMMANDS),
        short=2,
        piece=len(COMMANDS),
        run=offer_sound,
        control=True,
    ),
)
