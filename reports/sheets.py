"""Tables as offices read them: XLSX laid out for printing, CSV for old programs; no cell ever computes.

XlsxWriter is imported only when there is something to write: most commands, and most hours, write nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Value = str | int | None
A4, NARROWEST, WIDEST = 9, 6, 40
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet: what stands above, the headings, the rows, and the last row in bold when it is a sum."""

    name: str
    above: Sequence[str]
    headings: Sequence[str]
    rows: Sequence[Sequence[Value]]
    sums: bool = False


def write_workbook(path: Path, tables: Sequence[Table], watermark: str) -> None:
    """One sheet for each table, A4 across, headings on every page, and on every page who took it out and why."""
    from xlsxwriter.exceptions import FileCreateError  # noqa: PLC0415 - see above

    try:
        _write_workbook(str(path), OPTIONS, tables, watermark)
    except FileCreateError as failure:
        raise OSError(None, str(failure), str(path)) from failure


def workbook(tables: Sequence[Table], watermark: str) -> bytes:
    """The same, small, and never on a disk."""
    content = BytesIO()
    _write_workbook(content, {**OPTIONS, "constant_memory": False, "in_memory": True}, tables, watermark)
    return content.getvalue()


def _write_workbook(to: str | BytesIO, options: Mapping[str, bool], tables: Sequence[Table], watermark: str) -> None:
    from xlsxwriter import Workbook  # noqa: PLC0415 - see above

    with Workbook(to, options) as book:
        styles = _styles(book)
        for table in tables:
            sheet = book.add_worksheet(table.name)
            _lay_out(sheet, table, watermark)
            _fill(sheet, table, watermark, styles)


def write_csv(path: Path, table: Table, watermark: str) -> None:
    """UTF-8 with its mark, which old Excels need; the watermark stands above the headings."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([harmless(watermark)])
        writer.writerow(map(harmless, table.headings))
        writer.writerows([harmless(value) for value in row] for row in table.rows)


def harmless(value: Value) -> Value:
    """A text that no program takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(STARTS_A_FORMULA) else value


def _styles(book: Workbook) -> dict[str, Format]:
    font = {"font_name": "Times New Roman", "font_size": 12}
    return {
        "title": book.add_format({**font, "bold": True, "align": "center", "font_size": 14}),
        "heading": book.add_format({**font, "bold": True, "border": 1, "align": "center", "text_wrap": True}),
        "cell": book.add_format({**font, "border": 1}),
        "sum": book.add_format({**font, "border": 1, "bold": True}),
        "note": book.add_format({**font, "italic": True}),
    }


def _lay_out(sheet: Worksheet, table: Table, watermark: str) -> None:
    header = len(table.above)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(header)
    sheet.print_area(0, 0, header + len(table.rows) + 2, len(table.headings) - 1)
    sheet.set_footer(f"&L&8{watermark.replace('&', '&&')[:200]}&R&P/&N")
    for column, heading in enumerate(table.headings):
        widths = [len(heading), *(len(str(row[column] or "")) for row in table.rows[:200])]
        sheet.set_column(column, column, min(max(NARROWEST, *widths) + 2, WIDEST))


def _fill(sheet: Worksheet, table: Table, watermark: str, styles: dict[str, Format]) -> None:
    """From top to bottom, because what is above has left memory already."""
    last = len(table.headings) - 1
    for number, line in enumerate(table.above):
        sheet.merge_range(number, 0, number, last, line, styles["title"])
    header = len(table.above)
    for column, heading in enumerate(table.headings):
        sheet.write_string(header, column, heading, styles["heading"])
    for number, row in enumerate(table.rows, header + 1):
        is_sum = table.sums and number == header + len(table.rows)
        for column, value in enumerate(row):
            _write(sheet, number, column, value, styles["sum" if is_sum else "cell"])
    sheet.write_string(header + len(table.rows) + 2, 0, watermark, styles["note"])


def _write(sheet: Worksheet, row: int, column: int, value: Value, style: Format) -> None:
    if isinstance(value, int):
        sheet.write_number(row, column, value, style)
    else:
        sheet.write_string(row, column, str(harmless(value) or ""), style)
