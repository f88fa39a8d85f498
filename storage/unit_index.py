"""All names of communes in memory, some 14,000, ready to be searched.

The index is built in a fraction of a second, once per process and engine, and again when the tree has changed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, select

from storage.schema import unit_names, units
from storage.unit_names import edition
from storage.unit_words import bare, bare_district, bare_province, words_of
from storage.units import COMMUNE, PROVINCE

NEAR = 60
"""Codes were given district by district, so communes whose codes are this close are probably neighbours."""
CLOSE = 0.5
NICKNAMES = {
    "01": "hn hatay",
    "31": "hp",
    "46": "hue thuathienhue thitranhue tth",
    "51": "contum",
    "66": "daclac daclak darlac",
    "68": "dacnong daknong",
    "79": "hcm hcmc sg saigon brvt",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A name that a commune has or had."""

    code: str
    province: str
    kind: str
    plain: str
    """Without marks and without the kind."""
    marks: str
    district: str
    current: bool
    partial: bool
    name: str
    district_name: str


@dataclass(slots=True)
class Index:
    """Names by their spelling without marks, by province, and by district."""

    named: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    joined: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Names by their letters alone, for those who type no spaces."""
    names: dict[str, list[str]] = field(default_factory=dict)
    """Different names in a province, and under the empty code those of the country."""
    current: list[Entry] = field(default_factory=list)
    districts: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    anchors: dict[str, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))
    """Where a district lies: communes that belonged to it or bear its name."""
    provinces: dict[str, str] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        """Enter a name of a commune."""
        self.named[entry.plain].append(entry)
        self.joined[entry.plain.replace(" ", "")].add(entry.plain)
        place = (entry.province, number_of(entry.code))
        if entry.district:
            self.districts[entry.district].append(entry)
            self.anchors[entry.district].append(place)
        if entry.current:
            self.current.append(entry)
        if entry.current or entry.kind == "thi_tran":
            self.anchors[entry.plain].append(place)

    def finish(self) -> None:
        """List the different names once all are entered."""
        names: dict[str, set[str]] = defaultdict(set)
        for plain, entries in self.named.items():
            for province in {"", *(entry.province for entry in entries)}:
                names[province].add(plain)
        self.names = {province: sorted(each) for province, each in names.items()}

    def nearness(self, district: str, entry: Entry) -> float:
        """From 0 to 1: how well the commune's code fits a district that the records do not state."""
        number = number_of(entry.code)
        gaps = (abs(number - other) for province, other in self.anchors.get(district, ()) if province == entry.province)
        return max(0.0, 1 - min(gaps, default=NEAR) / NEAR)

    def neighbours(self, district: str) -> list[Entry]:
        """Communes of a district: those of which the records say so, and current ones with codes close to them."""
        known = self.districts.get(district, [])
        near = (entry for entry in self.current if self.nearness(district, entry) > CLOSE) if known else ()
        return [*known, *near]


def number_of(code: str) -> int:
    """The state's number of a commune; one that people have made lies next to nothing."""
    return int(code) if code.isdecimal() else -NEAR


_indexes: WeakKeyDictionary[Engine, tuple[int, Index]] = WeakKeyDictionary()


def index_of(tx: Connection) -> Index:
    """The index of this database's names."""
    today = edition(tx)
    known = _indexes.get(tx.engine)
    if known is None or known[0] != today:
        known = _indexes[tx.engine] = (today, _build(tx))
    return known[1]


def _build(tx: Connection) -> Index:
    index = Index()
    rows = tx.execute(
        select(
            units.c.code,
            units.c.parent_code,
            units.c.depth,
            units.c.full_name,
            unit_names.c.name,
            unit_names.c.district,
            unit_names.c.partial,
        )
        .join(units, units.c.code == unit_names.c.code)
        .where(units.c.active, units.c.depth <= COMMUNE)
        .order_by(unit_names.c.id)
    )
    for code, parent, depth, full_name, name, district, partial in rows:
        if depth == PROVINCE:
            index.provinces[bare_province(name)] = code
        else:
            index.add(_entry(code, parent, name, district, full_name, partial=partial))
    for code, names in NICKNAMES.items():
        index.provinces |= dict.fromkeys(names.split(), code)
    index.finish()
    return index


def _entry(code: str, province: str, name: str, district: str, full_name: str, *, partial: bool) -> Entry:
    kind, words = bare(words_of(name))
    return Entry(
        code=code,
        province=province,
        kind=kind,
        plain=str(words),
        marks=" ".join(words.marks),
        district=bare_district(district),
        current=name == full_name and not district,
        partial=partial,
        name=name,
        district_name=district,
    )
