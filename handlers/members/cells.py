"""What the cells of a list of members mean; whatever they cannot mean is `Wrong`, in words for whoever brought it."""

from __future__ import annotations

import re
from datetime import date

from conversation.answers import clean
from conversation.messages import Template, Words, phrase
from handlers.asking_person import problem_of
from handlers.members import list_texts as texts
from handlers.members.columns import bare
from handlers.members.rules import STATUS_WORDS, possible_birth_year
from handlers.phones import MASK, e164
from reports.tables import Cell
from storage.memberships import PRESENT

_JOINTS = re.compile(r"(?<=\d)[ .\-](?=\d)")
_ID_NUMBER = re.compile(r"(?<!\d)\d{12}(?!\d)")
_DAY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?: .*)?")
_MONTH = re.compile(r"\d{1,2}[/.\-](\d{4})")
_YEAR = re.compile(r"\d{4}")
ID_DIGITS = 12
_OLD_MOBILE = re.compile(r"(?:0|84|\+84)?1[2689]\d{8}")
CONSENTS = {
    "giay": "paper", "giay ky": "paper", "co giay": "paper", "co giay ky": "paper", "da ky": "paper", "x": "paper",
    "mieng": "oral", "noi mieng": "oral", "dong y mieng": "oral",
    "chua": "", "chua hoi": "", "khong": "",
}  # fmt: skip


class Wrong(Exception):
    """A cell cannot be what it should be."""

    def __init__(self, words: Words) -> None:
        super().__init__(words)
        self.words = words


def written(cell: Cell) -> str:
    """A cell as people read it."""
    return clean(str(cell)) if cell is not None else ""


def id_number_in(text: str) -> str:
    """A number with twelve digits, as identity cards have, masked; empty when there is none."""
    found = _ID_NUMBER.search(_JOINTS.sub("", text)) if len(text) >= ID_DIGITS else None
    return f"{found.group()[:3]}•••••••••" if found else ""


def name(family: Cell, given: Cell) -> str:
    """As it is written: a name need not have two words, nor capitals where others have them."""
    text = " ".join(f"{written(family)} {written(given)}".split())
    if not text:
        raise Wrong(texts.NO_NAME)
    if problem_of(text) is not None:
        raise Wrong(texts.NAME_NOT_WORDS)
    return text


def birth_year(cell: Cell, today: date) -> int | None:
    """Only the year is kept, whatever was written; source: domain.md 2."""
    text = written(cell)
    if not text:
        return None
    found = _YEAR.fullmatch(text) or _MONTH.fullmatch(text)
    if found:
        year = int(found.groups()[-1] if found.groups() else found.group())
    else:
        day = _day(cell, texts.YEAR_UNCLEAR)
        year = day.year
    if not possible_birth_year(year, today):
        raise Wrong(phrase(texts.YEAR_IMPOSSIBLE, year=str(year)))
    return year


def since(cell: Cell, today: date) -> str:
    """A day as ISO text, the first of the year when only that is known; empty when nothing is."""
    text = written(cell)
    if not text:
        return ""
    day = date(int(text), 1, 1) if _YEAR.fullmatch(text) and int(text) else _day(cell, texts.DAY_UNCLEAR)
    if day > today:
        raise Wrong(phrase(texts.DAY_AHEAD, written=text))
    return day.isoformat()


def _day(cell: Cell, unclear: Template) -> date:
    if isinstance(cell, date):
        return cell
    text = written(cell)
    if found := _DAY.fullmatch(text):
        day, month, year = map(int, found.groups())
    elif found := _ISO.fullmatch(text):
        year, month, day = map(int, found.groups())
    else:
        raise Wrong(phrase(unclear, written=text[:30]))
    try:
        return date(year, month, day)
    except ValueError:
        raise Wrong(phrase(texts.DAY_IMPOSSIBLE, written=text)) from None


def phone(cell: Cell) -> str:
    """As E.164; empty when there is none, or a masked one. Excel drops the first 0, which changes nothing."""
    text = written(cell)
    if not text or MASK in text:
        return ""
    number = e164(text)
    if number:
        return number
    if _OLD_MOBILE.fullmatch(re.sub(r"\D", "", text)):
        raise Wrong(phrase(texts.PHONE_OLD, written=text))
    raise Wrong(phrase(texts.PHONE_UNCLEAR, written=text[:30]))


def status(cell: Cell) -> str:
    """What is left empty is «có mặt»."""
    text = written(cell)
    if not text:
        return PRESENT
    if bare(text) not in STATUS_WORDS:
        raise Wrong(phrase(texts.STATUS_UNCLEAR, written=text[:30]))
    return STATUS_WORDS[bare(text)]


def consent(cell: Cell) -> str:
    """`paper` or `oral`; empty when nobody has asked, which is what an empty cell says."""
    text = written(cell)
    if text and bare(text) not in CONSENTS:
        raise Wrong(phrase(texts.CONSENT_UNCLEAR, written=text[:30]))
    return CONSENTS[bare(text)] if text else ""
