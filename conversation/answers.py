"""What people type, read: plain words and numbers against the answers offered."""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from conversation import words_vi as vi
from conversation.letters import Wording, cased, clean, fits, fold, has_marks, undo_telex, wording
from conversation.words_vi import GlobalWord, Part

__all__ = [
    "Doubt", "GlobalWord", "OutOfRange", "Picked", "Reading", "clean", "fold", "global_word", "has_marks",
    "is_greeting", "is_skip", "read_choice", "read_number", "read_yes_no", "undo_telex",
]

LONGEST = 80
"""Letters in an answer by name; what is longer is a story."""
_MOST_DOUBTS = 3
_MOST_DIGITS = 6
_TYPO_LETTERS = 5
_TYPO_WORD = 3
_NOTHING: Mapping[str, tuple[str, ...]] = MappingProxyType({})
_SIGNED = re.compile(r"[-–−+/%] ?\d|\d ?[-–−+/%]")
_SEGMENT = re.compile(r" *[,;:(/]| [–-] ")


@dataclass(frozen=True, slots=True)
class Picked:
    """One option is meant."""

    key: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two or more options may be meant: ask back."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutOfRange:
    """A number that no option has."""

    number: int


Reading = Picked | Doubt | OutOfRange | None
Shown = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Label:
    """What is known of a label before anything is typed."""

    cased: str
    folded: str
    words: Wording
    forms: tuple[Wording, ...]
    """Other ways to say all of it: without "tôi" or "dạ", or only what stands before the comma."""
    leaning: bool | None
    """Whether it is a yes, a no, or neither."""


@lru_cache(maxsize=4096)
def _label(text: str) -> _Label:
    words, head = wording(text), wording(_SEGMENT.split(text, maxsplit=1)[0])
    forms = [form for whole in (words, head) for form in (whole, *_trims(whole))]
    verdict = _verdict(head)
    return _Label(cased(text), fold(text), words, tuple(dict.fromkeys(forms)), verdict if verdict != "?" else None)


# words around an answer ---------------------------------------------------------------------------------------


def _is_soft(word: Wording) -> bool:
    return bool(vi.SOFT.find(word))


def _is_person(word: Wording) -> bool:
    """Somebody addressed or speaking; typed without marks only if it can be nothing else."""
    return (word.bare != word.typed or word.bare[0] in vi.SAFE_BARE) and bool(vi.PEOPLE.find(word))


def _trimmed(said: Wording, *loose: Callable[[Wording], bool]) -> Wording:
    """The words without loose ones at both ends; possibly none."""
    start, stop = 0, len(said.bare)
    while start < stop and any(test(said.part(start, start + 1)) for test in loose):
        start += 1
    while start < stop and any(test(said.part(stop - 1, stop)) for test in loose):
        stop -= 1
    return said.part(start, stop)


def _trims(said: Wording) -> list[Wording]:
    both = (_trimmed(said, _is_soft), _trimmed(said, _is_soft, _is_person))
    return [part for part in both if part.bare and part != said]


def _spelled_out(said: Wording) -> Wording | None:
    """Chat short forms written out, or None when there are none."""
    if vi.SHORT.keys().isdisjoint(said.typed):
        return None
    return wording(" ".join(vi.SHORT.get(word, word) for word in said.typed))


# numbers ------------------------------------------------------------------------------------------------------


def read_number(text: str) -> int | None:
    """The number in "2.", "số 2", "thứ hai", "hai ạ", "②"…; None when there is more than a number."""
    found = _numbered(clean(text)) if len(text) <= LONGEST * 2 else None
    return found[0] if found else None


def _numbered(text: str) -> tuple[int, str] | None:
    """A number and how it was typed: in digits, as a word, or led by words such as "câu"."""
    said = wording(text)
    rest = _trimmed(said, _is_soft, _is_person)
    led = rest.part(_leads(rest), len(rest.bare))
    if len(led.bare) == 1 and led.bare[0].isdecimal():
        if len(led.bare[0]) > _MOST_DIGITS or _SIGNED.search(text):
            return None
        return int(led.bare[0]), "digits" if led == rest else "led"
    numbers = vi.NUMBERS.find(led)
    if not numbers or (led.bare[0] in vi.FIRSTS and led.bare == rest.bare != ("dau", "tien")):
        return None
    return numbers[0], "word" if led == rest else "led"


def _leads(said: Wording) -> int:
    """How many words at the start only announce a number."""
    count = 0
    while count < len(said.bare) - 1 and vi.NUMBER_LEADS.find(said.part(count, count + 1)):
        count += 1
    return count


def _place(number: int, shown: Shown, first: int) -> Reading:
    place = number - first
    return Picked(shown[place][0]) if 0 <= place < len(shown) else OutOfRange(number)


# yes and no ---------------------------------------------------------------------------------------------------


def read_yes_no(text: str) -> bool | Doubt | None:
    """Whether the whole message is a yes or a no; `vang` without its mark is either."""
    said = _short(text)
    for words in _retries(said):
        verdict = _verdict(wording(words))
        if verdict is not None:
            return Doubt(("yes", "no")) if verdict == "?" else verdict is True
    return None


def _short(text: str) -> str:
    text = clean(text) if len(text) <= LONGEST * 4 else ""
    return text if len(text) <= LONGEST else ""


def _retries(text: str) -> Iterator[str]:
    """The text, then what Telex keys in it were meant to be, then that without its marks."""
    yield text
    undone = undo_telex(text)
    if undone is not None:
        yield undone
        yield fold(undone)


def _verdict(said: Wording) -> bool | str | None:
    """True, False, "?" when it may be both, None when other words or no words are there."""
    parts = _parts(said)
    if not parts:
        return True if parts == "" and "da" in said.bare else None
    if "?" in parts or "NL" in parts:
        return "?"
    kinds = set(re.sub("[NC]Y+", "L", parts))
    if kinds == {"Y"}:
        return True
    return False if kinds <= {"N", "L"} else None


def _parts(said: Wording) -> str | None:
    """One letter for each part of an answer, particles left out; None if anything else is said."""
    parts, place = "", 0
    while place < len(said.bare):
        for stop in range(min(len(said.bare), place + vi.ANSWERS.longest), place, -1):
            meanings = set(vi.ANSWERS.find(said.part(place, stop)))
            if meanings:
                break
        else:
            return None
        parts += _part(meanings)
        place = stop
    return parts


def _part(meanings: set[Part]) -> str:
    """The part played by words of several meanings: "co" is có rather than cô, "ban" may be bận or bạn."""
    if len(meanings) > 1 and Part.NO not in meanings:
        meanings = meanings - {Part.PARTICLE}
    part = meanings.pop() if len(meanings) == 1 else Part.UNSURE
    return "" if part == Part.PARTICLE else part.value


def _poles(shown: Shown) -> dict[bool, str]:
    """Which option is the yes and which the no: by key, else by label if only one is."""
    poles = {named: key for key, _ in shown for named, name in ((True, "yes"), (False, "no")) if key == name}
    if poles:
        return poles
    leanings = [(label.leaning, key) for key, text in shown if (label := _label(text)).leaning is not None]
    found = dict(leanings)
    return {lean: key for lean, key in found.items() if lean is not None} if len(leanings) == len(found) else {}


# choices ------------------------------------------------------------------------------------------------------


def read_choice(
    text: str, shown: Shown, *, unsure: Mapping[str, tuple[str, ...]] = _NOTHING, first: int = 1
) -> Reading:
    """What was typed against the options as shown, in order, the first of them numbered `first`."""
    text = _short(text)
    if not text or not shown:
        return None
    said, labels = wording(text), [(key, _label(label)) for key, label in shown]
    reading = _asked_back(said, shown, unsure) or _by_number(text, said, labels, shown, first)
    if reading is not None:
        return reading
    for words in _retries(text):
        reading = _by_words(words, labels, shown)
        if reading is not None:
            return reading
    return _keys(_misspelled(said, labels)) if said.bare else None


def _keys(keys: Iterable[str]) -> Reading:
    found = tuple(dict.fromkeys(keys))
    if len(found) == 1:
        return Picked(found[0])
    return Doubt(found) if 1 < len(found) <= _MOST_DOUBTS else None


def _asked_back(said: Wording, shown: Shown, unsure: Mapping[str, tuple[str, ...]]) -> Reading:
    """Words that must be asked about, unless their marks decide."""
    keys = {key for key, _ in shown}
    for words in (said, *_trims(said)):
        if words.bare == words.typed and (doubt := unsure.get(" ".join(words.bare))):
            found = tuple(key for key in doubt if key in keys)
            return Doubt(found) if len(found) > 1 else None
    if "vang" in said.typed and _verdict(said) == "?":
        poles = _poles(shown)
        return Doubt((poles[True], poles[False])) if len(poles) > 1 else None
    return None


def _by_number(text: str, said: Wording, labels: Labels, shown: Shown, first: int) -> Reading:
    """Bare digits are a place, always; a number in words gives way to labels, or is asked about."""
    found = _numbered(text)
    if found is None:
        return None
    number, typed = found
    place = _place(number, shown, first)
    if typed == "digits":
        return place
    named = _equal(text, said, labels)
    if typed == "led":
        return _keys(named) or place
    named = named or _within(said, labels, whole=True)
    if not named or len(named) > _MOST_DOUBTS - 1:
        return place
    return _keys([*named, place.key] if isinstance(place, Picked) else named)


def _by_words(text: str, labels: Labels, shown: Shown) -> Reading:
    said = wording(text)
    reading = _keys(_equal(text, said, labels)) or _by_meaning(said, shown)
    if reading is not None:
        return reading
    short = _spelled_out(said)
    for words in (said, short) if short else (said,):
        for part in (words, *_trims(words)):
            if words is short and (named := _equal("", part, labels)):
                return _keys(named)
            loose = part is not words and part.bare == part.typed and len(part.bare) == 1
            if not loose and (named := _within(part, labels)):
                return _keys(named)
    return None


def _equal(text: str, said: Wording, labels: Labels) -> list[str]:
    """Options whose whole label was typed; marks typed decide between them."""
    marked, lower, folded = has_marks(text), cased(text), fold(text)
    exact = [key for key, label in labels if label.cased == lower or (not marked and label.folded == folded)]
    if exact and lower:
        return exact
    if not said.bare:
        return []
    for same in (lambda form, label: form == label.words, lambda form, label: fits(form, label.words)):
        found = [key for key, label in labels if same(said, label)]
        if found:
            return found
    forms = (said, *_trims(said))
    return [key for key, label in labels if any(fits(form, other) for form in forms for other in label.forms)]


def _by_meaning(said: Wording, shown: Shown) -> Reading:
    """Yes, no and perhaps, where the options have them."""
    if any(key == "maybe" for key, _ in shown) and any(map(vi.MAYBES.find, (said, *_trims(said)))):
        return Picked("maybe")
    verdict = _verdict(said)
    poles = _poles(shown) if verdict is not None else {}
    if isinstance(verdict, str):
        return Doubt((poles[True], poles[False])) if len(poles) > 1 else None
    return Picked(poles[verdict]) if verdict in poles else None


def _within(said: Wording, labels: Labels, *, whole: bool = False) -> list[str]:
    """Options whose label has these words in a row, or begins with them, the last one perhaps unfinished."""
    if sum(map(len, said.bare)) < 2 or all(_is_loose(said.part(i, i + 1)) for i in range(len(said.bare))):
        return []
    return [key for key, label in labels if _has(label, said, whole)]


def _has(label: _Label, said: Wording, whole: bool) -> bool:
    size = len(said.bare)
    for start in range(len(label.words.bare) - size + 1):
        if fits(said, label.words.part(start, start + size)):
            return not any(vi.REVERSERS.find(label.words.part(i, i + 1)) for i in range(start))
    return not whole and any(_begins(form, said) for form in label.forms)


def _begins(form: Wording, said: Wording) -> bool:
    """Whether a label begins with the words typed, the last of them cut short, though not inside a number."""
    last = len(said.bare) - 1
    if last >= len(form.bare) or not fits(said.part(0, last), form.part(0, last)) or said.bare[last].isdecimal():
        return False
    start, typed = said.bare[last], said.typed[last]
    return form.bare[last].startswith(start) and (typed == start or _same_marks(typed, form.typed[last]))


def _same_marks(typed: str, word: str) -> bool:
    """Whether the marks on the beginning of a word are its own; tones stand last in both."""
    letters, tone = typed.rstrip(TONES), typed[len(typed.rstrip(TONES)) :]
    return word.startswith(letters) and (not tone or word.endswith(tone))


def _misspelled(said: Wording, labels: Labels) -> list[str]:
    """Options with one slip of a finger in one longer word, or blanks forgotten; never a "không" more or less."""
    forms = (said, *_trims(said))
    return [key for key, label in labels if any(_slips(form, other) for form in forms for other in label.forms)]
