"""Tables as people bring them: XLSX and CSV of every dialect, read row by row; what cannot be read says why."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from io import StringIO
from itertools import islice
from pathlib import Path
from posixpath import join
from typing import Any

from defusedxml.ElementTree import fromstring
from python_calamine import CalamineSheet, SheetVisibleEnum, load_workbook

from conversation.messages import N_, Template, Words, phrase

MOST_BYTES = 30_000_000
MOST_UNPACKED = 200_000_000
MOST_ROWS, LAST_ROW = 100_000, 1_048_576
MOST_COLUMNS = 100
LONGEST_CELL = 2000
COMPOUND = b"\xd0\xcf\x11\xe0"
"""First bytes of an old .xls, and of an .xlsx locked with a password."""

NOT_THERE = N_("Không mở được tệp {name} ({why}).")
EMPTY = N_("Tệp này không có dòng nào. Xem lại đúng tệp chưa.")
TOO_BIG = N_("Tệp này lớn quá (hơn {most} MB). Xin chia thành nhiều tệp nhỏ hơn.")
BOMB = N_("Tệp này nén nhiều quá, mở ra có thể làm treo máy, nên Cầu Nối không mở. Xin lưu lại bằng Excel rồi thử lại.")
OLD_OR_LOCKED = N_(
    "Tệp này là .xls đời cũ hoặc có mật khẩu. Xin mở bằng Excel, bỏ mật khẩu, lưu dạng «Excel Workbook (.xlsx)»."
)
BROKEN = N_("Tệp này hỏng, hoặc không phải bảng tính .xlsx. Xin mở bằng Excel, lưu lại rồi thử lại.")
NOT_A_TABLE = N_("Cầu Nối chỉ đọc được tệp .xlsx và .csv. Xin lưu bảng ở một trong hai dạng ấy.")
TOO_MANY_ROWS = N_("Bảng này dài quá {most} dòng. Xin chia thành nhiều tệp.")
TOO_WIDE = N_("Bảng này rộng quá {most} cột. Xin chỉ giữ các cột cần thiết.")
STRANGE_LETTERS = N_("Cầu Nối không đọc được chữ trong tệp .csv này. Xin lưu lại dạng «CSV UTF-8» hoặc .xlsx.")


class Unreadable(Exception):
    """A file cannot be read as a table; the words say why and what to do."""

    def __init__(self, words: Words) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that computes its value instead of holding one."""


Cell = str | int | float | bool | date | Formula | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row with anything in it, by the number that Excel shows; empty cells at its end left out."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a file, or the whole of a CSV."""

    name: str
    rows: tuple[Row, ...]
    merged: frozenset[int] = frozenset()
    """Numbers of rows that share a cell with others."""


def read_tables(path: Path) -> list[Sheet]:
    """The sheets that have anything in them; `Unreadable` when there are none."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as failure:
        raise Unreadable(phrase(NOT_THERE, name=path.name, why=failure.strerror or "")) from failure
    if size > MOST_BYTES:
        raise Unreadable(phrase(TOO_BIG, most=MOST_BYTES // 1_000_000))
    sheets = [sheet for sheet in _sheets(path, start) if sheet.rows]
    if not sheets:
        raise Unreadable(EMPTY)
    return sheets


def _sheets(path: Path, start: bytes) -> Iterable[Sheet]:
    if start == COMPOUND:
        raise Unreadable(OLD_OR_LOCKED)
    if start.startswith(b"PK"):
        return _workbook(path)
    if path.suffix.lower() in {".csv", ".txt", ".tsv"}:
        return [Sheet(path.stem, tuple(_rows(_csv_rows(path.read_bytes()))))]
    raise Unreadable(EMPTY if not start else BROKEN if path.suffix.lower() == ".xlsx" else NOT_A_TABLE)


def _rows(numbered: Iterable[tuple[int, Sequence[Cell]]]) -> Iterator[Row]:
    """Those with anything in them, within bounds."""
    found = 0
    for number, cells in numbered:
        width = len(cells)
        while width and cells[width - 1] is None:
            width -= 1
        if width > MOST_COLUMNS:
            raise Unreadable(phrase(TOO_WIDE, most=MOST_COLUMNS))
        found += bool(width)
        if found > MOST_ROWS or number > LAST_ROW:
            raise Unreadable(phrase(TOO_MANY_ROWS, most=MOST_ROWS))
        if width:
            yield Row(number, tuple(cells[:width]))


def _text(text: str) -> str | None:
    """On one line; None when there is nothing to see."""
    return " ".join(text[:LONGEST_CELL].split()) or None


# xlsx ---------------------------------------------------------------------------------------------------------

FORMULA = re.compile(rb'<(?:\w+:)?c\b[^>]*\br="([A-Z]{1,3})(\d+)"[^>]*>\s*<(?:\w+:)?f\b')
CHUNK, LONGEST_TAG = 1 << 20, 256
WORKBOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
REFERENCE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def _workbook(path: Path) -> list[Sheet]:
    with _broken_as(BROKEN):
        formulas = _formulas(path)
        book = load_workbook(path)
        shown = (each.name for each in book.sheets_metadata if each.visible == SheetVisibleEnum.Visible)
        return [_sheet(name, book.get_sheet_by_name(name), formulas.get(name, set())) for name in shown]


@contextmanager
def _broken_as(words: Template) -> Iterator[None]:
    try:
        yield
    except (Unreadable, MemoryError):
        raise
    except Exception as failure:  # a library that reads a spoilt file may stumble in any way
        raise Unreadable(words) from failure


def _sheet(name: str, sheet: CalamineSheet, formulas: set[tuple[int, int]]) -> Sheet:
    first = sheet.start[1] if sheet.start else 0

    def cells(number: int, values: Sequence[Any]) -> list[Cell]:
        return [
            Formula() if (number, place) in formulas else _cell(value) for place, value in enumerate(values, first + 1)
        ]

    numbered = ((number, cells(number, values)) for number, values in enumerate(sheet.iter_rows(), 1))
    return Sheet(name, tuple(_rows(numbered)), frozenset(_merged(sheet)))


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int | float | date) else _text(str(value))


def _merged(sheet: CalamineSheet) -> Iterator[int]:
    """Numbers of the rows that share a cell with others; a heading over several columns is no matter."""
    for (first, _), (last, _) in sheet.merged_cell_ranges or ():
        if first != last:
            yield from range(first + 1, min(last, LAST_ROW) + 2)


def _formulas(path: Path) -> dict[str, set[tuple[int, int]]]:
    """Cells that compute, as row and column, by sheet; also where a file that unpacks to too much is found out."""
    with zipfile.ZipFile(path) as packed:
        if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
            raise Unreadable(BOMB)
        parts = {each.get("Id"): each.get("Target", "") for each in fromstring(packed.read(RELATIONS))}
        sheets = fromstring(packed.read(WORKBOOK)).iterfind("{*}sheets/{*}sheet")
        return {
            sheet.get("name", ""): set(_formulas_in(packed, join("/xl", parts[sheet.get(REFERENCE)])[1:]))
            for sheet in sheets
        }


def _formulas_in(packed: zipfile.ZipFile, part: str) -> Iterator[tuple[int, int]]:
    with packed.open(part) as sheet:
        before = b""
        while chunk := sheet.read(CHUNK):
            for found in FORMULA.finditer(before + chunk):
                yield int(found[2]), _column(found[1])
            before = chunk[-LONGEST_TAG:]


def _column(letters: bytes) -> int:
    """Its number: 1 for A, 27 for AA."""
    return reduce(lambda number, letter: number * 26 + letter - ord("A") + 1, letters, 0)


# csv ----------------------------------------------------------------------------------------------------------

ENCODINGS = ("utf-8-sig", "cp1258")
"""Tried in this order; what is not UTF-8 was most likely saved by an old Excel for Vietnam."""


def _csv_rows(content: bytes) -> Iterator[tuple[int, list[Cell]]]:
    text = _decoded(content)
    with _broken_as(STRANGE_LETTERS):
        for number, cells in enumerate(csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text)), 1):
            yield number, [Formula() if cell.lstrip().startswith("=") else _text(cell) for cell in cells]


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _as(content, "utf-16")
    try:
        return _as(content, ENCODINGS[0])
    except Unreadable:
        return _as(content, ENCODINGS[1])


def _as(content: bytes, encoding: str) -> str:
    with _broken_as(STRANGE_LETTERS):
        text = content.decode(encoding)
    if "\0" in text:
        raise Unreadable(STRANGE_LETTERS)
    return text


def _delimiter(text: str) -> str:
    """The one that the first lines use most; a list in one column has none of them."""
    head = "".join(islice((line for line in text.splitlines() if line.strip()), 10))
    return max(",;\t", key=head.count)
