"""Numbers of identity cards, which nobody asks for and nothing keeps: hidden before a message is read."""

from __future__ import annotations

import re
from typing import Any

HIDDEN = "••••••••••••"
LENGTH = 12
"""Digits of a citizen's identity number, of which the first is 0; source: Nghị định 137/2015/NĐ-CP, Điều 13."""
MOST_GROUPS = 4
PHONES = {("0", 10), ("8", 11)}
"""First digit and length of phone numbers, which may be typed in groups too."""
WORDS = frozenset(
    {"text", "caption", "title", "description", "address", "name", "first_name", "last_name", "display_name", "vcard"}
)
"""What fields of an update are called that hold somebody's words; numbers elsewhere are ids."""

_GROUPS = re.compile(r"(?<!\d)\d+(?:(?:[ \u00a0]{1,2}|[.\-])\d+)*(?!\d)")
_ONE = re.compile(r"\d+")


def hide_id_numbers(text: str) -> str:
    """The text without them; phone numbers, sums and dates stay."""
    return _GROUPS.sub(lambda found: _hide(found.group()), text)


def hide_in(update: Any) -> Any:
    """An update, as a platform sends it, without them in anybody's words."""
    if isinstance(update, dict):
        return {
            name: hide_id_numbers(part) if name in WORDS and isinstance(part, str) else hide_in(part)
            for name, part in update.items()
        }
    return [hide_in(part) for part in update] if isinstance(update, list) else update


def _hide(run: str) -> str:
    """Hide in a run of groups of digits the first that are one number, and look further behind it."""
    groups = list(_ONE.finditer(run))
    for start in range(len(groups)):
        for end in range(start + 1, len(groups) + 1):
            if _is_id_number([group.group() for group in groups[start:end]]):
                first, last = groups[start].start(), groups[end - 1].end()
                return run[:first] + HIDDEN + _hide(run[last:])
    return run


def _is_id_number(groups: list[str]) -> bool:
    if sum(map(len, groups)) != LENGTH:
        return False
    if len(groups) == 1:
        return True
    in_groups = len(groups) <= MOST_GROUPS or len(groups) == LENGTH
    return in_groups and groups[0][0] == "0" and not _holds_phone(groups)


def _holds_phone(groups: list[str]) -> bool:
    runs = ("".join(groups[start:end]) for start in range(len(groups)) for end in range(start + 1, len(groups) + 1))
    return len(groups) < LENGTH and any((run[0], len(run)) in PHONES for run in runs)
