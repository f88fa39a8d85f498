"""Somebody with the database, its log, the data folder and the logs in hand, who wants to know who wrote what.

They know in which order people wrote (they watched the street), and look for anything that puts the tickets in an
order: values of columns, places of rows, offsets of bytes, times of files. An ordering that has nothing to do with the
truth agrees with it as often as not; agreement over several runs is measured as a number of standard deviations.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import combinations
from math import sqrt
from pathlib import Path
from typing import Any

from conversation.answers import fold

PAGE = 4096
FRAME = PAGE + 24
"""A page in the write-ahead log comes with a header of its own."""
COUNTRY = frozenset({"units", "unit_closure", "unit_names"})
SHORTEST_TOKEN = 7
MANY = 15
"""Fewer authors would stand at an end by chance too often."""
ENOUGH_RUNS = 6
MOST_DEVIATIONS = 5.0
IDENTIFYING = ("id", "code", "claim_hash", "ticket_id", "file_id", "sha256")

Times = Mapping[str, int]
Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]
Order = Mapping[int, Any]
"""A value for each ticket (known by the place of its author in the street's order)."""


@dataclass
class Evidence:
    """What was seized: rows of every table, with where they lay; and files."""

    tables: Tables
    files: Mapping[str, bytes] = field(default_factory=dict)
    touched: Mapping[str, Times] = field(default_factory=dict)
    """When each file and folder was changed last."""

    def rows(self) -> Iterator[tuple[str, int, Row]]:
        """Every row, with its table and its place there; the country's units are the same everywhere."""
        for table in self.tables.keys() - COUNTRY:
            for place, row in enumerate(self.tables[table]):
                yield table, place, row


def seized_files(folder: Path) -> tuple[dict[str, bytes], dict[str, Times]]:
    """All files of a folder, and when they and their folders were changed."""
    found = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*"))}
    contents = {name: path.read_bytes() for name, path in found.items() if path.is_file()}
    return contents, {name: _times(path) for name, path in found.items()}


def _times(path: Path) -> Times:
    file, parent = path.stat(), path.parent.stat()
    return {
        "written": file.st_mtime_ns, "changed": file.st_ctime_ns, "read": file.st_atime_ns,
        "folder written": parent.st_mtime_ns, "folder changed": parent.st_ctime_ns,
    }  # fmt: skip


def sqlite_tables(files: Mapping[str, bytes], name: str, folder: Path) -> Tables:
    """Read every table from a copy of the seized files, without a word about order, and with the rowids."""
    for suffix in ("", "-wal"):
        (folder / f"seized.db{suffix}").write_bytes(files.get(name + suffix, b""))
    with closing(sqlite3.connect(folder / "seized.db")) as connection:
        connection.row_factory = sqlite3.Row
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {table: [dict(row) for row in connection.execute(_everything(connection, table))] for table in names}


def _everything(connection: sqlite3.Connection, table: str) -> str:
    [schema] = connection.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
    return f"SELECT {'*' if 'WITHOUT ROWID' in schema else 'rowid AS _rowid, *'} FROM {table}"


# --- which rows belong to which ticket ------------------------------------------------------------------------------

Tokens = dict[str, str]
"""What a ticket can be known by, and what that is: `text`, or the column it stood in."""


def tokens_of(evidence: Evidence, texts: Sequence[str]) -> list[Tokens]:
    """The words of each ticket, then every id in rows that hold what it is known by already."""
    known = [{text: "text"} for text in texts]
    rows = [(_cells(row), _ids(row)) for _table, _place, row in evidence.rows()]
    for _ in range(3):
        for cells, ids in rows:
            for tokens in known:
                if any(token in cells for token in tokens):
                    tokens.update(ids)
    return known


def _ids(row: Row) -> Tokens:
    return {str(row[name]): name for name in IDENTIFYING if len(str(row.get(name) or "")) >= SHORTEST_TOKEN}


def _cells(row: Row) -> str:
    return "\n".join(str(cell) for cell in row.values() if cell is not None)


# --- anything that puts tickets in an order -------------------------------------------------------------------------


def orders(evidence: Evidence, texts: Sequence[str]) -> dict[str, Order]:
    """Every ordering of the tickets that can be found, by where it was found."""
    found: dict[str, dict[int, Any]] = defaultdict(dict)
    rows = [(table, place, _cells(row), row) for table, place, row in evidence.rows()]
    for author, tokens in enumerate(tokens_of(evidence, texts)):
        for signal, value in (*_in_rows(rows, tokens), *_in_files(evidence, tokens)):
            found[signal].setdefault(author, value)
    return {signal: order for signal, order in found.items() if _tells(order)}


def _in_rows(rows: Sequence[tuple[str, int, str, Row]], tokens: Tokens) -> Iterator[tuple[str, Any]]:
    for table, place, cells, row in rows:
        if any(token in cells for token in tokens):
            yield f"{table}, place", place
            yield from ((f"{table}.{column}", value) for column, value in row.items())


def _in_files(evidence: Evidence, tokens: Tokens) -> Iterator[tuple[str, Any]]:
    for name, content in evidence.files.items():
        if any(token in name for token in tokens):
            yield from ((f"file {kind}", time) for kind, time in evidence.touched[name].items())
            continue
        for token, kind in tokens.items():
            for spelling, written in _spellings(token, kind):
                if (offset := content.find(written)) >= 0:
                    yield f"{name}, first {spelling}", offset
                    yield f"{name}, last {spelling}", content.rfind(written)


def _spellings(token: str, kind: str) -> Iterator[tuple[str, bytes]]:
    yield kind, token.encode()
    if kind == "text":
        yield "folded text", fold(token).encode()
    if token.isdecimal():
        yield f"{kind} in binary", int(token).to_bytes(8, "big")


def _tells(order: Order) -> bool:
    values = list(order.values())
    return len(set(map(str, values))) > 1 and {type(value) for value in values} <= {int} | {str}


# --- how well it agrees with the truth ------------------------------------------------------------------------------


@dataclass
class Agreement:
    """How an ordering agreed with the truth in several runs."""

    score: int = 0
    """Kendall's S: pairs in the true order, less pairs the other way round."""
    variance: float = 0.0
    """That of S, if the ordering has nothing to do with the truth."""
    runs: int = 0
    newest: int = 0
    """Runs in which the last author stood at one end, alone."""

    def add(self, order: Order) -> None:
        """Take one more run into account."""
        size, last = len(order), max(order)
        others = [value for author, value in order.items() if author != last]
        self.runs += 1
        self.newest += size >= MANY and (order[last] < min(others) or order[last] > max(others))
        pairs = combinations(sorted(order), 2)
        self.score += sum((order[two] > order[one]) - (order[two] < order[one]) for one, two in pairs)
        self.variance += size * (size - 1) * (2 * size + 5) / 18

    @property
    def deviations(self) -> float:
        """Standard deviations from what chance gives."""
        return abs(self.score) / sqrt(self.variance)

    @property
    def tells(self) -> bool:
        """Whether this is no chance any more: one in a million."""
        return self.deviations > MOST_DEVIATIONS or (self.runs >= ENOUGH_RUNS and self.newest == self.runs)


def telling(runs: Sequence[Mapping[str, Order]]) -> dict[str, Agreement]:
    """The orderings that give people away."""
    found: dict[str, Agreement] = defaultdict(Agreement)
    for run in runs:
        for signal, order in run.items():
            found[signal].add(order)
    return {signal: agreement for signal, agreement in found.items() if agreement.tells}


# --- a person and their words in one place --------------------------------------------------------------------------


def together(evidence: Evidence, chats: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Rows, pages, log lines and files other than the database in which somebody stands beside their own ticket."""
    tokens = tokens_of(evidence, texts)
    return [
        f"{where}: person {author}: {tokens[author][token]}"
        for where, content in _places(evidence)
        for author, chat in enumerate(chats)
        if chat in content
        for token in tokens[author]
        if token in content
    ]


def _places(evidence: Evidence) -> Iterator[tuple[str, str]]:
    for table, place, row in evidence.rows():
        yield f"{table} row {place}", _cells(row)
    for name, content in evidence.files.items():
        size = FRAME if name.endswith("-wal") else PAGE
        for start in range(0, len(content), size):
            yield f"{name} at {start}", content[start : start + size].decode("utf-8", "replace")
