"""The offices that invites give, as people call them."""
from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from conversation.messages import N_, Template, Words, phrase
from storage import people

OFFICES = {
    "branch_leader": N_("trưởng khu phố, chi hội trưởng"),
    "group_leader": N_("tổ trưởng"),
    "helper": N_("người hỗ trợ"),
    "area_officer": N_("cán bộ phụ trách địa bàn"),
    "commune_officer": N_("cán bộ xã, phường"),
    "province_officer": N_("cán bộ tỉnh, thành phố"),
    "auditor": N_("người kiểm tra"),
    "admin": N_("người quản trị"),
}
CALLED_FOR_HELP = ("branch_leader", "group_leader", "area_officer", "commune_officer")
"""Those who look after a unit's people, and whom a resident may ask to be called by."""

TITLED = {
    "ong": N_("ông {name}"), "ba": N_("bà {name}"), "bac": N_("bác {name}"), "co": N_("cô {name}"),
    "chu": N_("chú {name}"), "anh": N_("anh {name}"), "chi": N_("chị {name}"), "ban": N_("bạn {name}"),
}
SOMEBODY = N_("cán bộ")


@dataclass(frozen=True, slots=True)
class Responsible:
    """Somebody who looks after a unit, as residents are told."""

    person: int
    honorific: str
    name: str
    office: Template

    @property
    def called(self) -> Words:
        """As in «cô Lan»."""
        return called(self.honorific, self.name.split()[-1] if self.name else "")


def called(honorific: str, name: str) -> Words:
    """Somebody spoken of inside a sentence: «cô Lan», or «cán bộ» when nothing is known."""
    titled = TITLED.get(honorific)
    return phrase(titled, name=name) if titled and name else name or SOMEBODY


def responsible_for(tx: Connection, unit: str, *, but: int | None = None) -> list[Responsible]:
    """Leaders and officers of a unit by the nearest office they hold, `but` left out."""
    numbers = people.people_with(tx, CALLED_FOR_HELP, unit)
    return [found for number in numbers if number != but and (found := _responsible(tx, number))]


def _responsible(tx: Connection, number: int) -> Responsible | None:
    known = people.person(tx, number)
    office = next((role.role for role in people.roles_of(tx, number) if role.role in CALLED_FOR_HELP), None)
    return Responsible(number, known.honorific, known.name, OFFICES[office]) if known and office else None
