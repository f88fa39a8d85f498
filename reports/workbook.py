"""Workbooks for Excel: plain tables, in which nothing that somebody typed becomes a formula or a link."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

AS_TYPED = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
LONGEST_TITLE, LONGEST_CELL, WIDEST = 31, 32_767, 60
"""What Excel allows, and what still can be read; source: Excel specifications and limits."""
NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\']")

Rows = Sequence[Sequence[object]]


def workbook(sheets: Mapping[str, Rows], at: datetime) -> bytes:
    """A file with a sheet for each table, whose first row tells what the columns are."""
    file = BytesIO()
    with Workbook(file, AS_TYPED) as book:
        book.set_properties({"created": at})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        plain = book.add_format({"text_wrap": True, "valign": "top"})
        for title, rows in sheets.items():
            sheet = book.add_worksheet(NOT_IN_TITLES.sub(" ", title)[:LONGEST_TITLE])
            sheet.freeze_panes(1, 0)
            for number, row in enumerate(rows):
                _write(sheet, number, row, plain if number else bold)
            _widen(sheet, rows)
    return file.getvalue()


def _write(sheet: Worksheet, number: int, row: Sequence[object], style: object) -> None:
    for column, value in enumerate(row):
        if isinstance(value, int | float) and not isinstance(value, bool):
            sheet.write_number(number, column, value, style)
        else:
            sheet.write_string(number, column, "" if value is None else str(value)[:LONGEST_CELL], style)


def _widen(sheet: Worksheet, rows: Rows) -> None:
    for column in range(max(map(len, rows), default=0)):
        longest = max(len(str(row[column])) for row in rows if len(row) > column)
        sheet.set_column(column, column, min(longest + 2, WIDEST))
