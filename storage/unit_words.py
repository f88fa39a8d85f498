"""Reading how people write places: `p15 q.gò vấp tphcm` is ward 15, district Gò Vấp, city Hồ Chí Minh."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from conversation.answers import clean, fold

MOST_LETTERS = 120
TONES = "\u0300\u0301\u0303\u0309\u0323"
ABBREVIATIONS = {
    "p": "phuong",
    "f": "phuong",
    "ph": "phuong",
    "x": "xa",
    "tt": "thi tran",
    "dk": "dac khu",
    "q": "quan",
    "h": "huyen",
    "tx": "thi xa",
    "tp": "thanh pho",
    "t": "tinh",
    "tphcm": "hcm",
    "tphn": "hn",
    "tpsg": "sg",
    "kp": "khu pho",
    "tdp": "to dan pho",
    "kdc": "khu dan cu",
}
COMMUNE_WORDS = {"phuong": "phuong", "xa": "xa", "thi tran": "thi_tran", "dac khu": "dac_khu"}
DISTRICT_WORDS = {"quan", "huyen", "thi xa", "thanh pho"}
PROVINCE_WORDS = {"tinh", "thanh pho"}
_GLUED = re.compile(r"(p|f|ph|q|phuong|quan|kp|tdp|to|ap|thon|khom|xom)(\d+)")
_OPENING = re.compile(r"^(?:(?:nhà )?(?:tôi|toi|bác|mình|minh|em|con|cháu|chau) )?(?:ở|o|tại) ")
_BETWEEN = re.compile(r"(?<=\d)(?=[pfq]\d)")
_OLD = re.compile(r"\bcũ\b")
Lookup = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Words:
    """Words without marks, each beside its marks, so that both can be compared."""

    plain: tuple[str, ...]
    marks: tuple[str, ...]

    def __getitem__(self, part: slice) -> Words:
        return Words(self.plain[part], self.marks[part])

    def __add__(self, other: Words) -> Words:
        return Words(self.plain + other.plain, self.marks + other.marks)

    def __str__(self) -> str:
        return " ".join(self.plain)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to take what was typed: a commune's name, perhaps its kind and its old district."""

    name: Words
    kind: str = ""
    district: str = ""
    said: bool = True
    """False when no word such as `quận` told where the district begins, so that it is a guess."""


def marks_of(word: str) -> str:
    """The word with its tone moved to the end: Hoà and Hòa are written differently and are the same."""
    letters = unicodedata.normalize("NFD", word)
    return "".join(each for each in letters if each not in TONES) + "".join(each for each in letters if each in TONES)


def words_of(text: str) -> Words:
    """The words of a name as it stands in the records."""
    lowered = re.sub(r"['’‘`ʼ]", "", clean(text).lower())
    found = re.findall(r"[^\W_]+", lowered)
    return Words(tuple(map(fold, found)), tuple(map(marks_of, found)))


def typed_words(text: str) -> Words:
    """The words of what a person typed, abbreviations spelled out."""
    text = _OPENING.sub("", clean(text[:MOST_LETTERS]).lower())
    typed = words_of(_BETWEEN.sub(" ", _OLD.sub(" ", text)))
    plain: list[str] = []
    marks: list[str] = []
    for word, mark in zip(typed.plain, typed.marks, strict=True):
        expanded = _expand(word)
        plain += expanded
        marks += [mark] if expanded == [word] else expanded
    return Words(tuple(plain), tuple(marks))


def _expand(word: str) -> list[str]:
    if glued := _GLUED.fullmatch(word):
        return [*_expand(glued[1]), str(int(glued[2]))]
    if word.isdecimal():
        return [str(int(word))]
    return ABBREVIATIONS.get(word, word).split()


def bare(words: Words) -> tuple[str, Words]:
    """The kind of commune that a name begins with, and the rest of the name."""
    for length in (2, 1):
        kind = COMMUNE_WORDS.get(str(words[:length]))
        if kind and len(words.plain) > length:
            return kind, words[length:]
    return "", words


def bare_district(name: str) -> str:
    """`quận Gò Vấp` without marks and without its first word."""
    return _without_first(words_of(name), DISTRICT_WORDS)


def bare_province(name: str) -> str:
    """`Tỉnh Tiền Giang` as one word without marks and without `tỉnh`."""
    return _without_first(words_of(name), PROVINCE_WORDS).replace(" ", "")


def _without_first(words: Words, first: set[str]) -> str:
    for length in (2, 1):
        if str(words[:length]) in first and len(words.plain) > length:
            return str(words[length:])
    return str(words)


def cut_province(words: Words, province_named: Lookup) -> tuple[list[Words], str]:
    """Take a province off the end, or else off the beginning: what may be left, and the province's code."""
    province = ""
    # Twice, for «Quảng Nam, Đà Nẵng»: both mean the same province now.
    for _ in range(2):
        rest, found = _cut(without_province_word(words) if province else words, province_named, at_end=True)
        if not found or province not in {"", found}:
            break
        words, province = rest, found
    if not province:
        words, province = _cut(words, province_named, at_end=False)
        return [words], province
    # «xã sơn tịnh quảng ngãi» is Xã Sơn Tịnh, «xã sơn tỉnh quảng ngãi» may be Xã Sơn.
    trimmed = without_province_word(words)
    return [words, trimmed] if trimmed.plain and trimmed != words else [words], province


def _cut(words: Words, province_named: Lookup, *, at_end: bool) -> tuple[Words, str]:
    size = len(words.plain)
    for length in range(min(5, size - 1), 0, -1):
        part, rest = (words[-length:], words[:-length]) if at_end else (words[:length], words[length:])
        code = province_named("".join(part.plain))
        if code and str(without_province_word(rest)) not in {"", *COMMUNE_WORDS}:
            return rest, code
    return words, ""


def without_province_word(words: Words) -> Words:
    """The words without `tỉnh` or `thành phố` at the end."""
    for length in (2, 1):
        if str(words[-length:]) in PROVINCE_WORDS:
            return words[:-length]
    return words


def _segments(words: Words) -> list[tuple[str, Words]]:
    """Cut at words such as `xã` and `quận`; what stands before the first has no kind."""
    cuts: list[tuple[int, int, str]] = []
    place, size = 0, len(words.plain)
    while place < size:
        length, kind = _marker(words, place)
        after = place + length
        # In Xã Đình Xá, huyện Bình Lục the second «xa» is a name: another such word or nothing follows it.
        if length and after < size and (place == 0 or not _marker(words, after)[0]):
            cuts.append((place, after, kind))
            # In Xã Quan Lạn «quan» is a name: it stands right after such a word.
            place = after
        place += 1
    ends = [*(start for start, _, _ in cuts[1:]), size]
    parts = [(kind, words[after:end]) for (_, after, kind), end in zip(cuts, ends, strict=False)]
    first = cuts[0][0] if cuts else size
    return [("", words[:first]), *parts] if first else parts


def _marker(words: Words, place: int) -> tuple[int, str]:
    for length in (2, 1):
        text = str(words[place : place + length])
        if text in COMMUNE_WORDS:
            return length, COMMUNE_WORDS[text]
        if text in DISTRICT_WORDS:
            return length, "district"
    return 0, ""


def readings(words: Words, is_district: Callable[[str], bool]) -> Iterator[Reading]:
    """All ways to take the words, the likeliest first."""
    kind, name = bare(words)
    yield Reading(words)
    if kind:
        yield Reading(name, kind)
    segments = _segments(words)
    communes = [segment for segment in segments if segment[0] not in {"", "district"}]
    loose = [segment for segment in segments if not segment[0]]
    districts = [part for sort, part in segments if sort == "district"]
    if not communes and not loose:
        yield from _districts_alone(districts)
        yield from (guess for part in (words, *districts) for guess in _guesses(part, is_district))
        return
    kind, name = (communes or loose)[0]
    beside = districts or ([part for _, part in loose] if communes else [])
    if beside:
        yield Reading(name, kind, str(beside[0]))
    if not districts and not any(is_district(str(part)) for part in beside):
        yield Reading(name, kind)
        yield from (replace(guess, kind=kind) for guess in _guesses(name, is_district))


def _districts_alone(districts: list[Words]) -> Iterator[Reading]:
    for part in districts:
        yield Reading(Words((), ()), district=str(part))
        if not str(part).isdecimal():
            yield Reading(part)


def _guesses(words: Words, is_district: Callable[[str], bool]) -> Iterator[Reading]:
    """`15 gò vấp` and `gò vấp 15`: any cut whose one side is known to be a district."""
    for place in range(1, len(words.plain)):
        head, tail = words[:place], words[place:]
        # Nobody has a number alone for a name: what stands beside it is a district, perhaps misspelled.
        if is_district(str(tail)) or str(head).isdecimal():
            yield Reading(head, district=str(tail), said=False)
        if is_district(str(head)) or str(tail).isdecimal():
            yield Reading(tail, district=str(head), said=False)
