"""Reading a list of members: what each row says, and what is wrong with it; the records are not asked here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import TypeVar

from conversation.answers import fold
from conversation.messages import Words, phrase
from handlers.members import cells
from handlers.members import list_texts as texts
from handlers.members.columns import Columns, bare, find_list
from handlers.members.rules import FOR_CHILDREN, is_child
from reports.tables import Cell, Formula, Row, Sheet, Unreadable
from storage.memberships import ENDED, PRESENT, STATUSES

T = TypeVar("T")
LONGEST_PLACE = 100
"""Letters that the name of a branch may have; a story in its place must not make an order too big."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One person as the list has them."""

    row: int
    name: str
    birth_year: int | None = None
    phone: str = ""
    branch: str = ""
    group: str = ""
    since: str = ""
    status: str = PRESENT
    consent: str = ""
    """`paper` or `oral`; empty when nobody has asked."""

    @property
    def name_fold(self) -> str:
        """For comparing."""
        return fold(self.name)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row, or (not fatal) what whoever brings the list should know."""

    row: int
    words: Words
    fatal: bool = True


@dataclass(slots=True)
class MemberList:
    """What a file says."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_list(sheets: Sequence[Sheet], organisation: str, today: date, consent: str = "") -> MemberList:
    """The people of a list and what is wrong in it; `consent` is everybody's where the list has no such column."""
    columns = find_list(sheets)
    if columns is None:
        raise Unreadable(texts.NO_HEADINGS)
    found = MemberList(problems=list(_about_columns(columns)))
    for row in columns.rows():
        reading = _Reading(columns, row, today)
        entry = reading.entry(organisation, consent)
        found.problems += reading.problems
        if entry is not None and not reading.problems:
            found.entries.append(entry)
    found.problems += _repeated(found)
    found.problems.sort(key=lambda problem: problem.row)
    return found


def _about_columns(columns: Columns) -> Iterator[Problem]:
    row = columns.sheet.rows[columns.header].number
    for heading in columns.refused:
        yield Problem(row, phrase(texts.COLUMN_REFUSED, heading=heading), fatal=False)
    for heading in columns.twice:
        yield Problem(row, phrase(texts.COLUMN_TWICE, heading=heading), fatal=False)


@dataclass
class _Reading:
    """One row on its way."""

    columns: Columns
    row: Row
    today: date
    problems: list[Problem] = field(default_factory=list)

    def entry(self, organisation: str, consent: str) -> Entry | None:
        """What the row says; everything that is wrong is noted, not only the first."""
        if self._unreadable():
            return None
        entry = Entry(
            row=self.row.number,
            name=self._read(lambda: cells.name(self._cell("family"), self._cell("name")), ""),
            birth_year=self._read(lambda: cells.birth_year(self._cell("birth"), self.today), None),
            phone=self._read(lambda: cells.phone(self._cell("phone")), ""),
            branch=cells.written(self._cell("branch"))[:LONGEST_PLACE],
            group=cells.written(self._cell("group"))[:LONGEST_PLACE],
            since=self._read(lambda: cells.since(self._cell("since"), self.today), ""),
            status=self._read(lambda: cells.status(self._cell("status")), PRESENT),
            consent=self._read(lambda: cells.consent(self._cell("consent")), "")
            if "consent" in self.columns.place
            else consent,
        )
        if is_child(entry.birth_year, self.today) and (organisation, entry.consent) != (FOR_CHILDREN, "paper"):
            self._note(texts.TOO_YOUNG)
        if entry.status in ENDED:
            self._note(phrase(texts.NOT_A_MEMBER_NOW, status=STATUSES[entry.status]), fatal=False)
        return entry

    def _unreadable(self) -> bool:
        """Cells that share with others or compute, and numbers that nobody should have written, end the reading."""
        if self.row.number in self.columns.sheet.merged:
            self._note(texts.MERGED)
        for column in self.columns.place:
            cell = self._cell(column)
            if isinstance(cell, Formula):
                self._note(phrase(texts.FORMULA, column=texts.COLUMNS[column]))
            elif masked := cells.id_number_in(cells.written(cell)):
                self._note(phrase(texts.ID_NUMBER, masked=masked))
        return bool(self.problems)

    def _cell(self, column: str) -> Cell:
        return self.columns.cell(self.row, column)

    def _read(self, read: Callable[[], T], otherwise: T) -> T:
        try:
            return read()
        except cells.Wrong as wrong:
            self._note(wrong.words)
            return otherwise

    def _note(self, words: Words, *, fatal: bool = True) -> None:
        self.problems.append(Problem(self.row.number, words, fatal))


ANY = "*"
"""In the place of a year or a phone: whichever it is."""


class _Namesakes:
    """People of one name and branch: the first row for each year and phone, so that a crowd of them costs no more."""

    def __init__(self) -> None:
        self._first: dict[tuple[int | str | None, str | None], int] = {}

    def same(self, entry: Entry) -> int | None:
        """The first row whom neither year of birth nor phone tells apart from this one."""
        years = (entry.birth_year, None) if entry.birth_year else (ANY,)
        phones = (entry.phone, None) if entry.phone else (ANY,)
        return min((self._first[key] for key in product(years, phones) if key in self._first), default=None)

    def born_in(self, year: int | None) -> int | None:
        """The first row with this year of birth, if it is known."""
        return self._first.get((year, ANY)) if year else None

    def add(self, entry: Entry) -> None:
        """Know this one, too."""
        for key in product((entry.birth_year or None, ANY), (entry.phone or None, ANY)):
            self._first.setdefault(key, entry.row)


def _repeated(found: MemberList) -> Iterator[Problem]:
    """Rows that are one person for certain are refused; those that may be are told of, and proposed later."""
    phones: dict[str, int] = {}
    persons: dict[tuple[str, int, str], int] = {}
    namesakes: defaultdict[tuple[str, str], _Namesakes] = defaultdict(_Namesakes)
    kept = []
    for entry in found.entries:
        before = namesakes[bare(entry.branch), entry.name_fold]
        if same := before.same(entry):
            yield Problem(entry.row, phrase(texts.SAME_ROW, other=same))
            continue
        if entry.birth_year and entry.phone:
            row = persons.setdefault((entry.name_fold, entry.birth_year, entry.phone), entry.row)
            if row != entry.row:
                yield Problem(entry.row, phrase(texts.SAME_ELSEWHERE, other=row))
                continue
        kept.append(entry)
        near = before.born_in(entry.birth_year)
        before.add(entry)
        if entry.phone and (row := phones.setdefault(entry.phone, entry.row)) != entry.row:
            yield Problem(entry.row, phrase(texts.SAME_PHONE, other=row), fatal=False)
        elif near:
            yield Problem(entry.row, phrase(texts.SAME_NAME, other=near), fatal=False)
    found.entries[:] = kept
