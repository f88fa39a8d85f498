"""Vietnamese letters as they are typed: made safe, folded, split into words, and freed of Telex keys."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

JUST_READ = 32
"""Texts kept taken apart: a message is looked at by many readers, and not by any once its turn is over."""
_MARKS = {
    code: None
    for start, stop in ((0x300, 0x370), (0x1AB0, 0x1B00), (0x1DC0, 0x1E00), (0x20D0, 0x2100), (0xFE00, 0xFE10))
    for code in range(start, stop)
}
_INVISIBLE = {
    code: None
    for start, stop in (
        (0x00, 0x20),
        (0x7F, 0xA0),
        (0xAD, 0xAE),
        (0x61C, 0x61D),
        (0x180E, 0x180F),
        (0x200B, 0x2010),
        (0x202A, 0x202F),
        (0x2060, 0x2070),
        (0xD800, 0xE000),
        (0xFDD0, 0xFDF0),
        (0xFEFF, 0xFF00),
        (0xFFF9, 0xFFFC),
        (0xFFFE, 0x10000),
        (0xE0000, 0xE0080),
    )
    for code in range(start, stop)
}
_SPACES = dict.fromkeys((0x09, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " ")
_LINES = dict.fromkeys((0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029), "\n")
_SAFE: dict[int, str | None] = {**_INVISIBLE, **_SPACES, **_LINES}
"""None of these is printable."""
_ENCLOSED = ((0x2460, 20), (0x2474, 20), (0x2488, 20), (0x24F5, 10), (0x2776, 10), (0x2780, 10), (0x278A, 10))
_DIGITS = {start + i: str(i + 1) for start, count in _ENCLOSED for i in range(count)}
_FOLDED: dict[int, str | None] = {**_MARKS, **_DIGITS, ord("đ"): "d", 0xF0: "d", ord("ƀ"): "b"}
_KEYCAPS: dict[int, str | None] = {**_DIGITS, 0x20E3: None, 0xFE0E: None, 0xFE0F: None}
_BLANKS, _LINE_ENDS, _EMPTY_LINES = re.compile(" {2,}"), re.compile(" ?\n ?"), re.compile("\n{3,}")
_OTHER_DIGIT = re.compile(r"[^\D0-9]")
TONES = "\u0300\u0301\u0303\u0309\u0323"
_TYPED_MARKS = frozenset(TONES + "\u0302\u0306\u031bđĐðÐ")
_INDIC = "\u0900-\u109f\u1780-\u17d3\u19b0-\u19c9\uaa00-\uaadf"
_WORD = re.compile(rf"[0-9]+|(?:[^\W\d_]|[\u0300-\u036f{_INDIC}])+")


def clean(text: str) -> str:
    """What a person typed, made safe to keep: NFC, no control or invisible characters, no runs of blanks."""
    if not text.isprintable():
        text = text.replace("\r\n", "\n").translate(_SAFE)
    text = unicodedata.normalize("NFC", text.replace("Ð", "Đ").replace("ð", "đ"))
    if "  " in text:
        text = _BLANKS.sub(" ", text)
    if "\n" in text:
        text = _EMPTY_LINES.sub("\n\n", _LINE_ENDS.sub("\n", text))
    return text.strip(" \n")


@lru_cache(JUST_READ)
def fold(text: str) -> str:
    """The bare letters for comparing: no case, no marks, ASCII digits, single spaces."""
    if text.isascii():
        return " ".join(clean(text.casefold()).split())
    text = unicodedata.normalize("NFD", clean(text)).casefold()
    text = _ascii_digits(unicodedata.normalize("NFD", text).translate(_FOLDED))
    return unicodedata.normalize("NFC", " ".join(text.split()))


def has_marks(text: str) -> bool:
    """Whether any Vietnamese mark, or đ, was typed."""
    return not text.isascii() and not _TYPED_MARKS.isdisjoint(unicodedata.normalize("NFD", text))


def cased(text: str) -> str:
    """Lower case with the marks kept."""
    text = _ascii_digits(clean(text).translate(_KEYCAPS).casefold())
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _ascii_digits(text: str) -> str:
    return text if text.isascii() else _OTHER_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), text)


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a text, bare and as typed; in the latter a tone stands last, so that hoà equals hòa."""

    bare: tuple[str, ...]
    typed: tuple[str, ...]

    def part(self, start: int, stop: int) -> Wording:
        """Some of the words in a row."""
        return Wording(self.bare[start:stop], self.typed[start:stop])


@lru_cache(JUST_READ)
def wording(text: str) -> Wording:
    """Split a text into words; punctuation and emoji fall away, and so does the joint in `kp4`."""
    return wording_of(cased(text))


def wording_of(lower: str) -> Wording:
    """The same of a text in lower case already."""
    words = tuple(_WORD.findall(lower))
    if lower.isascii():
        return Wording(words, words)
    return Wording(tuple(map(_bare, words)), tuple(map(_tone_last, words)))


def _bare(word: str) -> str:
    return word if word.isascii() else fold(word)


def _tone_last(word: str) -> str:
    if word.isascii():
        return word
    letters = unicodedata.normalize("NFD", word)
    tones = "".join(letter for letter in letters if letter in TONES)
    return unicodedata.normalize("NFC", "".join(letter for letter in letters if letter not in TONES)) + tones


def fits(said: Wording, meant: Wording, strict: bool = False) -> bool:
    """Whether words typed with all their marks or with none are those meant; hỏi and ngã are often mixed up."""
    if said.bare != meant.bare:
        return False
    return said.typed in (said.bare, meant.typed) or all(
        typed in (bare, wanted)
        or (not strict and typed.replace("\u0303", "\u0309") == wanted.replace("\u0303", "\u0309"))
        for bare, typed, wanted in zip(said.bare, said.typed, meant.typed, strict=True)
    )


# Telex --------------------------------------------------------------------------------------------------------

_VOWELS = "aeiouyăâêôơư"
_SYLLABLE = re.compile(
    r"(?:ngh|ch|gh|gi|kh|ng|nh|ph|qu|th|tr|[bcdghklmnprstvx])?(?:"
    r"(?:uye|ie|oa|oe|ua|ue|uo|uy|ye|[aeiouy])(?:ch|ng|nh|[cmnpt])|ak|"
    r"uay|ieu|oai|oay|oao|oeo|uoi|uou|uya|uyu|uau|yeu|a[iouy]|e[ou]|i[au]|o[aei]|u[aeiouy]|[aeiouy])"
)
_DOUBLED = (("uwow", "ươ"), ("uow", "ươ"), ("aa", "â"), ("ee", "ê"), ("oo", "ô"), ("aw", "ă"), ("ow", "ơ"), ("uw", "ư"))
_LATE_W = (("uo", "ươ"), ("a", "ă"), ("o", "ơ"), ("u", "ư"), ("w", "ư"))
_TONE_KEYS = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_TYPED_WORD = re.compile(r"[^\W_]+")
_VNI = re.compile(r"[a-z]+[1-9]+[a-z][a-z1-9]*", re.IGNORECASE)
_VNI_KEYS = str.maketrans("12345789", "sfrxjwwd")
_LONGEST_WORD = 14


def undo_telex(text: str) -> str | None:
    """What Telex keys (or VNI digits inside words) were meant to write; None when there are none."""
    before = clean(text)
    after = _TYPED_WORD.sub(lambda word: _undone(word[0]), before)
    return after if after != before else None


def _undone(word: str) -> str:
    keys = word.casefold()
    if _VNI.fullmatch(keys):
        keys = re.sub(r"([aeo])6", r"\1\1", keys).translate(_VNI_KEYS)
    if len(keys) > _LONGEST_WORD or _SYLLABLE.fullmatch(_bare(keys)):
        return word
    letters = _pressed(keys)
    if letters is None or not _SYLLABLE.fullmatch(_bare(letters)):
        return word
    return letters.upper() if word.isupper() else letters.capitalize() if word[0].isupper() else letters


def _pressed(keys: str) -> str | None:
    """One word with its keys pressed, or None if they cannot be."""
    onset = re.match(rf"[^{_VOWELS}w]*", keys)
    start = onset.end() if onset else 0
    head, tail = ("đ" + keys[2:start] if keys.startswith("dd") else keys[:start]), keys[start:]
    tail = "u" + tail if tail.startswith("w") else tail
    tones = [key for key in tail if key in _TONE_KEYS]
    if len(tones) > 1 or not tail or tail.count("w") > 2:  # noqa: PLR2004 - as in nuwowcs
        return None
    tail = "".join(key for key in tail if key not in _TONE_KEYS)
    for pair, letter in _DOUBLED:
        tail = tail.replace(pair, letter, 1)
    if "w" in tail:
        bare = tail.replace("w", "", 1) or "w"
        tail = next((bare.replace(old, new, 1) for old, new in _LATE_W if old in bare), bare)
    return head + (_toned(tail, _TONE_KEYS[tones[0]]) if tones else tail)


def _toned(rime: str, tone: str) -> str:
    """The tone over the vowel with a hat, breve or horn, else by the old rule (hòa, hủy)."""
    vowels = re.match(rf"[{_VOWELS}]*", rime)
    count = vowels.end() if vowels else 0
    place = max((i for i in range(count) if rime[i] in "ăâêôơư"), default=-1)
    if place < 0:
        place = max(count - (1 if count < len(rime) else 2), 0)
    return unicodedata.normalize("NFC", rime[: place + 1] + tone + rime[place + 1 :])
