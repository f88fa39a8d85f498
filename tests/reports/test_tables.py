"""Tables as people bring them: every dialect is read, every bad file is told in one kind sentence."""

from __future__ import annotations

import re
import shutil
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from conversation.messages import Phrase, Template
from reports import reading, tables
from reports.reading import read_safely
from reports.tables import Formula, Unreadable, read_tables

LITTLE = 2_000_000
ROWS = [["Họ và tên", "Năm sinh"], ["Đặng Thị Út", "1957"], ["Trần Văn A; B", "1960"]]


def said(caught: pytest.ExceptionInfo[Unreadable]) -> Template:
    words = caught.value.words
    assert isinstance(words, Template | Phrase)
    return words.template if isinstance(words, Phrase) else words


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1258"])
def test_every_dialect_of_csv_is_read(tmp_path: Path, delimiter: str, encoding: str) -> None:
    text = "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in ROWS)
    # the old encoding writes tones as letters of their own, as old Excels did
    bare = text.replace("ọ", "o\u0323").replace("ặ", "ă\u0323").replace("ị", "i\u0323").replace("Ú", "U\u0301")
    bare = bare.replace("ầ", "â\u0300")
    file = tmp_path / "danh sách.csv"
    file.write_bytes((bare if encoding == "cp1258" else text).encode(encoding))
    (sheet,) = read_tables(file)
    assert [row.number for row in sheet.rows] == [1, 2, 3]
    assert [len(row.cells) for row in sheet.rows] == [2, 2, 2]
    assert sheet.rows[1].cells[1] == "1957"


def book(path: Path, fill: Callable[[Workbook], object]) -> Path:
    with Workbook(str(path)) as made:
        fill(made)
    return path


def test_a_formula_is_known_whatever_the_program_calls_the_tags(tmp_path: Path) -> None:
    made = book(tmp_path / "ds.xlsx", lambda book: book.add_worksheet("A").write_formula("A1", "=B1", None, "Lan"))
    with zipfile.ZipFile(made) as plain, zipfile.ZipFile(tmp_path / "prefixed.xlsx", "w") as prefixed:
        for name in plain.namelist():
            part = plain.read(name)
            if name.startswith("xl/worksheets/"):
                part = re.sub(rb"<(/?)(?=[a-z])", rb"<\1x:", part).replace(b"xmlns=", b"xmlns:x=")
            prefixed.writestr(name, part)
    (sheet,) = read_tables(tmp_path / "prefixed.xlsx")
    assert sheet.rows[0].cells == (Formula(),)


def test_cells_of_xlsx_are_what_they_are(tmp_path: Path) -> None:
    def fill(made: Workbook) -> None:
        hidden = made.add_worksheet("Ẩn")
        hidden.write(0, 0, "Họ và tên")
        sheet = made.add_worksheet("Danh sách")
        day = made.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row("C4", ["Họ và tên", "Năm sinh", "Ngày vào"])
        sheet.write("C5", "  Lan\n Hoa ")
        sheet.write("D5", 1957)
        sheet.write_datetime("E5", date(2015, 3, 26), day)
        sheet.write_formula("C6", "=A1", None, "Lan")
        sheet.write_formula("D6", "=NA()", None, "#N/A")
        sheet.merge_range("C7:C8", "Chi hội")
        sheet.write("D8", 0.5)
        sheet.write_blank("XFD9", None, day)
        sheet.activate()
        sheet.set_first_sheet()
        hidden.hide()

    (sheet,) = read_tables(book(tmp_path / "ds.xlsx", fill))
    assert sheet.name == "Danh sách"
    assert sheet.rows[1].cells == ("Lan Hoa", 1957, date(2015, 3, 26))
    assert sheet.rows[2].cells == (Formula(), Formula())
    assert [row.number for row in sheet.rows] == [4, 5, 6, 7, 8]
    assert sheet.merged == {7, 8}


# bad files ------------------------------------------------------------------------------------------------------------


def one_cell(path: Path) -> Path:
    return book(path, lambda made: made.add_worksheet().write(0, 0, "x"))


def repacked(path: Path, part: str, content: bytes) -> Path:
    """The file with another content in one of its parts."""
    whole = one_cell(path.with_suffix(".whole.xlsx"))
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    return path


def bomb(path: Path) -> Path:
    return repacked(path, "xl/worksheets/sheet1.xml", b" " * (LITTLE + 1))


def written(content: bytes) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return write


BAD: dict[str, tuple[str, Callable[[Path], Path], Template]] = {
    "a zip bomb": ("a.xlsx", bomb, tables.BOMB),
    "an old .xls, or one with a password": ("a.xlsx", written(tables.COMPOUND + b"\0" * 600), tables.OLD_OR_LOCKED),
    "words called .xlsx": ("a.xlsx", written(b"xin chao"), tables.BROKEN),
    "half a file": ("a.xlsx", lambda path: written(one_cell(path).read_bytes()[:900])(path), tables.BROKEN),
    "XML that is none": ("a.xlsx", lambda path: repacked(path, "xl/workbook.xml", b"<a><b>"), tables.BROKEN),
    "entities": ("a.xlsx", lambda path: repacked(
        path, "xl/workbook.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), tables.BROKEN),
    "another zip": ("a.xlsx", lambda path: Path(shutil.make_archive(
        str(path.with_suffix("")), "zip", path.parent, ".")).rename(path), tables.BROKEN),
    "a picture": ("a.png", written(b"\x89PNG\r\n\x1a\n"), tables.NOT_A_TABLE),
    "nothing": ("a.csv", written(b""), tables.EMPTY),
    "nothing but blanks": ("a.csv", written(b" ,\n ,\n"), tables.EMPTY),
    "an empty sheet": ("a.xlsx", lambda path: book(path, lambda made: made.add_worksheet()), tables.EMPTY),
    "a million columns": ("a.csv", written(b"x" + b",x" * 1_000_000), tables.TOO_WIDE),
    "too many rows": ("a.csv", written(b"x,1\n" * (tables.MOST_ROWS + 1)), tables.TOO_MANY_ROWS),
    "letters of no alphabet": ("a.csv", written(b"\xff\xfe\x00"), tables.STRANGE_LETTERS),
    "zero bytes": ("a.csv", written(b"x\0y"), tables.STRANGE_LETTERS),
    "a quote that never ends": ("a.csv", written(b'"' + b"x" * 200_000), tables.STRANGE_LETTERS),
    "too big": ("a.csv", written(b"x" * (tables.MOST_BYTES + 1)), tables.TOO_BIG),
    "not there": ("a.csv", lambda path: path, tables.NOT_THERE),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_told_in_one_sentence(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_UNPACKED", LITTLE)
    file, make, words = BAD[name]
    with pytest.raises(Unreadable) as caught:
        read_tables(make(tmp_path / file))
    assert said(caught) == words


def test_a_file_that_takes_too_much_ends_only_the_process_that_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fine = one_cell(tmp_path / "a.xlsx")
    assert [row.cells for row in read_safely(fine)[0].rows] == [("x",)]
    far = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    far += b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    heavy = repacked(tmp_path / "b.xlsx", "xl/worksheets/sheet1.xml", far + b"</sheetData></worksheet>")
    with pytest.raises(Unreadable) as caught:
        read_safely(heavy)
    assert said(caught) in (reading.TOO_HEAVY, tables.TOO_WIDE, tables.BROKEN)


def test_the_process_that_reads_knows_no_secret_and_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAUNOI_TELEGRAM_TOKEN", "12345:secret")
    tell = "import os, pickle, sys; sys.stdout.buffer.write(pickle.dumps([*os.environ, sys.stdin.read()]))"
    monkeypatch.setattr(reading, "READER", (sys.executable, "-c", tell))
    names = list(map(str, read_safely(tmp_path)))
    assert "PATH" in names
    assert "CAUNOI_TELEGRAM_TOKEN" not in names
    monkeypatch.setattr(reading, "READER", (sys.executable, "-c", "import time; time.sleep(30)"))
    monkeypatch.setattr(reading, "LONGEST_WAIT", 0.2)
    with pytest.raises(Unreadable) as caught:
        read_safely(tmp_path)
    assert said(caught) == reading.TOO_HEAVY
