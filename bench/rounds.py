"""Rounds: each thing once a round, so that a busy machine is busy for all alike."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.child import Result
from bench.cores import LOADING, put_on
from bench.talk import ROWS
from tests import postgres

Measure = Callable[[], Result]
Found = dict[str, list[Result]]
DISK = "/var/tmp"  # noqa: S108 - a disk even where /tmp is memory; PostgreSQL's data lie here too


class RowsDiffer(Exception):
    """Somebody did not do the work that was to be compared."""


def side_by_side(rounds: int, measures: Mapping[str, Measure]) -> Found:
    """Measure each once a round."""
    found: Found = {name: [] for name in measures}
    for number in range(rounds):
        for name, measure in measures.items():
            result = measure()
            found[name].append(result)
            told = {key: f"{value:.0f}" for key, value in result.items() if isinstance(value, float)}
            print(number + 1, name, told, flush=True)
    return found


def leaves(talks: int) -> dict[str, int]:
    """The rows that so many talks leave."""
    return {table: count * talks for table, count in ROWS.items()}


def require_rows(name: str, rows: Mapping[str, int], expected: Mapping[str, int]) -> None:
    """Refuse a result of turns that wrote other rows."""
    if rows != expected:
        raise RowsDiffer(f"{name} wrote {rows} where {expected} were to be written")


@contextmanager
def folder() -> Iterator[str]:
    """A folder on a real disk for a while."""
    with tempfile.TemporaryDirectory(prefix="caunoi-bench-", dir=DISK) as made:
        yield made


@contextmanager
def postgres_server() -> Iterator[tuple[str, int]]:
    """A PostgreSQL server of our own on the core of what loads: its URL and its process."""
    with postgres.server() as url:
        data = Path(str(url.query["host"])) / "db"
        process = int((data / "postmaster.pid").read_text("utf-8").splitlines()[0])
        put_on(LOADING, process)
        yield url.render_as_string(hide_password=False), process
