"""Finding a commune by what people type: new or old names, without marks, shortened, misspelled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process
from sqlalchemy import Connection

from conversation.answers import has_marks
from storage.unit_index import Entry, Index, index_of
from storage.unit_words import PROVINCE_WORDS, Lookup, Reading, Words, cut_province, readings, typed_words
from storage.units import Unit, units_by_code

WHOLE, GUESSED, PREFIX, DISTRICT_ALONE, INSIDE, FUZZY = 120.0, 100.0, 80.0, 75.0, 70.0, 45.0
GOOD = INSIDE
"""Below this score a name is only similar, or its district is only guessed."""
SAME_DISTRICT, NEAR_DISTRICT, OTHER_DISTRICT, BAD_GUESS = 20.0, 14.0, -5.0, -45.0
IN_PROVINCE, SAME_MARKS, SAME_KIND, CURRENT, WHOLLY = 5.0, 4.0, 3.0, 2.0, 1.0
ALIKE, ALIKE_PROVINCE = 78, 84
SHORTEST, SHORTEST_PROVINCE = 2, 5
LEAST = 40.0
FAR_BEHIND = 60.0
"""Matches that score this much less than the best are noise."""
LEAD = 12.0
"""Matches that score this much less than the best are not as good as it."""


_Hit = tuple[float, Entry, bool]


@dataclass(frozen=True, slots=True)
class Match:
    """A commune, and which of its names was found."""

    unit: Unit
    province: Unit
    old_name: str
    """Empty when it was found by its current name."""
    old_district: str
    """The old district of the old name, where the records tell it."""
    partial: bool
    """Whether only a part of the old commune lies here."""
    exact: bool
    """Whether the name was typed with its marks; without them it may as well be another place's."""
    score: float


def search(tx: Connection, typed: str, *, limit: int = 8, province: str = "") -> list[Match]:
    """The communes that a text may mean, best first; `province` keeps to those of one."""
    found = _Search(index_of(tx), has_marks(typed)).run(typed_words(typed), province)
    return _best(tx, found, limit)


def named_communes(tx: Connection, words: Words, marked: bool, *, limit: int, province: str = "") -> list[Match]:
    """The communes that words name rightly or begin to name, best first."""
    found = _Search(index_of(tx), marked).strictly(words, province)
    return _best(tx, {code: hit for code, hit in found.items() if hit[0] >= GOOD}, limit)


def _best(tx: Connection, found: dict[str, _Hit], limit: int) -> list[Match]:
    best = sorted(found.values(), key=lambda hit: (-hit[0], hit[1].plain, hit[1].code))[:limit]
    known = units_by_code(tx, [code for _, entry, _ in best for code in (entry.code, entry.province)])
    return [_match(known[entry.code], known[entry.province], hit) for hit in best if (entry := hit[1]).code in known]


def named_province(tx: Connection, typed: str) -> Unit | None:
    """The province, when the text names nothing but a province, by its new or an old name."""
    words = typed_words(typed)
    for length in (0, 1, 2):
        if length and str(words[:length]) not in PROVINCE_WORDS:
            continue
        if code := index_of(tx).provinces.get("".join(words.plain[length:])):
            return units_by_code(tx, [code]).get(code)
    return None


def leading(matches: Iterable[Match]) -> list[Match]:
    """Those that are about as good as the best one; a name typed with all its marks beats names without."""
    matches = list(matches)
    best = matches[0] if matches else None
    return [each for each in matches if best and each.score > best.score - LEAD and each.exact >= best.exact]


def provinces_of(matches: Iterable[Match]) -> list[Unit]:
    """The provinces of the leading matches, of a search with a high limit: if several, ask for the province first."""
    return list({match.province.code: match.province for match in leading(matches)}.values())


_Try = tuple[Reading, str]


def _match(unit: Unit, province: Unit, hit: _Hit) -> Match:
    score, entry, exact = hit
    old = "" if entry.current else entry.name
    return Match(unit, province, old, "" if entry.current else entry.district_name, entry.partial, exact, score)


class _Search:
    """One search: tries all readings of the words, the strict ways before the lenient ones."""

    def __init__(self, index: Index, marked: bool) -> None:
        self.index = index
        self.marked = marked
        self.best: dict[str, _Hit] = {}

    def strictly(self, words: Words, province: str) -> dict[str, _Hit]:
        self._try(self._spelled_right(words, province), self._named, self._districts, self._parts)
        return self.best

    def _spelled_right(self, words: Words, province: str) -> list[_Try]:
        return list(self._readings(words, province, self.index.provinces.get))

    def run(self, words: Words, province: str) -> dict[str, _Hit]:
        tried = self._spelled_right(words, province)
        self.strictly(words, province)
        if not self._is_good():
            misspelled = list(self._readings(words, province, self._province_like))
            self._try(misspelled, self._named)
            if not self._is_good():
                self._try([*tried, *misspelled], self._alike)
            if not province and not any(score > LEAST for score, _, _ in self.best.values()):
                self._try(tried, self._among)
        least = max(LEAST, max((score for score, _, _ in self.best.values()), default=0.0) - FAR_BEHIND)
        return {code: hit for code, hit in self.best.items() if hit[0] > least}

    def _is_good(self) -> bool:
        return any(score >= GOOD for score, _, _ in self.best.values())

    def _try(self, tried: list[_Try], *ways: Callable[[Reading, str], None]) -> None:
        for way in ways:
            for reading, place in tried:
                way(reading, place)

    def _readings(self, words: Words, province: str, province_named: Lookup) -> Iterator[_Try]:
        rests, named = cut_province(words, province_named)
        for rest in rests:
            if named and province in {"", named}:
                yield from ((self._spelled(each), named) for each in readings(rest, self._is_district))
        yield from ((self._spelled(each), province) for each in readings(words, self._is_district))

    def _province_like(self, text: str) -> str | None:
        names = self.index.provinces
        alike = process.extractOne(text, names.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE_PROVINCE)
        return names[alike[0]] if alike and len(text) >= SHORTEST_PROVINCE else None

    def _spelled(self, reading: Reading) -> Reading:
        if not reading.district or reading.district in self.index.anchors:
            return reading
        alike = process.extractOne(reading.district, self.index.anchors.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE)
        return replace(reading, district=alike[0]) if alike else reading

    def _is_district(self, text: str) -> bool:
        return text in self.index.anchors and not text.isdecimal()

    def _named(self, reading: Reading, province: str) -> None:
        name = str(reading.name)
        for plain in {name} | self.index.joined.get(name.replace(" ", ""), set()):
            self._take(plain, reading, province, WHOLE if reading.said else GUESSED)

    def _districts(self, reading: Reading, province: str) -> None:
        if not reading.name.plain:
            for entry in self.index.neighbours(reading.district):
                self._keep(entry, reading, province, DISTRICT_ALONE)

    def _parts(self, reading: Reading, province: str) -> None:
        name = str(reading.name)
        if len(name) < SHORTEST or name.isdecimal() or not reading.said:
            return
        for plain in self.index.names.get(province, ()):
            if name in plain:
                if plain.startswith(name):
                    self._take(plain, reading, province, PREFIX - (len(plain) - len(name)) / 10)
                elif f" {name}" in plain:
                    self._take(plain, reading, province, INSIDE)

    def _alike(self, reading: Reading, province: str) -> None:
        name = str(reading.name)
        if not name or name.isdecimal():
            return
        names = self.index.names.get(province, ())
        for plain, ratio, _ in process.extract(name, names, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=20):
            # Mỹ Đình 1 is no misspelling of Mỹ Đình 2.
            if _numbers(plain) == _numbers(name):
                self._take(plain, reading, province, FUZZY + ratio - ALIKE)

    def _among(self, reading: Reading, province: str) -> None:
        """Among words that say nothing to us, the longest part that is a name."""
        words, size = reading.name, len(reading.name.plain)
        for length in range(size - 1, 1, -1):
            parts = {str(words[start : start + length]) for start in range(size - length + 1)}
            names = {part for part in parts if part in self.index.named and not self._is_province(part)}
            for plain in names:
                self._take(plain, reading, province, FUZZY)
            if names:
                return

    def _is_province(self, name: str) -> bool:
        return name.replace(" ", "") in self.index.provinces

    def _take(self, plain: str, reading: Reading, province: str, base: float) -> None:
        for entry in self.index.named.get(plain, ()):
            self._keep(entry, reading, province, base)

    def _keep(self, entry: Entry, reading: Reading, province: str, base: float) -> None:
        if province not in {"", entry.province}:
            return
        exact = self.marked and entry.marks == " ".join(reading.name.marks)
        score = (
            base
            + IN_PROVINCE * bool(province)
            + SAME_MARKS * exact
            + SAME_KIND * (entry.kind == reading.kind)
            + CURRENT * entry.current
            + WHOLLY * (not entry.partial)
            + self._district_bonus(entry, reading)
        )
        if entry.code not in self.best or score > self.best[entry.code][0]:
            self.best[entry.code] = (score, entry, exact)

    def _district_bonus(self, entry: Entry, reading: Reading) -> float:
        if not reading.district:
            return 0.0
        if entry.district == reading.district:
            return SAME_DISTRICT
        near = 0.0 if entry.district else NEAR_DISTRICT * self.index.nearness(reading.district, entry)
        if near:
            return near
        return OTHER_DISTRICT if reading.said else BAD_GUESS


def _numbers(name: str) -> list[str]:
    return [word for word in name.split() if word.isdecimal()]
