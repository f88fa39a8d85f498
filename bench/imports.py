"""(h) A list of 50,000 members from XLSX: looked at, brought, brought again; beside a script as one writes it first."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import shutil
import sys
from asyncio.subprocess import PIPE
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from bench.child import ROOT, Result, Stopwatch, run
from bench.cores import LOADING, MEASURED, put_on, resident
from bench.lists import ORGANISATION, faulty
from bench.rounds import Found, Measure, RowsDiffer, folder, postgres_server, side_by_side
from bench.talk import COMMUNE
from tests import postgres

KINDS = {"192 names": True, "names as they are": False}
APPLY = ("--apply", "--skip-wrong")
LOOKS_SECONDS = 0.05
ENOUGH = 1 << 26
"""Bytes of an answer that lists every faulty row."""


def imports(rounds: int, people: int, wrong: int) -> Found:
    """A list of so many people, of whom so many rows are faulty, on both databases."""
    with ExitStack() as kept:
        home = kept.enter_context(folder())
        server, process = kept.enter_context(postgres_server())
        empty, template = f"{home}/empty.db", kept.enter_context(postgres.fresh_database(server))
        for url in (f"sqlite:///{empty}", template):
            run("town:prepare", url=url, folder=home)
            run("lists:plant", url=url, folder=home)

        def on_sqlite(name: str, **given: Any) -> Result:
            with folder() as place:
                url = f"sqlite:///{shutil.copyfile(empty, f'{place}/caunoi.db')}"
                return run(name, LOADING, url=url, folder=place, **given)

        def on_postgres(name: str, **given: Any) -> Result:
            with folder() as place, postgres.fresh_database(server, str(make_url(template).database)) as url:
                return run(name, LOADING, url=url, folder=place, beside=process, **given)

        measures: dict[str, Measure] = {}
        for kind, crowd in KINDS.items():
            given: Result = {"file": f"{home}/{crowd}.xlsx", "people": people, "wrong": wrong}
            run("lists:write", crowd=crowd, **given)
            for engine, on in (("SQLite", on_sqlite), ("PostgreSQL", on_postgres)):
                measures[f"{engine}, {kind}: ours"] = partial(on, "imports:ours", **given)
                measures[f"{engine}, {kind}: openpyxl + ORM"] = partial(on, "imports:peer", **given)
        return side_by_side(rounds, measures)


async def ours(url: str, folder: str, file: str, people: int, wrong: int, beside: int | None = None) -> Result:
    """The command as an operator gives it."""
    given = (url, folder, file, people, wrong, beside)
    look, bring, again = await command(*given), await command(*given, *APPLY), await command(*given, *APPLY, there=True)
    return _each(bring, people) | {
        "look_seconds": look["seconds"],
        "again_seconds": again["seconds"],
        "peak_rss": max(done["peak_rss"] for done in (look, bring, again)),
    }


async def command(
    url: str, folder: str, file: str, people: int, wrong: int, beside: int | None, *more: str, there: bool = False
) -> Result:
    """Once; it must tell of every faulty row, and that everybody else is new or (`there`) is there already."""
    environment = {"CAUNOI_DATABASE_URL": url, "CAUNOI_DATA_DIR": folder}
    caunoi = (str(Path(sys.executable).with_name("caunoi")), "members", "import", file, "--json")
    done = await watched(environment, *caunoi, "--unit", COMMUNE, "--organisation", ORGANISATION, *more, beside=beside)
    told, right = done.pop("told"), people - wrong
    rows = [problem["row"] for problem in told["problems"] if problem["fatal"]]
    _require("ours", (told["there" if there else "new"], rows), (right, list(faulty(people, wrong))))
    return done


async def peer(url: str, folder: str, file: str, people: int, wrong: int, beside: int | None = None) -> Result:
    """In empty tables of its own."""
    url = f"sqlite:///{folder}/peer.db" if url.startswith("sqlite") else url
    arguments = json.dumps({"url": url, "file": file})
    script = (sys.executable, "-m", "bench.child", str(MEASURED), "list_peer:bring", arguments)
    done = await watched({}, *script, beside=beside)
    _require("openpyxl + ORM", done.pop("told"), {"new": people - wrong, "wrong": wrong})
    return _each(done, people)


def _require(name: str, found: object, expected: object) -> None:
    if found != expected:
        raise RowsDiffer(f"{name} told {found!s:.200} where {expected!s:.200} was to be told")


def _each(done: Result, people: int) -> Result:
    each = {"per_second": people / done["seconds"], "cpu_us": done["cpu"] / people * 1e6}
    return done | each | {"beside_us": done["beside"] / people * 1e6}


async def watched(environment: Mapping[str, str], *command: str, beside: int | None = None) -> Result:
    """What a command answered in JSON, its seconds, and the most memory that it and its children ever had."""
    before, peak = _cpu_of_ended(), 0.0
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    with Stopwatch(beside) as watch:
        process = await asyncio.create_subprocess_exec(
            *command, env=surroundings, cwd=ROOT, stdout=PIPE, stderr=PIPE, limit=ENOUGH
        )
        put_on(MEASURED, process.pid)
        answer = asyncio.create_task(process.communicate())
        while not answer.done():
            peak = max(peak, resident(process.pid))
            await asyncio.wait([answer], timeout=LOOKS_SECONDS)
    told, log = await answer
    if not told:
        raise RuntimeError(log.decode()[-3000:])
    cpu = _cpu_of_ended() - before
    return {"told": json.loads(told), "seconds": watch.wall, "cpu": cpu, "beside": watch.cpu_beside, "peak_rss": peak}


def _cpu_of_ended() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
