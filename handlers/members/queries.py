"""What is asked about members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from conversation.messages import Query
from handlers import policy
from handlers.actor import Actor
from handlers.members.branch_names import group_key
from handlers.members.reach import as_object, branch_for, branches_of, member_for
from handlers.policy import Action
from storage import branches, member_pages, people
from storage.branches import Branch
from storage.member_pages import Member
from storage.times import day_of

AT_ONCE = 10
"""Names in a checklist; source: domain.md 1.1, line 5."""


@dataclass(frozen=True, slots=True)
class BranchesLed(Query[Sequence[Branch]]):
    """Branches in which the actor may do this."""

    action: Action = Action.MEMBERS_READ


@dataclass(frozen=True, slots=True)
class LeadsMembersOnly(Query[bool]):
    """Whether the actor looks after members, and no tickets: which of the two a list without a name is."""


@dataclass(frozen=True, slots=True)
class BranchBy(Query[Branch]):
    """A branch in which the actor may see who is there."""

    branch: int


@dataclass(frozen=True, slots=True)
class MembersIn(Query[Sequence[Member]]):
    """Who is in a branch, by name."""

    branch: int


@dataclass(frozen=True, slots=True)
class GroupNamed(Query[Branch | None]):
    """A group of a branch by its name, as leaders call it."""

    branch: int
    name: str


@dataclass(frozen=True, slots=True)
class Card:
    """All that a leader sees of somebody."""

    member: Member
    entered_by: people.Person | None
    may_edit: bool


@dataclass(frozen=True, slots=True)
class MemberCard(Query[Card]):
    """Somebody by their membership."""

    membership: int


@dataclass(frozen=True, slots=True)
class ToConfirm(Query[Sequence[Member]]):
    """Those of a branch whom nobody has confirmed this month, the longest first."""

    branch: int


@dataclass(frozen=True, slots=True)
class MyMemberships(Query[Sequence[Member]]):
    """What the actor belongs to."""


def branches_led(tx: Connection, actor: Actor, query: BranchesLed) -> Sequence[Branch]:
    """By the offices held."""
    return branches_of(tx, actor, query.action)


def leads_members_only(tx: Connection, actor: Actor, _query: LeadsMembersOnly) -> bool:
    """By the offices held."""
    doable = policy.doable(tx, actor)
    return Action.MEMBERS_READ in doable and Action.TICKETS_READ not in doable


def branch_by(tx: Connection, actor: Actor, query: BranchBy) -> Branch:
    """Within reach only."""
    return branch_for(tx, actor, Action.MEMBERS_READ, query.branch)


def members_in(tx: Connection, actor: Actor, query: MembersIn) -> Sequence[Member]:
    """Within reach only."""
    return member_pages.in_branch(tx, branch_for(tx, actor, Action.MEMBERS_READ, query.branch).id)


def group_named(tx: Connection, actor: Actor, query: GroupNamed) -> Branch | None:
    """«Tổ 2» and «Tổ hội số 2» are one."""
    branch = branch_for(tx, actor, Action.MEMBERS_READ, query.branch)
    there = branches.branches_under(tx, branch.unit_code, branch.organisation_code)
    groups = (each for each in there if each.parent_id == branch.id)
    return next((each for each in groups if group_key(each.name) == group_key(query.name)), None)


def member_card(tx: Connection, actor: Actor, query: MemberCard) -> Card:
    """Within reach only; that it was looked at was written down by `ViewMember`."""
    found = member_for(tx, actor, Action.MEMBERS_READ, query.membership)
    by = people.person(tx, found.entered_by) if found.entered_by else None
    return Card(found, by, policy.may(tx, actor, Action.MEMBERS_EDIT, as_object(found)))


def to_confirm(tx: Connection, actor: Actor, query: ToConfirm) -> Sequence[Member]:
    """Month by month."""
    branch = branch_for(tx, actor, Action.MEMBERS_CONFIRM, query.branch)
    return unconfirmed(tx, branch.id, day_of(actor.at)[:7])


def unconfirmed(tx: Connection, branch: int, month: str) -> list[Member]:
    """Those of a branch whom nobody has confirmed in a month, given as in 2026-11."""
    waiting = (each for each in member_pages.in_branch(tx, branch) if (each.confirmed_on or "") < month)
    return sorted(waiting, key=lambda each: each.confirmed_on or "")


def my_memberships(tx: Connection, actor: Actor, _query: MyMemberships) -> Sequence[Member]:
    """Also for whom somebody helps."""
    return member_pages.of_person(tx, actor.whose) if actor.whose is not None else ()
