"""What units were called and where they lay on a day, and what took their place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from storage.schema import unit_successions, unit_versions
from storage.units import Unit, unit, units_by_code

MERGED, SPLIT = "merged", "split"


@dataclass(frozen=True, slots=True)
class Version:
    """A unit as it stood on every day before `until_day`; an empty one means it stands so today."""

    unit_code: str
    kind: str
    name: str
    full_name: str
    parent_code: str | None
    path: str
    until_day: str


@dataclass(frozen=True, slots=True)
class Succession:
    """A unit that took the place of another one, or of a part of it."""

    old_code: str
    new_code: str
    kind: str
    on_day: str


_VERSION = select(*(unit_versions.c[name] for name in Version.__dataclass_fields__))
_SUCCESSION = select(*(unit_successions.c[name] for name in Succession.__dataclass_fields__))


def keep_version(tx: Connection, before: Unit, on_day: str) -> None:
    """Write down what a unit was before the day it changed."""
    version = _as_version(before, on_day)
    tx.execute(insert(unit_versions).values({name: getattr(version, name) for name in Version.__dataclass_fields__}))


def _as_version(each: Unit, until_day: str) -> Version:
    return Version(each.code, each.kind, each.name, each.full_name, each.parent_code, each.path, until_day)


def note_succession(tx: Connection, old_code: str, new_code: str, kind: str, on_day: str) -> None:
    """Write down which unit took the place of which."""
    succession = {"old_code": old_code, "new_code": new_code, "kind": kind, "on_day": on_day}
    tx.execute(insert(unit_successions).values(**succession))


def versions_of(tx: Connection, code: str) -> list[Version]:
    """What a unit was, oldest first."""
    # Of several changes on one day the first tells what stood the day before.
    query = _VERSION.where(unit_versions.c.unit_code == code).order_by(unit_versions.c.until_day, unit_versions.c.id)
    return [Version(*row) for row in tx.execute(query)]


def unit_as_of(tx: Connection, code: str, day: str) -> Version | None:
    """A unit as it stood on a day, for reports about that day."""
    for version in versions_of(tx, code):
        if day < version.until_day:
            return version
    today = unit(tx, code)
    return None if today is None else _as_version(today, "")


def lineage_as_of(tx: Connection, code: str, day: str) -> list[Version]:
    """What a unit lay in on a day, from the province down to itself."""
    found = unit_as_of(tx, code, day)
    if found is None:
        return []
    above = lineage_as_of(tx, found.parent_code, day) if found.parent_code else []
    return [*above, found]


def successions_of(tx: Connection, code: str) -> list[Succession]:
    """What took a unit's place, and whose place it took."""
    about = (unit_successions.c.old_code == code) | (unit_successions.c.new_code == code)
    rows = tx.execute(_SUCCESSION.where(about).order_by(unit_successions.c.on_day, unit_successions.c.new_code))
    return [Succession(*row) for row in rows]


def units_today(tx: Connection, code: str) -> list[Unit]:
    """The units in use that took a unit's place, over however many mergers; the unit itself while it is in use."""
    found, asked, ahead = dict[str, Unit](), set[str](), {code}
    while ahead:
        found |= units_by_code(tx, ahead)
        asked |= ahead
        gone = ahead - found.keys()
        ahead = _successors(tx, gone) - asked if gone else set()
    return sorted(found.values(), key=lambda each: each.code)


def _successors(tx: Connection, gone: Iterable[str]) -> set[str]:
    return set(tx.scalars(select(unit_successions.c.new_code).where(unit_successions.c.old_code.in_(gone))))
