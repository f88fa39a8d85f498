"""The tree of units: provinces, communes, and the hamlets and groups that people add."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, exists, insert, select

from conversation.answers import clean, fold
from conversation.messages import N_, Rejected
from storage.names import natural, tidy
from storage.schema import unit_closure, unit_names, units
from storage.unit_names import add_name, changing

DATA = Path(__file__).parent / "data" / "units"
PROVINCE, COMMUNE, HAMLET = range(3)

KINDS = {
    "tổ dân phố": "to_dan_pho",
    "khu phố": "khu_pho",
    "khu dân cư": "khu_dan_cu",
    "tiểu khu": "tieu_khu",
    "thôn": "thon",
    "xóm": "xom",
    "bản": "ban",
    "phố": "pho",
    "làng": "lang",
    "ấp": "ap",
    "khóm": "khom",
    "buôn": "buon",
    "plei": "plei",
    "plây": "plei",
    "bon": "bon",
    "sóc": "soc",
    "phum": "phum",
    "đội": "doi",
    "tổ": "to",
    "cụm": "cum",
    "khu": "khu",
}
"""First words of a hamlet's or group's name and the kind they mean, longer ones first."""
OTHER_KIND = "khac"
TITLES = {
    PROVINCE: {"Tỉnh": "tinh", "Thành phố": "thanh_pho"},
    COMMUNE: {"Xã": "xa", "Phường": "phuong", "Đặc khu": "dac_khu"},
}
"""How the full names of large units begin, and the kind it means."""
DEEPEST = 8
NO_SUCH_UNIT = N_("Không có đơn vị nào mang mã «{unit}».")


@dataclass(frozen=True, slots=True)
class Unit:
    """A place in the tree; the path names all codes from the province down, as in `79/26878/26878-04/`."""

    code: str
    parent_code: str | None
    depth: int
    kind: str
    name: str
    full_name: str
    full_name_en: str
    path: str
    merged_from: str
    active: bool


_UNIT = select(*(units.c[field] for field in Unit.__dataclass_fields__))
_BY_CODE = _UNIT.where(units.c.code == bindparam("of_code"))


def _read(row: Row[*tuple[Any, ...]]) -> Unit:
    return Unit(*row)


def unit(tx: Connection, code: str) -> Unit | None:
    """The unit with this code, if there is or was one."""
    row = tx.execute(_BY_CODE, {"of_code": code}).one_or_none()
    return None if row is None else _read(row)


def require_unit(tx: Connection, code: str, *, lock: bool = False) -> Unit:
    """A unit that is in use, perhaps kept from changing until the end of the transaction; `Rejected` if none is."""
    query = _UNIT.where(units.c.code == code, units.c.active)
    row = tx.execute(query.with_for_update(key_share=True) if lock else query).one_or_none()
    if row is None:
        raise Rejected(NO_SUCH_UNIT, unit=code)
    return _read(row)


def units_by_code(tx: Connection, codes: Iterable[str]) -> dict[str, Unit]:
    """Those of the units that exist and are in use."""
    rows = tx.execute(_UNIT.where(units.c.code.in_(set(codes)), units.c.active))
    return {row.code: _read(row) for row in rows}


def provinces(tx: Connection) -> list[Unit]:
    """The roots of the tree, by name."""
    return _in_order(tx, _UNIT.where(units.c.depth == PROVINCE, units.c.active))


def children(tx: Connection, code: str) -> list[Unit]:
    """What lies directly below, in natural order: Khu phố 2 comes before Khu phố 10."""
    return _in_order(tx, _UNIT.where(units.c.parent_code == code, units.c.active))


def _in_order(tx: Connection, query: Select[*tuple[Any, ...]]) -> list[Unit]:
    return sorted(map(_read, tx.execute(query)), key=lambda each: (natural(each.name), each.code))


def province_of(tx: Connection, code: str) -> Unit:
    """The root above a unit that exists, or the unit itself when it is a root."""
    query = _UNIT.join(unit_closure, unit_closure.c.ancestor == units.c.code).where(
        unit_closure.c.descendant == code, units.c.depth == PROVINCE
    )
    row = tx.execute(query).one_or_none()
    if row is None:
        raise LookupError(code)
    return _read(row)


def is_within(tx: Connection, code: str, ancestor_code: str) -> bool:
    """Whether a unit is the other one or lies anywhere below it."""
    pair = exists().where(unit_closure.c.ancestor == ancestor_code, unit_closure.c.descendant == code)
    return bool(tx.execute(select(pair)).scalar_one())


def under(path: str) -> ColumnElement[bool]:
    """A condition on `units`: the unit with this path and all below it, as a range that uses the index."""
    # `0` follows `/` in the order of bytes, so this is the first text that no longer starts with the path.
    return and_(units.c.path >= path, units.c.path < path.removesuffix("/") + "0")


def add_unit(tx: Connection, parent_code: str, name: str) -> Unit:
    """Add a commune to a province, a hamlet to a commune, or a group to what is smaller."""
    # Locking the parent makes two people who add at once take different numbers.
    row = tx.execute(_UNIT.where(units.c.code == parent_code, units.c.active).with_for_update()).one_or_none()
    if row is None:
        raise Rejected(N_("Cầu Nối không tìm thấy nơi này nữa. Xin chọn lại xã, phường giúp ạ."))
    parent = _read(row)
    if parent.depth == DEEPEST:
        raise Rejected(N_("{parent} là cấp nhỏ nhất rồi, không thêm được nơi nào nhỏ hơn ạ."), parent=parent.full_name)
    kind, name, full_name = titled(name, parent.depth + 1)
    check_name(tx, parent, full_name)
    code = _next_code(tx, parent)
    path = f"{parent.path}{code}/"
    added = Unit(code, parent_code, parent.depth + 1, kind, name, full_name, "", path, "", True)
    tx.execute(insert(units).values(**_row(added)))
    tx.execute(insert(unit_closure), list(_closure(added)))
    if added.depth == COMMUNE:
        changing(tx)
        add_name(tx, code, full_name)
    return added


def titled(name: str, depth: int) -> tuple[str, str, str]:
    """The kind, the name and the full name that a name means: `phuong`, An Hội Đông, Phường An Hội Đông."""
    full_name = tidy(name)
    titles = TITLES.get(depth)
    if titles is None:
        return kind_of(full_name), full_name, full_name
    for title, kind in titles.items():
        if full_name.lower().startswith(f"{title.lower()} "):
            bare = full_name[len(title) + 1 :]
            return kind, bare, f"{title} {bare}"
    raise Rejected(N_("Tên cần bắt đầu bằng {titles} ạ."), titles=", ".join(titles))


def check_name(tx: Connection, parent: Unit, name: str, *, but: str = "") -> None:
    """Refuse a name that something else below the parent has."""
    for sibling in children(tx, parent.code):
        if sibling.code != but and natural(sibling.full_name) == natural(name):
            raise Rejected(N_("{parent} đã có {name} rồi ạ."), parent=parent.full_name, name=sibling.full_name)


def _next_code(tx: Connection, parent: Unit) -> str:
    """As in `26878-04` for what is smaller than a commune; six digits, as in `790001`, for a new commune.

    The state's codes of communes have five, and it may give any of them out.
    """
    prefix, digits = (parent.code, 4) if parent.depth == PROVINCE else (f"{parent.code}-", 2)
    made = select(units.c.code).where(units.c.code.like(f"{prefix}{'_' * digits}%"))
    numbers = (code.removeprefix(prefix) for code in tx.execute(made).scalars())
    # Past ninety-nine it grows to three digits; numbers of what was closed or moved away are never given again.
    return f"{prefix}{max((int(each) for each in numbers if each.isdecimal()), default=0) + 1:0{digits}d}"


def kind_of(name: str) -> str:
    """The kind that the first words of a hamlet's name tell, with or without marks."""
    lowered = clean(name).lower().split()
    for words, kind in KINDS.items():
        first = " ".join(lowered[: words.count(" ") + 1])
        # A marked word must match with its marks: «Tô Hiệu» is no «tổ».
        if first in {words, fold(words)}:
            return kind
    return OTHER_KIND


def _row(added: Unit) -> dict[str, object]:
    return {field: getattr(added, field) for field in Unit.__dataclass_fields__} | {"fold": fold(added.name)}


def _closure(added: Unit) -> Iterator[dict[str, object]]:
    codes = added.path.rstrip("/").split("/")
    for distance, code in enumerate(reversed(codes)):
        yield {"ancestor": code, "descendant": added.code, "distance": distance}


def load_units(tx: Connection) -> bool:
    """Fill an empty tree with the state's list of 2026 and the old names; False when there is a tree."""
    if tx.execute(select(exists(select(units.c.code)))).scalar_one():
        return False
    listed = sorted(map(_listed, _csv("units_2026.csv")), key=lambda each: each.depth)
    tx.execute(insert(units), [_row(each) for each in listed])
    tx.execute(insert(unit_closure), [pair for each in listed for pair in _closure(each)])
    tx.execute(insert(unit_names), [*_current_names(listed), *_old_names(), *_old_provinces(listed)])
    return True


def _csv(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _listed(row: dict[str, str]) -> Unit:
    parent, code = row["parent_code"] or None, row["code"]
    return Unit(
        code=code,
        parent_code=parent,
        depth=COMMUNE if parent else PROVINCE,
        kind=row["type"],
        name=row["name"],
        full_name=row["full_name"],
        full_name_en=row["full_name_en"],
        path=f"{parent}/{code}/" if parent else f"{code}/",
        merged_from=row["merged_from"],
        active=True,
    )


def _name(code: str, name: str, district: str = "", *, partial: bool = False) -> dict[str, object]:
    return {
        "code": code,
        "name": name,
        "fold": fold(name),
        "partial": partial,
        "district": district,
        "district_fold": fold(district),
    }


def _current_names(listed: list[Unit]) -> Iterator[dict[str, object]]:
    return (_name(each.code, each.full_name) for each in listed)


def _old_names() -> Iterator[dict[str, object]]:
    for row in _csv("old_to_new_communes.csv"):
        # A dozen rows of the source say the first words twice, as in «Phường Phường Tây Tựu».
        name = re.sub(r"^(.+) \1\b", r"\1", row["old_name"])
        yield _name(row["new_code"], name, row["old_district_hint"], partial=row["partial"] == "1")


def _old_provinces(listed: list[Unit]) -> Iterator[dict[str, object]]:
    for each in listed:
        if each.depth == PROVINCE:
            for old in re.findall(r"(?:tỉnh|thành phố) ([^,.]+?)(?= và |[,.]|$)", each.merged_from.split(". ")[0]):
                if fold(old) != fold(each.name):
                    yield _name(each.code, f"Tỉnh {old}")
