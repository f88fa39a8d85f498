"""RESULTS.md, from the parts that were written down."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median

from bench.child import Result
from bench.record import Part
from bench.rounds import Found
from bench.targets import verdicts

Line = tuple[object, ...]
TOLD = {
    "sends": """(a) Messages a second

Through our channel, python-telegram-bot as it comes (httpx), and aiogram, to one fake Telegram on the other core,
which takes every message at once. No pace is kept here: how fast a bot may send is another matter.""",
    "turns": """(b) Durable turns of the feedback talk

The whole path, from an update's JSON to the committed reply: eight updates, one ticket, 64 people in the middle of
it at a time, each waiting for the commit before writing again. Everybody writes the same rows for it, counted after
each measurement (a difference stops the bench), with `synchronous=FULL` or PostgreSQL's fsync. Ours commits
together what has queued up. aiogram has its FSM, and python-telegram-bot its ConversationHandler with a persistence
written at each update, in SQLAlchemy's ORM: one session and one commit an update, over one connection on SQLite
(aiosqlite) and eight on PostgreSQL (asyncpg). python-telegram-bot takes one update at a time, as it does unless
told otherwise. A twentieth as many people warm up first. PostgreSQL and the people who write are on the other core;
what it costs only to be handed an update is in the last line, and in every other. (On a slower machine, an Intel
Xeon on which aiogram's turn takes 1.66 times the CPU, two rounds at commit 54d7bc7 gave 1,380 a second on SQLite, 571
on PostgreSQL and 6.9 × aiogram: there the first two miss their targets.)""",
    "replies": """(c) How long a reply takes

The whole program as `caunoi run` starts it, on SQLite with 10,000 people, at its normal pace of 28 messages a
second. Telegram answers after 50 to 100 ms. Four messages a second come in; counted is from Telegram having one to
Telegram having the reply, first with nothing else to do, then while a letter to 3,000 goes out, its posting by a
hundred a transaction included. (By a thousand a transaction, two quick rounds at commit f04433e had a p99 of 292 and
300 ms: SQLite has one writer, and turns wait for it. Whoever posts to many must do it in small transactions.)""",
    "crowds": """(d) A turn among so many people

The same talk as in (b), of people new to it. The others are registered, have agreed to something, have a session,
an update and a notice behind them, and one in ten a closed ticket.""",
    "memory": """(e) Memory

`caunoi run` on SQLite with 100,000 people: five seconds after it started, and the most while updates come as fast
as it takes them.""",
    "first_page": """(f) Time to the first page

From the command `caunoi demo` in an empty folder to the page's last byte.""",
    "rollups": """(g) Roll-ups and unit search

A roll-up tells members of each organisation, distinct people, those here and those away, for a unit and each unit
below it. The province has 168 communes of 27 hamlets; everybody is in two of six organisations. Nothing is reckoned
beforehand: two covering indexes of `memberships` are read in their order. Searches are those of
`tests/storage/unit_queries.txt`, through the reader that a command line has.""",
    "import": """(h) A list of 50,000 members

`caunoi members import` of an XLSX file into a ward of 27 hamlets: looked at (`--dry-run`), brought (`--apply
--skip-wrong`), and brought again, which changes nothing. One row in a hundred is faulty and must be told of by its
number. In one kind of file there are 192 names and 60 years of birth, in the other names are as they are in the
country. Memory is that of the command and the process that reads the file for it, looked at every 50 ms. Beside it a
script as one writes it first: openpyxl's read-only mode, an ORM session, a query for each row, one commit at the
end. It checks less, proposes no duplicates, keeps no log, and lets nobody else write until it is done.""",
}
HEAD = """`make bench` writes this page (`ONLY=turns` measures one part, `QUICK=1` has a look). Figures are medians,
with the lowest and the highest in brackets; what is compared takes turns, round by round. What is measured runs on one
core, what loads it on the other."""
NAMES = {
    "per_second": "a second",
    "cpu_us": "CPU µs each",
    "beside_us": "PostgreSQL's CPU µs each",
    "load_us": "load's CPU µs each",
    "idle_p50_ms": "idle p50, ms",
    "idle_p99_ms": "idle p99, ms",
    "p50_ms": "bulk p50, ms",
    "p99_ms": "bulk p99, ms",
    "replies": "replies in a round",
    "letters_per_second": "letters a second",
    "idle_rss": "idle RSS, MiB",
    "idle_pss": "idle PSS, MiB",
    "load_rss": "loaded RSS, MiB",
    "load_pss": "loaded PSS, MiB",
    "turns_per_second": "turns a second",
    "seconds": "seconds",
    "look_seconds": "looked at, seconds",
    "again_seconds": "again, seconds",
    "peak_rss": "peak RSS, MiB",
    "median_ms": "median, ms",
    "cpu_ms": "our CPU, ms",
    "p95_ms": "p95, ms",
    "longest_ms": "longest, ms",
    "people": "distinct people",
}
PLACES = {
    "seconds": 2,
    "look_seconds": 2,
    "again_seconds": 2,
    "median_ms": 1,
    "cpu_ms": 1,
    "p95_ms": 1,
    "longest_ms": 1,
    "idle_p50_ms": 1,
    "idle_p99_ms": 1,
    "p50_ms": 1,
    "p99_ms": 1,
    "load_us": 1,
}


def render(parts: Mapping[str, Part]) -> str:
    """The whole page."""
    there = [parts[name] for name in TOLD if name in parts]
    lines = [f"{v.what} | {v.target} | {v.found} | {v.word}" for part in there for v in verdicts(part)]
    targets = "\n".join(["| | target | found | |", "|---|---|---|---|", *(f"| {line} |" for line in lines)])
    return "\n\n".join(["# How fast it is", _heading(there), targets, *map(_section, there)]) + "\n"


def _heading(parts: list[Part]) -> str:
    facts = "; ".join(f"{name} {value}" for name, value in parts[0]["machine"].items()) if parts else ""
    return f"{HEAD}\n\n{facts}."


def _section(part: Part) -> str:
    rounds = max((len(results) for results in part["found"].values()), default=0)
    told = (
        f"{part['date']}, commit {part['commit']}, {rounds} round{'s' * (rounds > 1)}{', quick' * part['quick']}, "
        f"{part['seconds']} s, load average {part['load_average']} at the end."
    )
    tables = [_table(group, found) for group, found in groups(part["found"]).items()]
    return "\n\n".join((f"## {TOLD[part['part']]}", told, *tables))


def groups(found: Found) -> dict[str, Found]:
    """What is compared with each other: `group: name` belongs to its group."""
    split: dict[str, Found] = {}
    for name, results in found.items():
        group, _, member = name.rpartition(": ")
        split.setdefault(group, {})[member] = results
    return split


def _table(group: str, found: Found) -> str:
    first = next(iter(found.values()))
    shown = [key for key in NAMES if any(result.get(key) for results in found.values() for result in results)]
    rated = "per_second" in shown and len(found) > 1
    head = (group, *(NAMES[key] for key in shown), *(("ours is × as fast", "takes × our CPU") if rated else ()))
    rows = [
        (name, *(_spread(results, key) for key in shown), *(_against(first, results) if rated else ()))
        for name, results in found.items()
    ]
    lines: list[Line] = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def _spread(results: list[Result], key: str) -> str:
    values = [result[key] for result in results if key in result]
    if not any(values):
        return ""
    middle, low, high = (f"{value:,.{PLACES.get(key, 0)}f}" for value in (median(values), min(values), max(values)))
    return middle if low == high else f"{middle} ({low}–{high})"


def _against(first: list[Result], results: list[Result]) -> Line:
    faster = medians(first, "per_second") / medians(results, "per_second")
    dearer = medians(results, "cpu_us") / medians(first, "cpu_us")
    return f"{faster:.2f}", f"{dearer:.2f}"


def medians(results: list[Result], key: str) -> float:
    """The median of one figure."""
    return float(median(result[key] for result in results))
