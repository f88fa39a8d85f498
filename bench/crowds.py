"""(d) What a turn costs with so many people in the database: the same talk, of new people each time."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from sqlalchemy.engine import make_url

from bench.child import Result, run
from bench.durable import IN_FLIGHT
from bench.rounds import Found, folder, leaves, postgres_server, require_rows, side_by_side
from tests import postgres


def crowds(rounds: int, chats: int, sizes: tuple[int, ...]) -> Found:
    """Turns among so many people; their records are built once and kept until all rounds are over."""
    with ExitStack() as kept:
        home = kept.enter_context(folder())
        url, server = kept.enter_context(postgres_server())
        empty, template = Path(home) / "empty.db", kept.enter_context(postgres.fresh_database(url))
        run("town:prepare", url=f"sqlite:///{empty}", folder=home)
        run("town:prepare", url=template, folder=home)
        spoken: dict[str, int] = {}

        def talks(place: str, beside: int | None = None) -> Result:
            first, everybody = spoken.get(place, 0), chats + chats // 20
            spoken[place] = first + everybody
            result = run(
                "ours:turns", url=place, folder=home, first=first, chats=chats, in_flight=IN_FLIGHT, beside=beside
            )
            require_rows(place, result["rows"], leaves(chats) | {"chat_sessions": 0})  # they had one
            return result

        measures = {}
        for size in sizes:
            file = f"sqlite:///{shutil.copyfile(empty, f'{home}/{size}.db')}"
            database = kept.enter_context(postgres.fresh_database(url, str(make_url(template).database)))
            for place, beside, name in ((file, None, "SQLite"), (database, server, "PostgreSQL")):
                run("town:populate", url=place, folder=home, first=0, count=size, lived=True)
                measures[f"{name}: {size:,} people"] = partial(talks, place, beside)
        return side_by_side(rounds, measures)
