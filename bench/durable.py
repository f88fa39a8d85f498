"""(b) Durable turns: each bot on records of its own that are new every time, and the rows they wrote counted."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from bench.child import Result, run
from bench.rounds import Found, Measure, folder, leaves, postgres_server, require_rows, side_by_side
from tests import postgres

IN_FLIGHT = 64
NOBODY = "nobody (the update is only parsed)"


def durable(rounds: int, chats: int) -> Found:
    """The feedback talk of so many people, by ours and by peers."""
    with ExitStack() as kept:
        home = kept.enter_context(folder())
        url, server = kept.enter_context(postgres_server())
        template = kept.enter_context(postgres.fresh_database(url))
        empty = Path(home) / "empty.db"
        run("town:prepare", url=f"sqlite:///{empty}", folder=home)
        run("town:prepare", url=template, folder=home)
        amount: Result = {"chats": chats, "in_flight": IN_FLIGHT}

        def on_sqlite(name: str, **more: Any) -> Result:
            with folder() as place:
                return run(name, **amount | {"url": f"sqlite+aiosqlite:///{place}/peer.db"} | more)

        def on_postgres(name: str) -> Result:
            with postgres.fresh_database(url) as fresh:
                return run(name, url=fresh, **amount, beside=server)

        def ours_on_sqlite() -> Result:
            with folder() as place:
                return _ours(f"sqlite:///{shutil.copyfile(empty, f'{place}/caunoi.db')}", place, amount)

        def ours_on_postgres() -> Result:
            with postgres.fresh_database(url, str(make_url(template).database)) as fresh:
                return _ours(fresh, home, amount, beside=server)

        measures: dict[str, Measure] = {
            "ours, SQLite": ours_on_sqlite,
            "ours, PostgreSQL": ours_on_postgres,
            "aiogram + FSM + ORM, SQLite": partial(on_sqlite, "aiogram_peer:turns"),
            "the same, one in flight": partial(on_sqlite, "aiogram_peer:turns", in_flight=1),
            "aiogram + FSM + ORM, PostgreSQL": partial(on_postgres, "aiogram_peer:turns"),
            "python-telegram-bot + ORM, SQLite": partial(on_sqlite, "ptb_peer:turns"),
            NOBODY: lambda: run("nobody:turns", **amount),
        }
        return side_by_side(rounds, {name: _checked(name, measure, chats) for name, measure in measures.items()})


def _ours(url: str, place: str, amount: Result, beside: int | None = None) -> Result:
    everybody = amount["chats"] + amount["chats"] // 20
    run("town:populate", url=url, folder=place, first=0, count=everybody, lived=False)
    return run("ours:turns", url=url, folder=place, first=0, **amount, beside=beside)


def _checked(name: str, measure: Measure, chats: int) -> Measure:
    def measured() -> Result:
        result = measure()
        require_rows(name, result["rows"], leaves(0 if name == NOBODY else chats))
        return result

    return measured
