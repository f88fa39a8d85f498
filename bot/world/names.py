"""Names as people have them in Vietnam: surnames as often as they are found, middle names, given names."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

DATA = Path(__file__).parent.parent.parent / "storage" / "data" / "names" / "names_vi.json"
KEYS = {True: ("female", "nữ"), False: ("male", "nam")}
TWO_WORDS, OF_OTHER_PEOPLES = 0.35, 0.01
"""How many have a given name of two words, and a name of another of the country's peoples."""


@cache
def _lists() -> dict[str, Any]:
    lists: dict[str, Any] = json.loads(DATA.read_text("utf-8"))
    return lists


def surname(rng: Random) -> str:
    """One of the country's, as often as it is found."""
    names, weights = zip(*_lists()["surnames_weighted_REMEMBERED"], strict=True)
    return str(rng.choices(names, weights)[0])


def full_name(rng: Random, family: str, *, woman: bool) -> str:
    """Surname, middle name and given name."""
    if rng.random() < OF_OTHER_PEOPLES:
        return str(rng.choice(rng.choice(list(_lists()["ethnic_full_names_INVENTED_for_tests"].values()))))
    given, middle = KEYS[woman]
    if rng.random() < TWO_WORDS:
        return f"{family} {rng.choice(_lists()[f'given_two_word_{given}'])}"
    words = rng.choice(_lists()["middle_REMEMBERED"][middle]), rng.choice(_lists()[f"given_one_word_{given}"])
    return f"{family} {' '.join(words)}"
