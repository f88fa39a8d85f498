"""What holds for members, wherever they come from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from storage.memberships import AWAY, DIED, MOVED, PRESENT, RESIGNED, STUDYING

STATUS_WORDS: Mapping[str, str] = {
    "co mat": PRESENT, "o nha": PRESENT, "con o nha": PRESENT, "tai cho": PRESENT, "dang sinh hoat": PRESENT,
    "di lam an xa": AWAY, "di lam xa": AWAY, "di xa": AWAY, "lam an xa": AWAY, "vang mat": AWAY,
    "di hoc": STUDYING, "bo doi": STUDYING, "di bo doi": STUDYING, "di hoc bo doi": STUDYING, "nghia vu": STUDYING,
    "chuyen di": MOVED, "da chuyen di": MOVED, "chuyen sinh hoat": MOVED, "chuyen noi khac": MOVED,
    "mat": DIED, "da mat": DIED, "tu tran": DIED, "qua doi": DIED,
    "xin ra": RESIGNED, "da xin ra": RESIGNED, "ra khoi hoi": RESIGNED, "thoi sinh hoat": RESIGNED,
}  # fmt: skip
OLDEST = 120
ADULT_ENOUGH = 16
"""Younger ones are entered only from a list of their organisation with signed papers; source: domain.md L16."""
FOR_CHILDREN = "dtn"
"""The organisation that has members so young."""


def possible_birth_year(year: int, today: date) -> bool:
    """Whether somebody alive can be born in that year."""
    return today.year - OLDEST <= year <= today.year


def is_child(birth_year: int | None, today: date) -> bool:
    """Whether somebody is under sixteen all through this year but perhaps its end."""
    return birth_year is not None and today.year - birth_year < ADULT_ENOUGH
