"""Words typed against the labels of options: whole, shortened, or with a slip of the finger."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from conversation import words_vi as vi
from conversation.letters import TONES, Wording, cased, fits, fold, has_marks, wording, wording_of

_TYPO_LETTERS = 5
_TYPO_WORD = 3
_SEGMENT = re.compile(r" *[,;:(/]| [–-] ")


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed, taken apart once."""

    text: str
    cased: str
    folded: str
    """Empty when marks were typed: then they count."""
    words: Wording
    forms: tuple[Wording, ...]
    """All the words, then without particles, then without persons."""


def typed_as(text: str) -> Typed:
    """Take a short text apart."""
    lower = cased(text)
    words = wording_of(lower)
    return Typed(text, lower, "" if has_marks(text) else fold(text), words, (words, *trims(words)))


@dataclass(frozen=True, slots=True)
class Label:
    """What is known of a label before anything is typed."""

    cased: str
    folded: str
    words: Wording
    head: Wording
    """What stands before the first comma."""
    forms: tuple[Wording, ...]
    """The label in full, and without "tôi" and "dạ"."""
    heads: tuple[Wording, ...]
    """Its head, likewise."""


Labels = Sequence[tuple[str, Label]]


@lru_cache(maxsize=4096)
def label_of(text: str) -> Label:
    """Take a label apart, once."""
    words, head = wording(text), wording(_SEGMENT.split(text, maxsplit=1)[0])
    forms, heads = ((whole, *filter(_means_something, trims(whole))) for whole in (words, head))
    return Label(cased(text), fold(text), words, head, forms, heads)


def _is_soft(said: Wording, place: int) -> bool:
    """Whether a word only makes an answer polite or complete: ạ, chọn, là…"""
    return said.bare[place] in vi.SOFT.starts and bool(vi.SOFT.find(said.part(place, place + 1)))


def _is_person(said: Wording, place: int) -> bool:
    """Somebody addressed or speaking; typed without marks only if it can be nothing else."""
    bare = said.bare[place]
    sure = bare != said.typed[place] or bare in vi.SAFE_BARE
    return sure and bare in vi.PEOPLE.starts and bool(vi.PEOPLE.find(said.part(place, place + 1)))


def _means_something(said: Wording) -> bool:
    return bool(stripped(said).bare)


def _trimmed(said: Wording, *loose: Callable[[Wording, int], bool]) -> Wording:
    """The words without loose ones at both ends; possibly none."""
    start, stop = 0, len(said.bare)
    while start < stop and any(test(said, start) for test in loose):
        start += 1
    while start < stop and any(test(said, stop - 1) for test in loose):
        stop -= 1
    return said if stop - start == len(said.bare) else said.part(start, stop)


def stripped(said: Wording) -> Wording:
    """The words without particles and persons at both ends; possibly none."""
    return _trimmed(said, _is_soft, _is_person)


def trims(said: Wording) -> list[Wording]:
    """The words without particles, and also without persons, where that leaves anything new."""
    both = dict.fromkeys((_trimmed(said, _is_soft), stripped(said)))
    return [part for part in both if part.bare and part != said]


def spelled_out(said: Wording) -> str | None:
    """Chat short forms written out, or None when there are none."""
    if vi.SHORT.keys().isdisjoint(said.bare):
        return None
    return unicodedata.normalize("NFC", " ".join(vi.SHORT.get(word, word) for word in said.typed))


def equal(typed: Typed, labels: Labels) -> list[str]:
    """Options of which a whole label was typed; marks typed decide between them."""
    if not typed.cased:
        return []
    tests: tuple[Callable[[Label], bool], ...] = (
        lambda label: label.cased == typed.cased or (label.folded == typed.folded != ""),
        lambda label: label.words == typed.words,
        lambda label: fits(typed.words, label.words),
        lambda label: any(fits(form, other) for form in typed.forms for other in label.forms),
        lambda label: any(fits(form, other) for form in typed.forms for other in label.heads),
    )
    for test in tests if typed.words.bare else tests[:1]:
        found = [key for key, label in labels if test(label)]
        if found:
            return [*found, *within(typed.words, labels, whole=True)] if test is tests[-1] else found
    return []


def within(said: Wording, labels: Labels, *, whole: bool = False) -> list[str]:
    """Options whose label has these words in a row, or begins with them, the last one perhaps unfinished."""
    if sum(map(len, said.bare)) < 2 or not _means_something(said):  # noqa: PLR2004 - one letter says nothing
        return []
    return [key for key, label in labels if _has(label, said, whole)]


def _has(label: Label, said: Wording, whole: bool) -> bool:
    """Never "đồng ý" in "không đồng ý": what stands before may not turn it round."""
    size, bare = len(said.bare), label.words.bare
    for start in range(len(bare) - size + 1):
        if bare[start] == said.bare[0] and fits(said, label.words.part(start, start + size)):
            return _reversers(label.words.part(0, start)) == 0
    return not whole and any(_begins(form, said) for form in label.forms)


def _reversers(said: Wording) -> int:
    return sum(
        bare in vi.REVERSERS.starts and bool(vi.REVERSERS.find(said.part(place, place + 1)))
        for place, bare in enumerate(said.bare)
    )


def _begins(form: Wording, said: Wording) -> bool:
    """Whether a label begins with the words typed, the last of them cut short, though not inside a number."""
    last = len(said.bare) - 1
    if last >= len(form.bare) or not fits(said.part(0, last), form.part(0, last)) or said.bare[last].isdecimal():
        return False
    start, typed = said.bare[last], said.typed[last]
    return form.bare[last].startswith(start) and (typed == start or _same_marks(typed, form.typed[last]))


def _same_marks(typed: str, word: str) -> bool:
    """Whether the marks on the beginning of a word are its own; tones stand last in both."""
    letters = typed.rstrip(TONES)
    return word.startswith(letters) and word.endswith(typed[len(letters) :])


def misspelled(typed: Typed, labels: Labels) -> list[str]:
    """Options with one slip of a finger in one longer word, or blanks forgotten; never a "không" more or less."""
    return [key for key, label in labels if any(_slips(form, other) for form in typed.forms for other in label.forms)]


def _slips(said: Wording, form: Wording) -> bool:
    letters, meant = sum(map(len, said.bare)), sum(map(len, form.bare))
    if meant < _TYPO_LETTERS or abs(letters - meant) > 1:
        return False
    if len(said.bare) != len(form.bare):
        return said.bare == said.typed and "".join(said.bare) == "".join(form.bare)
    wrong = [(typed, meant) for typed, meant in zip(said.bare, form.bare, strict=True) if typed != meant]
    slip = not wrong or (len(wrong) == 1 and _one_slip(*wrong[0]))
    return slip and _reversers(said) == _reversers(form)


def _one_slip(typed: str, meant: str) -> bool:
    """One letter more, less or other, or two swapped; digits are never guessed."""
    if len(meant) < _TYPO_WORD or meant.isdecimal() or typed.isdecimal():
        return False
    same = next((i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), min(len(typed), len(meant)))
    one, other = typed[same:], meant[same:]
    swapped = one[:2] == other[1::-1] and one[2:] == other[2:]
    return swapped or one[1:] == other[1:] or one == other[1:] or one[1:] == other
