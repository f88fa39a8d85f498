"""Which branch the words of a list mean: its name, or that of its unit, with or without marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from conversation.letters import fold, wording
from conversation.messages import Words, phrase
from handlers.members import list_texts as texts
from storage.member_lists import Place

GOOD = 60
FEW = 4
KIND = re.compile(r"(?:chi (?:hoi|doan)|hoi) ")
"""What stands in the heading of the column as well, so that lists leave it out."""

SHORT = {"kp": "khu pho", "tdp": "to dan pho", "kdc": "khu dan cu", "ch": "chi hoi", "cd": "chi doan", "pn": "phu nu"}
"""How lists write the words of names; «KP4» is read as two words."""


def _key(words: str) -> str:
    """Bare words, numbers without zeros before them: `khu pho 4` for «KP 04» and «Chi hội KP4»."""
    key = " ".join(str(int(word)) if word.isdecimal() else SHORT.get(word, word) for word in wording(words).bare)
    return key[match.end() :] if (match := KIND.match(key)) else key


def group_key(words: str) -> str:
    """«2», «Tổ 2» and «Tổ hội số 2» are one."""
    return " ".join(word for word in _key(words).split() if word not in {"to", "hoi", "phan", "so"})


@dataclass
class BranchNames:
    """The branches that a list may name."""

    places: Sequence[Place]
    unit: str
    """Name of the unit that they are in."""
    _by_key: dict[str, list[Place]] = field(init=False, default_factory=dict)
    _found: dict[tuple[str, str], tuple[Place | None, Words | None]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for place in self._branches:
            for key in {_key(place.name), _key(place.unit_name)}:
                self._by_key.setdefault(key, []).append(place)

    @property
    def _branches(self) -> list[Place]:
        return [place for place in self.places if place.parent is None]

    def find(self, branch: str, group: str) -> tuple[Place | None, Words | None]:
        """The place that is meant, and what is to be said about it; without a place the row cannot be entered."""
        if (branch, group) not in self._found:
            self._found[branch, group] = self._find(branch, group)
        return self._found[branch, group]

    def _find(self, branch: str, group: str) -> tuple[Place | None, Words | None]:
        found = self._by_key.get(_key(branch), []) if branch else self._branches
        if len(found) != 1:
            return None, self._not_one(branch, found)
        if not group:
            return found[0], None
        named = self._group(found[0], group)
        return (named, None) if named else (found[0], phrase(texts.GROUP_UNKNOWN, branch=found[0].name, written=group))

    def _not_one(self, branch: str, found: Sequence[Place]) -> Words:
        if not branch:
            return texts.NO_BRANCH
        if found:
            return phrase(texts.BRANCH_UNCLEAR, written=branch, all="; ".join(place.name for place in found[:FEW]))
        names = {place.name: fold(place.name) for place in self._branches}
        near = process.extractOne(fold(branch), names, scorer=fuzz.WRatio, score_cutoff=GOOD)
        if near is None:
            return phrase(texts.BRANCH_UNKNOWN, written=branch, unit=self.unit)
        return phrase(texts.BRANCH_UNKNOWN_NEAR, written=branch, unit=self.unit, near=near[2])

    def _group(self, branch: Place, group: str) -> Place | None:
        wanted = group_key(group)
        groups = [place for place in self.places if place.parent == branch.branch]
        return next((each for each in groups if wanted in (group_key(each.name), group_key(each.unit_name))), None)

    def family(self, place: Place) -> set[int]:
        """A branch with all its groups, whichever of them is given."""
        head = place.parent or place.branch
        return {head} | {each.branch for each in self.places if each.parent == head}
