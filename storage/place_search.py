"""Finding any place by what people type: a hamlet or group that somebody has added, or a commune."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from conversation.answers import fold, has_marks
from storage.names import natural
from storage.schema import unit_names, units
from storage.unit_search import GOOD, Match, named_communes, search
from storage.unit_words import COMMUNE_WORDS, Words, typed_words
from storage.units import COMMUNE, KINDS, Unit, under, units_by_code

KIND_WORDS = {tuple(fold(words).split()) for words in KINDS}
MOST_WORDS = 4
"""A hamlet's name without its kind has no more words."""
MOST_COMMUNES = 5
MOST_ANYWHERE = 40
SMALLER, ALONE, CURRENT = 30.0, GOOD, 2.0
"""A hamlet found in a commune that was typed beside it; one typed alone; by the name it has now."""


def search_places(tx: Connection, typed: str, *, limit: int = 8, province: str = "") -> list[Match]:
    """The places that a text may mean, best first: a hamlet before the commune that was typed beside it."""
    words, marked = typed_words(typed), has_marks(typed)
    hamlets = _Hamlets(tx, marked, province).named(words)
    # Where a hamlet was found, a commune that is only a little like the words is no more wanted.
    communes = (
        named_communes(tx, words, marked, limit=limit, province=province)
        if hamlets
        else search(tx, typed, limit=limit, province=province)
    )
    best = {match.unit.code: match for match in sorted([*communes, *hamlets], key=lambda match: match.score)}
    return sorted(best.values(), key=lambda match: (-match.score, match.unit.code))[:limit]


class _Hamlets:
    """One search below communes."""

    def __init__(self, tx: Connection, marked: bool, province: str) -> None:
        self.tx = tx
        self.marked = marked
        self.province = province

    def named(self, words: Words) -> list[Match]:
        """Hamlets and groups that the words may mean."""
        found: list[Match] = []
        for name, rest in _cuts(words):
            if rest.plain:
                above = [*self._communes(rest), *self.named(rest)]
                found += [match for place in above for match in self._inside(place, str(name))]
        return found or self._anywhere(str(words))

    def _communes(self, words: Words) -> list[Match]:
        return named_communes(self.tx, words, self.marked, limit=MOST_COMMUNES, province=self.province)

    def _inside(self, place: Match, name: str) -> Iterator[Match]:
        below = select(units.c.code, units.c.name).where(under(place.unit.path), units.c.depth > place.unit.depth)
        old = select(unit_names.c.code, unit_names.c.name).join(units, units.c.code == unit_names.c.code)
        rows = self.tx.execute(below.union(old.where(under(place.unit.path), units.c.depth > place.unit.depth)))
        codes = {code: called for code, called in rows if natural(called) == natural(name)}
        for code, unit in units_by_code(self.tx, codes).items():
            yield _match(unit, codes[code], place.score + SMALLER, place.province)

    def _anywhere(self, name: str) -> list[Match]:
        """Those of the whole country that are called so; the kind need not be typed."""
        names = [name, *(f"{' '.join(kind)} {name}" for kind in KIND_WORDS)]
        old = select(unit_names.c.code, unit_names.c.name).where(unit_names.c.fold.in_(names))
        query = select(units.c.code, units.c.name).where(units.c.fold.in_(names), units.c.depth > COMMUNE)
        called = {code: found for code, found in self.tx.execute(query.union(old).limit(MOST_ANYWHERE))}
        found = [each for each in units_by_code(self.tx, called).values() if each.depth > COMMUNE]
        above = units_by_code(self.tx, (each.path.split("/")[0] for each in found))
        provinces = ((each, above[each.path.split("/")[0]]) for each in found)
        return [
            _match(each, called[each.code], ALONE, province)
            for each, province in provinces
            if self.province in {"", province.code}
        ]


def _match(unit: Unit, called: str, score: float, province: Unit) -> Match:
    current = natural(called) == natural(unit.name)
    return Match(unit, province, "" if current else called, "", False, False, score + CURRENT * current)


def _cuts(words: Words) -> Iterator[tuple[Words, Words]]:
    """Every way to take words that begin with a kind, such as `khu phố`, for a hamlet's name; and what is left."""
    for start in range(len(words.plain)):
        for length in (3, 2, 1):
            if words.plain[start : start + length] in KIND_WORDS:
                for end in _ends(words, start + length):
                    yield words[start:end], words[:start] + words[end:]
                break


def _ends(words: Words, after: int) -> Iterator[int]:
    """Where a name may end: after a number, before a word such as `phường`, else anywhere."""
    for end in range(after + 1, min(after + MOST_WORDS, len(words.plain)) + 1):
        yield end
        if words.plain[end - 1].isdecimal() or str(words[end : end + 1]) in COMMUNE_WORDS:
            return
