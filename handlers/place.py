"""Places as conversations need them: what can be asked about units, and how units are called in a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass

from conversation.answers import fold
from conversation.chat import Chat
from conversation.messages import N_, Query, Words
from handlers.offices import Responsible
from handlers.wording import in_sentence
from storage.people import Role
from storage.unit_search import Match
from storage.units import COMMUNE, KINDS, Unit

__all__ = [
    "ChildrenOf",
    "CommuneOf",
    "FindUnits",
    "ForPoster",
    "OfficeCalled",
    "PosterOf",
    "ProvinceNamed",
    "ResponsibleFor",
    "UnitBy",
    "commune_over",
    "in_sentence",
    "join_code",
    "kind_of_place",
    "read_join_code",
]

LINK = "u_"
"""Begins what a link on a wall carries: `u_<unit>`, perhaps followed by an organisation, as in `u_26878-04_pn`."""
_JOIN_CODE = re.compile(r"(?:ma )?([0-9]{5,6}(?:[ .-][0-9]{2,3}){1,2})|ma ([0-9]{5,6}|[0-9]{2})")
KIND_WORDS = {kind: words for words, kind in reversed(KINDS.items())}
A_PLACE = N_("nơi ở")


@dataclass(frozen=True, slots=True)
class FindUnits(Query[list[Match]]):
    """The communes that typed words may mean, best first; `province` keeps to those of one."""

    words: str
    province: str = ""


@dataclass(frozen=True, slots=True)
class ProvinceNamed(Query[Unit | None]):
    """The province, when words name nothing but a province."""

    words: str


@dataclass(frozen=True, slots=True)
class UnitBy(Query[Unit | None]):
    """The unit with this code, if it is in use."""

    code: str


@dataclass(frozen=True, slots=True)
class ChildrenOf(Query[list[Unit]]):
    """What lies directly below a unit."""

    code: str


@dataclass(frozen=True, slots=True)
class CommuneOf(Query[Unit]):
    """The commune that a unit, or the actor, is in; the unit itself when it is no smaller."""

    code: str = ""


@dataclass(frozen=True, slots=True)
class ForPoster:
    """What a place's poster tells of it."""

    unit: Unit
    commune: str
    join_code: str
    who: Words
    """Who helps there; empty when there is nobody."""


@dataclass(frozen=True, slots=True)
class PosterOf(Query[ForPoster]):
    """What to print for a unit."""

    unit: str


@dataclass(frozen=True, slots=True)
class ResponsibleFor(Query[list[Responsible]]):
    """Leaders and officers of a unit, or of the actor's own, nearest first, the actor left out."""

    unit: str = ""


@dataclass(frozen=True, slots=True)
class OfficeCalled(Query[Words]):
    """How an office is called, with its place."""

    office: Role


def commune_over(chat: Chat, unit: Unit) -> Unit:
    """The commune that a unit is in; the unit itself when it is no smaller."""
    return unit if unit.depth <= COMMUNE else chat.look(CommuneOf(unit.code))


def kind_of_place(unit: Unit) -> Words:
    """What sort of place it is: «khu phố», «ấp»; «nơi ở» for a commune."""
    return KIND_WORDS.get(unit.kind, A_PLACE)


def join_code(unit: Unit) -> str:
    """What is typed to come in at a place where nothing can be scanned: `26878-04`, or `MÃ 26878` for a commune."""
    return unit.code if unit.depth > COMMUNE else f"MÃ {unit.code}"


def read_join_code(text: str) -> str:
    """The code of the place in a whole message that is a join code; empty when it is none."""
    found = _JOIN_CODE.fullmatch(fold(text))
    return re.sub("[ .]", "-", found.group(1) or found.group(2)) if found else ""
