"""Which organisations there are, where their branches are, and how many people they could have."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from conversation.messages import Command
from handlers import policy
from handlers.feature import Actor
from handlers.policy import Action, Object
from storage import audit, branches, organisations, rollups, units
from storage.branches import NO_SUCH_BRANCH, Branch
from storage.organisations import NO_SUCH_ORGANISATION, Organisation
from storage.units import NO_SUCH_UNIT

WORDS = ("name", "short_name", "member_word", "branch_word", "leader_word")


@dataclass(frozen=True, slots=True)
class AddOrganisation(Command[Organisation]):
    """Add an organisation, with the words its people use."""

    code: str
    name: str
    short_name: str
    member_word: str
    branch_word: str
    leader_word: str


@dataclass(frozen=True, slots=True)
class EditOrganisation(Command[Organisation]):
    """Give an organisation other words; empty ones change nothing."""

    code: str
    name: str = ""
    short_name: str = ""
    member_word: str = ""
    branch_word: str = ""
    leader_word: str = ""


@dataclass(frozen=True, slots=True)
class CloseOrganisation(Command[None]):
    """Take an organisation without branches out of use."""

    code: str


@dataclass(frozen=True, slots=True)
class AddBranch(Command[Branch]):
    """Found a branch; without a name it gets the usual one."""

    organisation: str
    unit: str
    name: str = ""
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class CloseBranch(Command[None]):
    """Take an empty branch out of use."""

    branch: int


@dataclass(frozen=True, slots=True)
class SetEligible(Command[None]):
    """How many people of a unit an organisation, or any of them, could have; None if nobody knows."""

    unit: str
    organisation: str
    people: int | None


def _note(tx: Connection, actor: Actor, action: str, kind: str, number: str, reason: str = "") -> None:
    by = actor.operator if actor.person is None else actor.person
    audit.note(tx, by, actor.at, action, kind, number, reason=reason)


def _require_organisation(tx: Connection, actor: Actor, code: str) -> None:
    on = Object(organisation=code, kind="organisation", number=code)
    policy.require(tx, actor, Action.ORGANISATIONS_CHANGE, on, NO_SUCH_ORGANISATION, code=code)


def add_organisation(tx: Connection, actor: Actor, command: AddOrganisation) -> Organisation:
    """At the end of the list."""
    _require_organisation(tx, actor, command.code)
    words = (getattr(command, field) for field in WORDS)
    added = organisations.add_organisation(tx, command.code, *words)
    _note(tx, actor, "organisation_added", "organisation", added.code, added.name)
    return added


def edit_organisation(tx: Connection, actor: Actor, command: EditOrganisation) -> Organisation:
    """Its branches keep the names they have."""
    _require_organisation(tx, actor, command.code)
    words = {field: getattr(command, field) for field in WORDS}
    edited = organisations.edit_organisation(tx, command.code, **words)
    _note(tx, actor, "organisation_edited", "organisation", edited.code, edited.name)
    return edited


def close_organisation(tx: Connection, actor: Actor, command: CloseOrganisation) -> None:
    """Only one without branches."""
    _require_organisation(tx, actor, command.code)
    organisations.close_organisation(tx, command.code)
    _note(tx, actor, "organisation_closed", "organisation", command.code)


def add_branch(tx: Connection, actor: Actor, command: AddBranch) -> Branch:
    """Where the actor may have branches of this organisation."""
    known = units.unit(tx, command.unit)
    on = Object(command.unit, command.organisation, kind="unit", number=command.unit) if known else None
    policy.require(tx, actor, Action.BRANCHES_CHANGE, on, NO_SUCH_UNIT, unit=command.unit)
    added = branches.add_branch(tx, command.organisation, command.unit, command.name, parent_id=command.parent)
    _note(tx, actor, "branch_added", "branch", str(added.id), added.name)
    return added


def close_branch(tx: Connection, actor: Actor, command: CloseBranch) -> None:
    """Only an empty one."""
    found = branches.branch(tx, command.branch)
    on = (
        Object(found.unit_code, found.organisation_code, found.id, kind="branch", number=str(found.id))
        if found
        else None
    )
    policy.require(tx, actor, Action.BRANCHES_CHANGE, on, NO_SUCH_BRANCH, branch=command.branch)
    branches.close_branch(tx, command.branch, actor.at)
    _note(tx, actor, "branch_closed", "branch", str(command.branch))


def set_eligible(tx: Connection, actor: Actor, command: SetEligible) -> None:
    """As the commune counts them."""
    known = units.unit(tx, command.unit)
    on = Object(command.unit, command.organisation, kind="unit", number=command.unit) if known else None
    policy.require(tx, actor, Action.ELIGIBLE_SET, on, NO_SUCH_UNIT, unit=command.unit)
    rollups.set_eligible(tx, command.unit, command.organisation, command.people, actor.at)
    _note(tx, actor, "eligible_set", "unit", command.unit, f"{command.organisation} {command.people}")
