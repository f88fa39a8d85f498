"""Which column of a list is which: by its heading, with or without marks, in any order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from conversation.answers import fold
from reports.tables import Cell, Row, Sheet

HEADINGS = {
    "family": ("ho", "ho dem", "ho va dem", "ho va ten dem", "ho va chu dem", "ho lot"),
    "name": (
        "ho va ten", "ho ten", "ten", "ho va ten hoi vien", "ho ten hoi vien", "ten hoi vien", "hoi vien",
        "ho va ten doan vien", "ho ten doan vien",
    ),
    "birth": ("nam sinh", "ngay sinh", "ngay thang nam sinh", "sinh nam", "ngay thang sinh"),
    "phone": ("so dien thoai", "dien thoai", "sdt", "so dt", "dt", "dtdd", "di dong", "so di dong"),
    "branch": (
        "chi hoi", "chi doan", "chi hoi chi doan", "ten chi hoi", "khu pho", "thon", "ap", "khom", "ban", "buon",
        "to dan pho", "don vi", "chi hoi khu pho",
    ),
    "group": ("to", "to hoi", "phan hoi", "to phu nu", "to so", "thuoc to"),
    "since": ("ngay vao hoi", "nam vao hoi", "ngay vao doan", "nam vao doan", "ngay ket nap", "ngay vao"),
    "status": ("trang thai", "tinh trang", "hien trang", "hien nay"),
    "consent": ("dong y", "dong y luu thong tin", "giay dong y", "su dong y"),
}  # fmt: skip
NEVER = (
    "cccd", "cmnd", "so cccd", "so cmnd", "can cuoc", "so can cuoc", "can cuoc cong dan", "so can cuoc cong dan",
    "cmnd cccd", "cccd cmnd", "so cmnd cccd", "so cccd cmnd", "so dinh danh", "dan toc", "ton giao", "dang vien",
    "ngay vao dang", "suc khoe",
)  # fmt: skip
"""Columns that nobody should have put there; source: domain.md L17."""
FIELD_OF = {heading: field for field, headings in HEADINGS.items() for heading in headings}
LOOKED_THROUGH = 30


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a list begins, and in which column each thing stands."""

    sheet: Sheet
    header: int
    """Place of the row with the headings among the sheet's rows."""
    place: dict[str, int]
    refused: tuple[str, ...] = ()
    """Headings of columns that are never read."""
    twice: tuple[str, ...] = field(default=())
    """Headings of columns left out because another says the same."""

    def rows(self) -> Iterator[Row]:
        """Those of the list, without a row that only numbers the columns, sums and remarks."""
        for row in self.sheet.rows[self.header + 1 :]:
            if not _numbers_columns(row) and not _is_remark(row, self.place["name"]):
                yield row

    def cell(self, row: Row, column: str) -> Cell:
        """What stands there; None when the column or the cell is missing."""
        place = self.place.get(column)
        return row.cells[place] if place is not None and place < len(row.cells) else None


def find_list(sheets: Sequence[Sheet]) -> Columns | None:
    """The first sheet with a row of headings that names people, and more than names if it can."""
    found = [
        columns
        for sheet in sheets
        for at, row in enumerate(sheet.rows[:LOOKED_THROUGH])
        if (columns := _headings(sheet, at, row)) is not None
    ]
    return max(found, key=lambda columns: len(columns.place), default=None)


def _headings(sheet: Sheet, at: int, row: Row) -> Columns | None:
    place: dict[str, int] = {}
    refused, twice = [], []
    for column, cell in enumerate(row.cells):
        if not isinstance(cell, str):
            continue
        heading = bare(cell)
        if heading in NEVER:
            refused.append(cell)
        elif (known := FIELD_OF.get(heading)) in place:
            twice.append(cell)
        elif known is not None:
            place[known] = column
    return Columns(sheet, at, place, tuple(refused), tuple(twice)) if "name" in place else None


def bare(heading: str) -> str:
    """«Họ và tên (*)» as `ho va ten`."""
    words = re.sub(r"\([^)]*\)|[^\w]+|_", " ", fold(heading))
    return " ".join(words.split())


def _numbers_columns(row: Row) -> bool:
    """As in (1) (2) (3) under the headings."""
    numbers = [int(digits) for cell in row.cells if cell is not None and (digits := str(cell).strip("()")).isdecimal()]
    filled = [cell for cell in row.cells if cell is not None]
    return len(filled) > 2 and numbers == list(range(numbers[0] if numbers else 0, len(filled) + (numbers or [0])[0]))  # noqa: PLR2004


def _is_remark(row: Row, name: int) -> bool:
    """A sum, a signature or another line that stands alone and names nobody."""
    filled = [place for place, cell in enumerate(row.cells) if cell is not None]
    if not filled:
        return True
    first = row.cells[filled[0]]
    alone = len(filled) == 1 and filled[0] != name
    return alone or (isinstance(first, str) and bare(first).partition(" ")[0] in {"tong", "cong"})
