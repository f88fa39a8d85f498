"""(g) Roll-ups of a province in which there are a million memberships, and finding units by what people type."""

from __future__ import annotations

import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median, quantiles

from sqlalchemy import Connection, insert, select, text
from sqlalchemy.ext.asyncio import create_async_engine

from bench.child import Result, run
from bench.rounds import Found, folder, postgres_server, side_by_side
from bench.talk import COMMUNE, NOW
from bench.town import ID, NUMBERS
from conversation.answers import fold
from storage.database import open_database
from storage.place_search import search_places
from storage.rollups import roll_up
from storage.schema import unit_closure, units
from tests import postgres

PROVINCE = "79"
HAMLETS = 27
AT_ONCE = 50_000
QUERIES = Path(__file__).parent.parent / "tests" / "storage" / "unit_queries.txt"
HOMES = (
    "(SELECT code AS home, path, row_number() OVER (ORDER BY path) - 1 AS place FROM units WHERE depth = 2) AS homes"
)
KINDS = "(SELECT code AS org, place - 1 AS k FROM organisations) AS kinds"
BRANCHES = (
    "INSERT INTO branches (id, organisation_code, unit_code, kind, name, fold)"
    f" SELECT homes.place * 6 + k + 1, org, home, 'chi_hoi', 'Chi hội', 'chi hoi' FROM {HOMES} CROSS JOIN {KINDS}"
)
PEOPLE = f"people (id, unit_code, registered_at) SELECT {ID}, home, 1 FROM n JOIN {HOMES} ON homes.place = n % :homes"
MEMBERS = (
    "memberships (id, person_id, branch_id, organisation_code, unit_path, status, status_on, since, origin)"
    f" SELECT {ID} * 8 + k, {ID}, homes.place * 6 + k + 1, org, path,"
    " CASE WHEN n % 10 = 0 THEN 'away' ELSE 'present' END, '2026-01-01', '2020-01-01', 'import'"
    f" FROM n JOIN {HOMES} ON homes.place = n % :homes JOIN {KINDS} ON (n + k) % 3 = 0"
)
"""Everybody is in two of the six organisations."""


def rollups(rounds: int, people: int) -> Found:
    """So many people, each in two organisations."""
    with ExitStack() as kept:
        home = kept.enter_context(folder())
        server, _ = kept.enter_context(postgres_server())
        database = kept.enter_context(postgres.fresh_database(server))
        measures = {}
        for engine, url in (("SQLite", f"sqlite:///{home}/bench.db"), ("PostgreSQL", database)):
            run("town:prepare", url=url, folder=home)
            run("rollups:settle", url=url, folder=home, people=people)
            for what, code in (("a province", PROVINCE), ("a commune", COMMUNE)):
                name = f"roll-up, {2 * people:,} memberships: {what}, {engine}"
                measures[name] = partial(run, "rollups:reckon", url=url, folder=home, code=code)
            measures[f"unit search: {engine}"] = partial(run, "rollups:find", url=url, folder=home)
        return side_by_side(rounds, measures)


async def settle(url: str, folder: str, people: int) -> Result:
    """Hamlets in all communes of the province, and so many people in them."""
    database = await open_database(url, Path(folder), now=NOW)
    homes = await database.write(_plant)
    for first in range(0, people, AT_ONCE):
        await database.write(_fill, {"homes": homes, "first": first, "last": min(first + AT_ONCE, people) - 1})
    await database.write(lambda tx: tx.execute(text("ANALYZE")))
    await database.close()
    if database.dialect == "postgresql":
        await _vacuum(url)
    return {}


def _plant(tx: Connection) -> int:
    rows, closure = [], []
    for commune in tx.scalars(select(units.c.code).where(units.c.parent_code == PROVINCE)).all():
        for number in range(1, HAMLETS + 1):
            code, name = f"{commune}-{number:02d}", f"Khu phố {number}"
            words = {"kind": "khu_pho", "name": name, "full_name": name, "fold": fold(name)}
            path = f"{PROVINCE}/{commune}/{code}/"
            rows.append({"code": code, "parent_code": commune, "depth": 2, "path": path, **words})
            line = enumerate((code, commune, PROVINCE))
            closure += [{"ancestor": above, "descendant": code, "distance": far} for far, above in line]
    tx.execute(insert(units), rows)
    tx.execute(insert(unit_closure), closure)
    tx.execute(text(BRANCHES))
    return len(rows)


def _fill(tx: Connection, numbers: dict[str, int]) -> None:
    for table in (PEOPLE, MEMBERS):
        into, _, query = table.partition(" SELECT ")
        tx.execute(text(f"INSERT INTO {into} {NUMBERS[tx.dialect.name]} SELECT {query}"), numbers)


async def _vacuum(url: str) -> None:
    """What the server does by itself within minutes."""
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text("VACUUM ANALYZE"))
    await engine.dispose()


async def reckon(url: str, folder: str, code: str) -> Result:
    """Milliseconds of a roll-up."""
    database = await open_database(url, Path(folder), now=NOW)
    found, took = await database.read(roll_up, code), []
    cpu = time.process_time()
    for _ in range(5):
        began = time.perf_counter()
        await database.read(roll_up, code)
        took.append(1000 * (time.perf_counter() - began))
    cpu = time.process_time() - cpu
    await database.close()
    return {
        "median_ms": median(took),
        "cpu_ms": 200 * cpu,
        "longest_ms": max(took),
        "people": found.whole.people.members,
    }


async def find(url: str, folder: str) -> Result:
    """Milliseconds of a search, over the list of what people type."""
    lines = QUERIES.read_text("utf-8").splitlines()
    typed = [line.rpartition(" = ")[0] for line in lines if line and not line.startswith("#")]
    database = await open_database(url, Path(folder), now=NOW)
    await database.read(search_places, "an hoi dong")
    took = []
    for words in typed:
        began = time.perf_counter()
        await database.read(search_places, words)
        took.append(1000 * (time.perf_counter() - began))
    await database.close()
    return {"median_ms": median(took), "p95_ms": quantiles(took, n=20)[-1], "longest_ms": max(took)}
