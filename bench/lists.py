"""Lists of members as communes have them in Excel, made up; and the ward that they are of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

from sqlalchemy import Connection
from xlsxwriter import Workbook

from bench.child import Result
from bench.talk import COMMUNE, NOW
from bot.world.names import full_name, surname
from storage import branches, units
from storage.database import open_database

ORGANISATION, HAMLETS = "pn", 27
HEADINGS = ("STT", "Họ và tên", "Năm sinh", "Số điện thoại", "Chi hội", "Ngày vào hội", "Trạng thái", "Đồng ý")
FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô")
GIVEN = "Hoa Lan Mai Cúc Hồng Huệ Nga Thu Xuân Hạnh Liên Bích Ngọc Thảo Yến Oanh"
CROWD = [f"{family} Thị {given}" for family in FAMILIES for given in GIVEN.split()]
"""192 names."""
FIRST_ROW, FIRST_YEAR, YEARS = 2, 1940, 60
WRONG = ((1, None), (1, 4711), (2, "31/02/1960"), (3, "0912 345"), (4, "Khu phố 99"))
"""A column and what stands in it."""
Line = list[str | int | None]


async def plant(url: str, folder: str) -> Result:
    """The hamlets of a ward, each with a branch."""
    database = await open_database(url, Path(folder), now=NOW)
    await database.write(_plant)
    await database.close()
    return {}


def _plant(tx: Connection) -> None:
    for number in range(1, HAMLETS + 1):
        unit = units.add_unit(tx, COMMUNE, f"Khu phố {number}")
        branches.add_branch(tx, ORGANISATION, unit.code)


async def write(file: str, people: int, wrong: int, crowd: bool) -> Result:
    """A list of so many people, of whom so many rows cannot be read; in a `crowd` there are only 192 names."""
    with Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Danh sách")
        sheet.write_row(0, 0, HEADINGS)
        for number, line in enumerate(lines(people, wrong, crowd), 1):
            sheet.write_row(number, 0, line)
    return {}


def lines(people: int, wrong: int, crowd: bool) -> Iterator[Line]:
    """The faulty ones are scattered evenly."""
    rng = Random(1)
    spoilt = {row: WRONG[place % len(WRONG)] for place, row in enumerate(faulty(people, wrong))}
    for row in range(FIRST_ROW, FIRST_ROW + people):
        line = _line(rng, row, rng.choice(CROWD) if crowd else full_name(rng, surname(rng), woman=True))
        if row in spoilt:
            column, cell = spoilt[row]
            line[column] = cell
        yield line


def faulty(people: int, wrong: int) -> range:
    """Numbers of the rows that cannot be read."""
    every = people // wrong
    return range(FIRST_ROW + every - 1, FIRST_ROW + people, every)


def _line(rng: Random, row: int, name: str) -> Line:
    """Everybody has a number of their own; of one in twenty the year is not known."""
    year = rng.randrange(FIRST_YEAR, FIRST_YEAR + YEARS) if rng.random() > 0.05 else None
    branch = f"Khu phố {rng.randrange(HAMLETS) + 1}"
    since = f"{rng.randrange(1, 29)}/{rng.randrange(1, 13)}/{rng.randrange(2000, 2026)}"
    return [row - 1, name, year, f"09{10_000_000 + row}", branch, since, "Có mặt", "giấy"]
