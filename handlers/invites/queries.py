"""What the talks of inviting and of taking an office ask of the records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from conversation.messages import Query, Rejected, Words
from handlers import policy
from handlers.enrolling import oneself
from handlers.feature import Actor
from handlers.holding import as_object
from handlers.invites import letters, texts
from handlers.invites.commands import usable
from handlers.offices import OFFICES
from handlers.policy import Action, Role
from storage import invites, organisations, people, rights, units
from storage.branches import Branch, branches_under
from storage.organisations import Organisation
from storage.people import Person
from storage.people import Role as Office
from storage.rights import Held
from storage.units import PROVINCE

MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class OfficeOf(Query[Office | None]):
    """The office that an invite gives, while it can be used."""

    code_hash: str


@dataclass(frozen=True, slots=True)
class OfficesToGive(Query[Sequence[str]]):
    """The offices to which the actor may invite somewhere."""


@dataclass(frozen=True, slots=True)
class GivenAs(Query[Sequence[Held]]):
    """The actor's own offices by which they may invite to one."""

    role: str


@dataclass(frozen=True, slots=True)
class Neighbours(Query[Sequence[Person]]):
    """People whose name ends so, where the actor's office reaches."""

    name: str
    office: int


@dataclass(frozen=True, slots=True)
class OrganisationsInUse(Query[Sequence[Organisation]]):
    """All organisations there are."""


@dataclass(frozen=True, slots=True)
class BranchesAt(Query[Sequence[Branch]]):
    """The branches of an organisation in just this unit."""

    unit: str
    organisation: str


@dataclass(frozen=True, slots=True)
class MyPlace(Query[str]):
    """The code of the unit the actor lives in."""


@dataclass(frozen=True, slots=True)
class WhoTookIt(Query[Words]):
    """The question about who took an office, asked once more."""

    code_hash: str


def office_of(tx: Connection, actor: Actor, query: OfficeOf) -> Office | None:
    """Look behind the hash."""
    issued = usable(tx, actor, query.code_hash)
    return issued.office if issued else None


def offices_to_give(tx: Connection, actor: Actor, _query: OfficesToGive) -> Sequence[str]:
    """A helper for oneself at least, when registered."""
    if actor.person is None:
        return ()
    oneself(tx, actor)
    return [role for role in OFFICES if role == Role.HELPER or _gives(tx, actor, role)]


def _gives(tx: Connection, actor: Actor, role: str) -> bool:
    """A province's officers are invited from its own height only."""
    mine = units.units_by_code(tx, [held.office.unit_code for held in given_as(tx, actor, GivenAs(role))])
    return any(role != Role.PROVINCE_OFFICER or unit.depth == PROVINCE for unit in mine.values())


def given_as(tx: Connection, actor: Actor, query: GivenAs) -> Sequence[Held]:
    """By what right."""
    return policy.offices(tx, actor, Action.ROLES_INVITE, query.role)


def neighbours(tx: Connection, actor: Actor, query: Neighbours) -> Sequence[Person]:
    """Only those whom a helper may be given."""
    held = next((each for each in given_as(tx, actor, GivenAs(Role.HELPER)) if each.id == query.office), None)
    unit = units.unit(tx, held.office.unit_code) if held else None
    if held is None or unit is None:
        return ()
    own = held.office
    found = people.named_like(tx, query.name, unit.path, MOST_NAMED)
    return [each for each in found if rights.is_member(tx, each.id, own.organisation_code, own.branch_id)]


def organisations_in_use(tx: Connection, _actor: Actor, _query: OrganisationsInUse) -> Sequence[Organisation]:
    """Known to everybody."""
    return organisations.all_in_use(tx)


def branches_at(tx: Connection, _actor: Actor, query: BranchesAt) -> Sequence[Branch]:
    """Their names are no secret."""
    return [each for each in branches_under(tx, query.unit, query.organisation) if each.unit_code == query.unit]


def my_place(tx: Connection, actor: Actor, _query: MyPlace) -> str:
    """Empty for those who live nowhere we know."""
    me = people.person(tx, actor.person) if actor.person is not None else None
    return (me and me.unit_code) or ""


def who_took_it(tx: Connection, actor: Actor, query: WhoTookIt) -> Words:
    """Only to the issuer."""
    issued = invites.waiting(tx, query.code_hash)
    if issued is None or actor.person is None or issued.issuer != actor.person:
        raise Rejected(texts.NO_LONGER)
    policy.require(tx, actor, Action.ROLES_INVITE, as_object(issued.office), texts.NO_LONGER)
    return letters.question(tx, issued)
