"""What people type, read: plain words and numbers against the answers offered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from conversation import words_vi as vi
from conversation.labels import Labels, Typed, equal, label_of, misspelled, spelled_out, stripped, typed_as, within
from conversation.letters import JUST_READ, Wording, clean, fold, has_marks, undo_telex, wording
from conversation.words_vi import Courtesy, GlobalWord

__all__ = [
    "Courtesy",
    "Doubt",
    "GlobalWord",
    "OutOfRange",
    "Picked",
    "Reading",
    "clean",
    "courtesy",
    "fold",
    "global_word",
    "has_marks",
    "is_skip",
    "read_choice",
    "read_number",
    "read_yes_no",
    "undo_telex",
]

LONGEST = 80
"""Letters in an answer by name; what is longer is a story."""
_MOST_DOUBTS = 3
_MOST_DIGITS = 6
_NOTHING: Mapping[str, tuple[str, ...]] = MappingProxyType({})
_NUMBERED_LINE = re.compile(r"\W{0,3}([0-9]{1,3})[\W]{1,3}([^\W\d].*)", re.DOTALL)
_SIGNED = re.compile(r"[-–−+/%] ?\d|\d ?[-–−+/%]")


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


# numbers ------------------------------------------------------------------------------------------------------


def read_number(text: str) -> int | None:
    """The number in "2.", "số 2", "thứ hai", "hai ạ", "②"…; None when there is more than a number."""
    found = _numbered(_short(text), wording(_short(text)))
    return found[0] if found else None


def _numbered(text: str, said: Wording) -> tuple[int, str] | None:
    """A number and how it was typed: in digits, as a word, or led by words such as "câu"."""
    rest = stripped(said)
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
    for typed in _readings(_short(text)):
        verdict = vi.verdict(typed.words)
        if verdict is not None:
            return Doubt(("yes", "no")) if verdict == "?" else verdict is True
    return None


def _short(text: str) -> str:
    text = clean(text) if len(text) <= LONGEST * 4 else ""
    return text if len(text) <= LONGEST else ""


@lru_cache(JUST_READ)
def _readings(text: str) -> tuple[Typed, ...]:
    """The text, then what Telex keys in it were meant to be, then that without its marks."""
    undone = undo_telex(text)
    return tuple(map(typed_as, (text,) if undone is None else (text, undone, fold(undone))))


def _poles(shown: Shown) -> dict[bool, str]:
    """Which option is the yes and which the no: by key, else by label if only one is."""
    poles = {name == "yes": key for key, _ in shown for name in ("yes", "no") if key == name}
    if poles:
        return poles
    leanings = [(lean, key) for key, text in shown if (lean := _leaning(text)) is not None]
    return {} if len(leanings) > len(dict(leanings)) else dict(leanings)


@lru_cache(maxsize=4096)
def _leaning(label: str) -> bool | None:
    verdict = vi.verdict(label_of(label).head)
    return None if isinstance(verdict, str) else verdict


# choices ------------------------------------------------------------------------------------------------------


def read_choice(
    text: str, shown: Shown, *, unsure: Mapping[str, tuple[str, ...]] = _NOTHING, first: int = 1
) -> Reading:
    """What was typed against the options as shown, in order, the first of them numbered `first`."""
    text = _short(text)
    if not text or not shown:
        return None
    labels = [(key, label_of(label)) for key, label in shown]
    for typed in _readings(text):
        reading = (
            _asked_back(typed, shown, unsure)
            or _by_number(typed, labels, _Places(shown, first))
            or _keys(equal(typed, labels))
            or _by_meaning(typed, shown)
            or _by_part(typed, labels)
        )
        if reading is not None:
            return reading
    return _number_and_label(text, labels, _Places(shown, first)) or _misspelled(text, labels)


def _number_and_label(text: str, labels: Labels, places: _Places) -> Reading:
    """A line copied whole, "2. Không đồng ý"; when the two differ it is asked about."""
    line = _NUMBERED_LINE.fullmatch(text)
    named = equal(typed_as(line[2]), labels) if line else []
    place = places.at(int(line[1])) if line and named else None
    return _keys([*named, place.key]) if isinstance(place, Picked) else None


def _misspelled(text: str, labels: Labels) -> Picked | None:
    slips = misspelled(typed_as(text), labels)
    return Picked(slips[0]) if len(slips) == 1 else None


def _keys(keys: Iterable[str]) -> Picked | Doubt | None:
    found = tuple(dict.fromkeys(keys))
    if len(found) == 1:
        return Picked(found[0])
    return Doubt(found) if 1 < len(found) <= _MOST_DOUBTS else None


def _asked_back(typed: Typed, shown: Shown, unsure: Mapping[str, tuple[str, ...]]) -> Doubt | None:
    """Words that must be asked about, unless their marks decide."""
    for words in typed.forms if unsure else ():
        if words.bare == words.typed and (doubt := unsure.get(" ".join(words.bare))):
            found = tuple(key for key in doubt if any(key == other for other, _ in shown))
            return Doubt(found) if len(found) > 1 else None
    return _both(shown) if "vang" in typed.words.typed and vi.verdict(typed.words) == "?" else None


def _both(shown: Shown) -> Doubt | None:
    """Yes and no, if both can be picked."""
    poles = _poles(shown)
    return Doubt((poles[True], poles[False])) if len(poles) > 1 else None


@dataclass(frozen=True, slots=True)
class _Places:
    shown: Shown
    first: int

    def at(self, number: int) -> Picked | OutOfRange:
        place = number - self.first
        return Picked(self.shown[place][0]) if 0 <= place < len(self.shown) else OutOfRange(number)


def _by_number(typed: Typed, labels: Labels, places: _Places) -> Reading:
    """Bare digits are a place, always; a number in words gives way to labels, or is asked about."""
    found = _numbered(typed.text, typed.words)
    if found is None:
        return None
    number, kind = found
    place = places.at(number)
    if kind == "digits":
        return place
    named = equal(typed, labels)
    if kind == "led":
        return _keys(named) or place
    for words in typed.forms:
        named = named or within(words, labels, whole=True)
    if not named or len(named) >= _MOST_DOUBTS:
        return place
    return _keys([*named, place.key] if isinstance(place, Picked) else named)


def _by_meaning(typed: Typed, shown: Shown) -> Reading:
    """Yes, no and perhaps, where the options have them."""
    if any(key == "maybe" for key, _ in shown) and any(map(vi.MAYBES.find, typed.forms)):
        return Picked("maybe")
    verdict = vi.verdict(typed.words)
    if verdict is None:
        return None
    if isinstance(verdict, str):
        return _both(shown)
    poles = _poles(shown)
    return Picked(poles[verdict]) if verdict in poles else None


def _by_part(typed: Typed, labels: Labels) -> Reading:
    """A part of one label, or of a few; a single word left over from unmarked ones is too little."""
    short = spelled_out(typed.words)
    if short is not None and (named := equal(typed_as(short), labels)):
        return _keys(named)
    for forms in (typed.forms, typed_as(short).forms if short else ()):
        for part in forms:
            if part != forms[0] and part.bare == part.typed and len(part.bare) == 1:
                continue
            if named := within(part, labels):
                return _keys(named)
    return None


# words of their own -------------------------------------------------------------------------------------------


def global_word(text: str) -> tuple[GlobalWord, bool] | None:
    """The order that is the whole message, and whether it can be nothing else."""
    text = _short(text)
    if text.startswith("/"):
        word = vi.COMMANDS.get(fold(text[1:]).split("@", 1)[0].replace("_", ""))
        return (word, True) if word else None
    if fold(text) in ("?", "??", "???"):
        return GlobalWord.HELP, True
    for typed in _readings(text):
        for part in typed.forms:
            if found := vi.GLOBALS.find(part):
                sure = part.bare != part.typed or " ".join(part.bare) not in vi.UNSURE_BARE
                return found[0], sure and " ".join(part.bare) not in vi.UNSURE_ALWAYS
    run_together = vi.RUN_TOGETHER.get(text.casefold())
    return (run_together, False) if run_together else None


def is_skip(text: str) -> bool:
    """Whether the whole message says to go on without an answer; a mere "không" may be an answer."""
    said = _readings(_short(text))
    short = [typed_as(words) for typed in said if (words := spelled_out(typed.words))]
    return any(vi.SKIPS.find(form) for typed in (*said, *short) for form in typed.forms)


def courtesy(text: str) -> Courtesy | None:
    """What politeness the whole message is, if it is no more."""
    for typed in _readings(_short(text)):
        for kind, book in vi.COURTESY.items():
            if set(vi.parts(typed.words, book) or "") == {"Y"}:
                return kind
    return None
