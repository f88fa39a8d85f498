"""Names of units, organisations and branches: how long they are, and how they are compared."""

from __future__ import annotations

import re

from conversation.answers import clean, fold
from conversation.messages import N_, Rejected

SHORTEST, LONGEST = 2, 60


def tidy(name: str, *, longest: int = LONGEST) -> str:
    """The name as it is kept, with single spaces; one that is too short or too long is refused."""
    name = " ".join(clean(name).split())
    if not SHORTEST <= len(name) <= longest:
        raise Rejected(
            N_("Tên cần từ {shortest} đến {longest} chữ cái. Ví dụ: Khu phố 4, Thôn Đông."),
            shortest=SHORTEST,
            longest=longest,
        )
    return name


def natural(name: str) -> list[tuple[int, str]]:
    """A sort key that reads numbers as numbers and ignores marks and case."""
    return [
        (int(part), "") if part.isdecimal() else (-1, part.strip())
        for part in re.split(r"(\d+)", fold(name))
        if part.strip()
    ]
