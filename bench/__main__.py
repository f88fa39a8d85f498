"""`make bench`: each part in rounds, side by side; written down as soon as it is known."""

from __future__ import annotations

import argparse
import time
from functools import partial
from pathlib import Path

from bench import fake_server, page, program, record
from bench.child import Result, run
from bench.cores import LOADING
from bench.crowds import crowds
from bench.durable import durable
from bench.imports import imports
from bench.rollups import rollups
from bench.rounds import Found, folder, side_by_side

RESULTS = Path(__file__).parent / "RESULTS.md"
ROUNDS = 5
CLIENTS = {"ours": "ours:sending", "python-telegram-bot": "ptb_peer:sending", "aiogram": "aiogram_peer:sending"}


def rounds(quick: bool) -> int:
    """How often each thing is measured."""
    return 1 if quick else ROUNDS


def sends(quick: bool) -> Found:
    """(a)."""
    found: Found = {}
    with fake_server.running() as (api, process):
        for in_flight in (1, 30, 200):
            given: Result = {"api": api, "count": 300 if quick else 2000, "in_flight": in_flight, "beside": process}
            found |= side_by_side(
                rounds(quick),
                {
                    f"{in_flight} in flight: {name}": partial(run, "sends:sends", client=client, **given)
                    for name, client in CLIENTS.items()
                },
            )
    return found


def turns(quick: bool) -> Found:
    """(b)."""
    return durable(rounds(quick), 100 if quick else 400)


def replies(quick: bool) -> Found:
    """(c)."""
    seconds = 10.0 if quick else 30.0
    with folder() as home:
        given: Result = {"records": _town(home, 10_000), "letters": 3000, "seconds": seconds, "per_second": 4}
        return side_by_side(rounds(quick), {"replies": partial(run, "replies:replies", LOADING, **given)})


def many(quick: bool) -> Found:
    """(d)."""
    return crowds(rounds(quick), 100 if quick else 200, (10**4, 10**5) if quick else (10**4, 10**5, 10**6))


def memory(quick: bool) -> Found:
    """(e)."""
    with folder() as home:
        given: Result = {"records": _town(home, 10**5), "people": 10**5, "seconds": 5.0 if quick else 20.0}
        return side_by_side(rounds(quick), {"caunoi run": partial(run, "memory:memory", LOADING, **given)})


def first_page(quick: bool) -> Found:
    """(f)."""
    return side_by_side(rounds(quick), {"caunoi demo": lambda: {"seconds": program.first_page()}})


def rolled_up(quick: bool) -> Found:
    """(g)."""
    return rollups(1 if quick else 3, 500_000)


def imported(quick: bool) -> Found:
    """(h)."""
    return imports(1, 2000, 20) if quick else imports(3, 50_000, 500)


def _town(home: str, people: int) -> str:
    file = f"{home}/town.db"
    run("town:prepare", url=f"sqlite:///{file}", folder=home)
    run("town:populate", url=f"sqlite:///{file}", folder=home, first=0, count=people, lived=True)
    return file


PARTS = {
    "sends": sends, "turns": turns, "replies": replies, "crowds": many, "memory": memory, "first_page": first_page,
    "rollups": rolled_up, "import": imported,
}  # fmt: skip


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round of each, and nothing is written down")
    parser.add_argument("--only", choices=PARTS, action="append", help="only this part")
    asked = parser.parse_args()
    parts = {} if asked.quick else record.kept()
    for name in asked.only or PARTS:
        began = time.monotonic()
        parts[name] = record.part(name, asked.quick, began, PARTS[name](asked.quick))
        if not asked.quick:
            record.keep(parts[name])
            RESULTS.write_text(page.render(parts), "utf-8")
    print(page.render(parts))


if __name__ == "__main__":
    main()
