"""What is compared when turns are durable, each on records of its own that are new every time."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from bench.child import Result, run
from tests import postgres

IN_FLIGHT = 64
NEW_CHATS = 200
Measure = Callable[[], Result]
SideBySide = Callable[[Mapping[str, Measure]], dict[str, list[Result]]]


def durable(chats: int, side_by_side: SideBySide) -> dict[str, list[Result]]:
    """The feedback talk of so many people."""
    with tempfile.TemporaryDirectory() as kept, postgres.server() as server:
        empty, url = Path(kept) / "empty.db", server.render_as_string(hide_password=False)
        run("ours:prepare", url=f"sqlite:///{empty}", folder=kept)

        def sqlite() -> Result:
            return _in_a_folder(lambda folder: _ours(f"sqlite:///{_copied(empty, folder)}", folder, chats))

        def on_postgres() -> Result:
            with postgres.fresh_database(url) as fresh:
                run("ours:prepare", url=fresh, folder=kept)
                return _ours(fresh, kept, chats)

        return side_by_side(
            {
                "ours, SQLite": sqlite,
                "ours, PostgreSQL": on_postgres,
                "aiogram + FSM + ORM on aiosqlite": lambda: _aiogram(chats, IN_FLIGHT),
                "the same, one at a time": lambda: _aiogram(chats, 1),
                "python-telegram-bot, pickle at each update": lambda: _in_a_folder(
                    lambda folder: run("ptb_peer:turns", folder=folder, chats=chats)
                ),
            }
        )


def populated(sizes: tuple[int, ...], side_by_side: SideBySide) -> dict[str, list[Result]]:
    """The same talk of new people each time, among so many in the database."""
    with tempfile.TemporaryDirectory() as kept:
        empty = Path(kept) / "empty.db"
        run("ours:prepare", url=f"sqlite:///{empty}", folder=kept)
        begun = dict.fromkeys(sizes, 0)
        urls = {size: f"sqlite:///{_copied(empty, _folder(kept, size))}" for size in sizes}
        for size, url in urls.items():
            run("ours:populate", url=url, folder=_folder(kept, size), first=0, count=size)

        def measure(size: int) -> Result:
            first, begun[size] = begun[size], begun[size] + NEW_CHATS
            folder = _folder(kept, size)
            return run("ours:turns", url=urls[size], folder=folder, first=first, chats=NEW_CHATS, in_flight=IN_FLIGHT)

        return side_by_side({f"{size:,} people": partial(measure, size) for size in sizes})


def _ours(url: str, folder: str, chats: int) -> Result:
    run("ours:populate", url=url, folder=folder, first=0, count=chats)
    return run("ours:turns", url=url, folder=folder, first=0, chats=chats, in_flight=IN_FLIGHT)


def _aiogram(chats: int, in_flight: int) -> Result:
    return _in_a_folder(lambda folder: run("aiogram_peer:turns", folder=folder, chats=chats, in_flight=in_flight))


def _in_a_folder(measure: Callable[[str], Result]) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        return measure(folder)


def _folder(kept: str, size: int) -> str:
    folder = Path(kept) / str(size)
    folder.mkdir(exist_ok=True)
    return str(folder)


def _copied(empty: Path, folder: str) -> Path:
    return Path(shutil.copyfile(empty, Path(folder) / "caunoi.db"))
