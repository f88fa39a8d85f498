"""Which branches and members somebody may reach: what is beyond them is as good as not there."""

from __future__ import annotations

from sqlalchemy import Connection

from handlers import policy
from handlers.actor import Actor
from handlers.members import texts
from handlers.policy import Action, Object
from storage import branches, member_pages
from storage.branches import Branch
from storage.member_pages import Member


def branches_of(tx: Connection, actor: Actor, action: Action) -> list[Branch]:
    """Those that somebody's offices give a right to, without the groups of a branch that is there too."""
    found: dict[int, Branch] = {}
    for held in policy.offices(tx, actor, action):
        office = held.office
        there = branches.branches_under(tx, office.unit_code, office.organisation_code)
        found |= {each.id: each for each in there if office.branch_id in (0, each.id, each.parent_id)}
    return [each for each in found.values() if each.parent_id not in found]


def branch_for(tx: Connection, actor: Actor, action: Action, number: int) -> Branch:
    """A branch within reach."""
    found = branches.branch(tx, number)
    on = _branch(found) if found is not None and found.active else None
    policy.require(tx, actor, action, on, texts.NO_BRANCH)
    return branches.require_branch(tx, number)


def _branch(branch: Branch) -> Object:
    number = str(branch.id)
    return Object(branch.unit_code, branch.organisation_code, branch.id, kind="branch", number=number)


def member_for(tx: Connection, actor: Actor, action: Action, number: int) -> Member:
    """A member within reach."""
    found = member_pages.member(tx, number)
    policy.require(tx, actor, action, as_object(found) if found else None, texts.NO_MEMBER)
    assert found is not None  # noqa: S101 - required above
    return found


def as_object(member: Member) -> Object:
    """A member as the policy sees them."""
    number = str(member.membership)
    return Object(member.unit_code, member.organisation_code, member.branch_id, kind="member", number=number)
