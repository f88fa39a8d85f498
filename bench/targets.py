"""What was promised of the figures, and whether it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

from bench.record import Part
from bench.rounds import Found


@dataclass(frozen=True, slots=True)
class Verdict:
    """One target and what was found."""

    what: str
    target: str
    found: str
    met: bool

    @property
    def word(self) -> str:
        """For the table."""
        return "met" if self.met else "**missed**"


def verdicts(part: Part) -> list[Verdict]:
    """Of one part; none where nothing was promised."""
    judge: Callable[[Found], Iterator[Verdict]] | None = JUDGES.get(part["part"])
    return list(judge(part["found"])) if judge else []


def _at_least(what: str, found: float, target: float, stretch: float = 0.0, places: int = 0) -> Verdict:
    hoped = f" (hoped for {stretch:,g})" if stretch else ""
    return Verdict(what, f"at least {target:,g}{hoped}", f"{found:,.{places}f}", found >= target)


def _at_most(what: str, found: float, target: float, places: int = 0) -> Verdict:
    return Verdict(what, f"at most {target:,.{places}f}", f"{found:,.{places}f}", found <= target)


def _median(found: Found, name: str, *keys: str) -> float:
    return float(median(sum(result[key] for key in keys) for result in found[name]))


def _sends(found: Found) -> Iterator[Verdict]:
    rate = {
        name: _median(found, f"30 in flight: {name}", "per_second")
        for name in ("ours", "python-telegram-bot", "aiogram")
    }
    yield _at_least(
        "Sends, × python-telegram-bot at 30 in flight", rate["ours"] / rate["python-telegram-bot"], 7, places=2
    )
    yield _at_least("Sends, × aiogram at 30 in flight", rate["ours"] / rate["aiogram"], 0.9, 1, places=2)


def _turns(found: Found) -> Iterator[Verdict]:
    rate = {name: _median(found, name, "per_second") for name in found}
    peer = max(rate["aiogram + FSM + ORM, SQLite"], rate["the same, one in flight"])
    yield _at_least("Durable turns a second, SQLite", rate["ours, SQLite"], 1500, 3000)
    yield _at_least("Durable turns, × aiogram + ORM at its best", rate["ours, SQLite"] / peer, 5, 10, places=2)
    yield _at_least("Durable turns a second, PostgreSQL", rate["ours, PostgreSQL"], 900, 1500)


def _replies(found: Found) -> Iterator[Verdict]:
    idle = _median(found, "replies", "idle_p99_ms")
    yield _at_most("Reply p99 in a bulk send, ms: 2 × idle + 50", _median(found, "replies", "p99_ms"), 2 * idle + 50)


def _crowds(found: Found) -> Iterator[Verdict]:
    for engine in ("SQLite", "PostgreSQL"):
        costs = [_median(found, name, "cpu_us", "beside_us") for name in found if name.startswith(engine)]
        if len(costs) > 1:
            yield _at_most(f"CPU of a turn among the most people, × the fewest, {engine}", costs[-1] / costs[0], 1.2, 2)


def _memory(found: Found) -> Iterator[Verdict]:
    yield _at_most("Idle memory, MiB", _median(found, "caunoi run", "idle_rss"), 120)


def _rollups(found: Found) -> Iterator[Verdict]:
    for name in found:
        if "a province" in name:
            yield _at_most(f"Roll-up of {name.rpartition(': ')[2]}, ms", _median(found, name, "median_ms"), 1000)
        if name.startswith("unit search"):
            yield _at_most(f"Finding a unit, {name.rpartition(': ')[2]}, ms", _median(found, name, "median_ms"), 20, 1)


def _import(found: Found) -> Iterator[Verdict]:
    for name in found:
        where, _, who = name.partition(": ")
        if who == "ours":
            slowest = max(_median(found, name, key) for key in ("seconds", "look_seconds", "again_seconds"))
            yield _at_most(f"Import, {where}: seconds at the slowest", slowest, 60, 1)
            yield _at_most(f"Import, {where}: MiB at the most", _median(found, name, "peak_rss"), 500)


JUDGES = {
    "sends": _sends,
    "turns": _turns,
    "replies": _replies,
    "crowds": _crowds,
    "memory": _memory,
    "rollups": _rollups,
    "import": _import,
}
