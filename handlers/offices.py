"""The offices that invites give, as people call them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from conversation.messages import N_, Words, phrase
from handlers import policy
from handlers.policy import Action, Object, Reach
from handlers.wording import in_sentence
from storage import people, units
from storage.units import Unit

OFFICES = {
    "branch_leader": N_("người phụ trách"),
    "group_leader": N_("tổ trưởng"),
    "helper": N_("người hỗ trợ"),
    "area_officer": N_("cán bộ địa bàn"),
    "commune_officer": N_("cán bộ"),
    "province_officer": N_("cán bộ"),
    "auditor": N_("người kiểm tra"),
    "admin": N_("người quản trị"),
}
OFFICE_AT = N_("{office} {unit}")

TITLED = {
    "ong": N_("ông {name}"),
    "ba": N_("bà {name}"),
    "bac": N_("bác {name}"),
    "co": N_("cô {name}"),
    "chu": N_("chú {name}"),
    "anh": N_("anh {name}"),
    "chi": N_("chị {name}"),
    "ban": N_("bạn {name}"),
}
SOMEBODY = N_("cán bộ")


@dataclass(frozen=True, slots=True)
class Responsible:
    """Somebody who looks after a unit, as residents are told."""

    person: int
    honorific: str
    name: str
    office: Words
    """As in «người phụ trách Khu phố 4»."""

    @property
    def called(self) -> Words:
        """As in «cô Lan»."""
        return called(self.honorific, self.name.split()[-1] if self.name else "")


def called(honorific: str, name: str) -> Words:
    """Somebody spoken of inside a sentence: «cô Lan», or «cán bộ» when nothing is known."""
    titled = TITLED.get(honorific)
    return phrase(titled, name=name) if titled and name else name or SOMEBODY


def office_at(role: str, unit: Unit) -> Words:
    """An office with its unit: «cán bộ phường An Hội Đông»."""
    return phrase(OFFICE_AT, office=OFFICES[role], unit=in_sentence(unit))


def responsible_for(tx: Connection, unit: str, *, but: int | None = None) -> list[Responsible]:
    """Leaders and officers of a unit by the nearest office they hold, `but` left out."""
    numbers = policy.holders(tx, Action.CALLS_TAKE, Object(unit), Reach.PLACE)
    return [found for number in numbers if number != but and (found := _responsible(tx, number))]


def _responsible(tx: Connection, number: int) -> Responsible | None:
    known = people.person(tx, number)
    held = next((role for role in people.roles_of(tx, number) if role.role in policy.grants(Action.CALLS_TAKE)), None)
    unit = units.unit(tx, held.unit_code) if held else None
    if known is None or held is None or unit is None:
        return None
    return Responsible(number, known.honorific, known.name, office_at(held.role, unit))
