"""`make bench`: everything in one run, side by side, in rounds, so that a busy machine is busy for all alike."""

from __future__ import annotations

import argparse
import platform
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median

from bench import fake_server, program
from bench.child import ROOT, Result, run
from bench.durable import durable, populated
from bench.sends import CLIENTS

RESULTS = Path(__file__).parent / "RESULTS.md"
Measure = Callable[[], Result]
Rows = list[tuple[object, ...]]


def side_by_side(rounds: int, measures: Mapping[str, Measure]) -> dict[str, list[Result]]:
    """Measure each once a round."""
    found: dict[str, list[Result]] = {name: [] for name in measures}
    for number in range(rounds):
        for name, measure in measures.items():
            found[name].append(measure())
            print(number + 1, name, {key: found[name][-1][key] for key in ("per_second", "cpu_us")}, flush=True)
    return found


def compared(found: Mapping[str, list[Result]]) -> Rows:
    """Medians, the spread, and how many times the first one's."""
    first = next(iter(found))
    rate = {name: median(each["per_second"] for each in results) for name, results in found.items()}
    cpu = {name: median(each["cpu_us"] for each in results) for name, results in found.items()}
    return [
        (
            name,
            f"{rate[name]:,.0f}",
            f"{min(r['per_second'] for r in results):,.0f} to {max(r['per_second'] for r in results):,.0f}",
            f"{cpu[name]:,.0f}",
            f"{rate[first] / rate[name]:.2f}",
            f"{cpu[name] / cpu[first]:.2f}",
        )
        for name, results in found.items()
    ]


HEAD = ("", "a second, median", "lowest to highest", "CPU µs each", "ours is × as fast", "takes × our CPU")


def table(head: tuple[str, ...], rows: Rows) -> str:
    """A table in Markdown."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def sends(quick: bool) -> str:
    """(a)."""
    parts = []
    with fake_server.running() as api:
        for in_flight in (1, 30, 200):
            given: Result = {"api": api, "count": 300 if quick else 2000, "in_flight": in_flight}
            measures = {name: partial(run, "sends:sends", client=name, **given) for name in CLIENTS}
            found = side_by_side(rounds(quick), measures)
            parts.append(f"{in_flight} in flight:\n\n{table(HEAD, compared(found))}")
    return "\n\n".join(parts)


def turns(quick: bool) -> str:
    """(b)."""
    found = durable(100 if quick else 400, lambda measures: side_by_side(rounds(quick), measures))
    rows = [(name, *(results[-1]["rows"].get(kind, "") for kind in found["ours, SQLite"][-1]["rows"]))
            for name, results in found.items()]  # fmt: skip
    head = ("rows written", *found["ours, SQLite"][-1]["rows"])
    return f"{table(HEAD, compared(found))}\n\n{table(head, rows)}"


def crowds(quick: bool) -> str:
    """(d)."""
    sizes = (10**4, 10**5) if quick else (10**4, 10**5, 10**6)
    found = populated(sizes, lambda measures: side_by_side(rounds(quick), measures))
    return table(HEAD, compared(found))


def first_page(quick: bool) -> str:
    """(f)."""
    seconds = [program.first_page() for _ in range(rounds(quick))]
    return f"median {median(seconds):.2f} s ({min(seconds):.2f} to {max(seconds):.2f})"


def rounds(quick: bool) -> int:
    """How often each thing is measured."""
    return 1 if quick else 5


PARTS = {
    "sends": ("(a) Messages a second", sends),
    "turns": ("(b) Durable turns of the feedback talk", turns),
    "crowds": ("(d) A turn with so many people in the database", crowds),
    "first_page": ("(f) From `caunoi demo` to the first page", first_page),
}


def heading(quick: bool) -> str:
    """When, what and where."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], check=True, capture_output=True, text=True, cwd=ROOT
    )
    load = Path("/proc/loadavg").read_text("utf-8").split()[0]
    kind = "one short round: an indication only" if quick else "medians of five rounds"
    return (
        f"# How fast it is\n\n{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit.stdout.strip()}, {kind}. "
        f"{platform.machine()}, {platform.system()} {platform.release()}, Python {platform.python_version()}; "
        f"load average {load} at the end, so that ratios and CPU time tell more than rates. What is measured runs on "
        "one core; the server that takes messages on the other, and PostgreSQL where the kernel puts it. "
        "Updates are made before the clock "
        "starts, so that loading costs nothing while it runs."
    )


def main() -> None:
    """Measure, and write it down."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round of each")
    parser.add_argument("--only", choices=PARTS, action="append", help="only this part, and nothing is written down")
    asked = parser.parse_args()
    told = [f"## {title}\n\n{measure(asked.quick)}" for name, (title, measure) in PARTS.items()
            if name in (asked.only or PARTS)]  # fmt: skip
    page = "\n\n".join((heading(asked.quick), *told)) + "\n"
    print(page)
    if not asked.only:
        RESULTS.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
