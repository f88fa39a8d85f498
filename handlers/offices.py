"""The offices that invites give, as people call them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from conversation.messages import N_, Words, phrase
from handlers import policy
from handlers.policy import Action, Object, Reach
from handlers.wording import in_sentence
from storage import branches, organisations, people, units
from storage.branches import Branch
from storage.organisations import Organisation
from storage.people import Role
from storage.units import COMMUNE

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
LEADER = "branch_leader"
"""Each organisation has its own word for these, over what is smaller than a commune."""
CLUB_LEADER = N_("chủ nhiệm")
OFFICE_AT = N_("{office} {unit}")
OFFICE_OF = N_("{office} {organisation} {unit}")

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


def office_words(tx: Connection, office: Role) -> Words:
    """An office as people say it: «cán bộ phường An Hội Đông», «chi hội trưởng Phụ nữ Khu phố 4»."""
    unit, title = units.unit(tx, office.unit_code), OFFICES.get(office.role, office.role)
    helped = people.person(tx, office.helps_id) if office.helps_id else None
    if helped is not None and helped.name:
        return phrase(OFFICE_AT, office=title, unit=called(helped.honorific, helped.name))
    if unit is None:
        return title
    of = organisations.organisation(tx, office.organisation_code) if office.organisation_code else None
    branch = branches.branch(tx, office.branch_id) if office.branch_id else None
    leads = of.leader_word if of and office.role == LEADER and unit.depth > COMMUNE else ""
    if branch is not None:
        return _of_branch(branch, of, title, leads)
    if of is None or leads:
        return phrase(OFFICE_AT, office=leads or title, unit=in_sentence(unit))
    return phrase(OFFICE_OF, office=title, organisation=of.short_name, unit=in_sentence(unit))


def _of_branch(branch: Branch, of: Organisation | None, title: str, leads: str) -> Words:
    """A branch that is called as usual has a leader who is, too: «bí thư chi đoàn Khu phố 4»."""
    usual = f"{of.branch_word} " if of else ""
    if leads and branch.name.startswith(usual):
        return phrase(OFFICE_AT, office=leads, unit=branch.name.removeprefix(usual))
    of_club = leads and branch.kind == "clb"
    return phrase(OFFICE_AT, office=CLUB_LEADER if of_club else title, unit=branch.name)


def responsible_for(tx: Connection, unit: str, *, but: int | None = None) -> list[Responsible]:
    """Leaders and officers of a unit by the nearest office they hold, `but` left out."""
    numbers = policy.holders(tx, Action.CALLS_TAKE, Object(unit), Reach.PLACE)
    return [found for number in numbers if number != but and (found := _responsible(tx, number))]


def _responsible(tx: Connection, number: int) -> Responsible | None:
    known = people.person(tx, number)
    held = next((role for role in people.roles_of(tx, number) if role.role in policy.grants(Action.CALLS_TAKE)), None)
    if known is None or held is None:
        return None
    return Responsible(number, known.honorific, known.name, office_words(tx, held))
