"""The pieces of the bench work, at sizes that tell nothing about speed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from bench import imports, list_peer, lists, page, record
from bench.child import Result, run
from bench.cores import LOADING, cpu_seconds
from bench.rounds import RowsDiffer, folder, leaves, require_rows, side_by_side

TALKS = 4
MEBIBYTES_OF_PYTHON = 10


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A folder with a town of a few people in `town.db`."""
    with folder() as made:
        url = f"sqlite:///{made}/town.db"
        run("town:prepare", url=url, folder=made)
        run("town:populate", url=url, folder=made, first=0, count=200, lived=True)
        yield Path(made)


def test_ours_and_a_peer_write_the_same_rows(home: Path) -> None:
    amount = {"chats": TALKS, "in_flight": 2}
    ours = run("ours:turns", url=f"sqlite:///{home}/town.db", folder=str(home), first=100, **amount)
    peer = run("ptb_peer:turns", url=f"sqlite+aiosqlite:///{home}/peer.db", **amount)
    require_rows("ours", ours["rows"], leaves(TALKS) | {"chat_sessions": 0})  # in a lived-in town they had one
    require_rows("peer", peer["rows"], leaves(TALKS))
    assert ours["count"] == peer["count"] == TALKS * 8
    assert ours["load_us"] > 0


def test_work_left_undone_stops_the_bench() -> None:
    with pytest.raises(RowsDiffer, match="lazy"):
        require_rows("lazy", leaves(TALKS) | {"tickets": TALKS - 1}, leaves(TALKS))


def test_replies_are_timed_with_and_without_a_bulk_send(home: Path) -> None:
    found = run("replies:replies", LOADING, records=f"{home}/town.db", letters=150, seconds=1.5, per_second=8)
    assert found["replies"] > 0
    assert found["idle_p50_ms"] <= found["idle_p99_ms"]
    assert found["letters_per_second"] > 0


def test_memory_is_read_while_the_program_runs(home: Path) -> None:
    found = run("memory:memory", LOADING, records=f"{home}/town.db", people=200, seconds=1.0, rests=0.2)
    assert 0 < found["idle_pss"] <= found["idle_rss"] <= found["load_rss"]
    assert found["turns_per_second"] > 0


def test_a_list_is_brought_by_ours_and_by_a_peer(home: Path) -> None:
    people, wrong, file, url = 40, 5, str(home / "list.xlsx"), f"sqlite:///{home}/town.db"
    asyncio.run(lists.plant(url, str(home)))
    asyncio.run(lists.write(file, people, wrong, crowd=True))
    found = asyncio.run(imports.command(url, str(home), file, people, wrong, None))
    assert found["cpu"] > 0
    assert found["peak_rss"] > MEBIBYTES_OF_PYTHON
    with Session(create_engine("sqlite://")) as session:
        told = list_peer.enter(session, lists.lines(people, wrong, crowd=True))
    assert told == {"new": people - wrong, "wrong": wrong}


def test_the_page_says_what_was_found_and_whether_it_is_enough() -> None:
    def measure() -> Result:
        return {"idle_rss": next(sizes), "idle_pss": 90.0}

    sizes = iter([100.0, 130.0, 110.0])
    part = record.part("memory", False, 0.0, side_by_side(3, {"caunoi run": measure}))
    told = page.render({"memory": part})
    assert "| Idle memory, MiB | at most 120 | 110 | met |" in told
    assert "| caunoi run | 110 (100–130) | 90 |" in told
    part["found"]["caunoi run"][0]["idle_rss"] = 140.0
    assert "**missed**" in page.render({"memory": part})


def test_the_cost_of_another_process_is_known() -> None:
    with Path("/proc/self/stat").open(encoding="utf-8") as stat:
        assert cpu_seconds(int(stat.read().split()[0])) > 0
