"""Lists of members going out: who may, in pages, each person's name in the log with the reason."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from conversation.messages import Command, Rejected
from handlers.actor import Actor
from handlers.members import list_texts as texts
from handlers.members.scope import scope_of
from handlers.phones import masked, readable
from handlers.policy import Action
from storage import audit, member_pages
from storage.member_pages import Member

PAGE = 1000
SHORTEST_REASON = 5


@dataclass(frozen=True, slots=True)
class ExportMembers(Command["Page"]):
    """Hand out a page of members; an empty organisation means all."""

    unit: str
    organisation: str
    reason: str
    with_phones: bool = False
    after: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """Some members, and after which one the next page begins; 0 when this was the last."""

    members: tuple[Member, ...]
    phones: tuple[str, ...]
    next: int


def export_members(tx: Connection, actor: Actor, command: ExportMembers) -> Page:
    """Without a reason nobody hands out anything; source: domain.md L9."""
    scope = scope_of(tx, actor, Action.MEMBERS_EXPORT, command.unit, command.organisation)
    if len(command.reason.strip()) < SHORTEST_REASON:
        raise Rejected(texts.REASON_NEEDED)
    found = member_pages.page(tx, scope.unit.path, scope.organisation, command.after, PAGE)
    by = actor.operator or actor.person or ""
    for member in found:
        number = str(member.person)
        audit.note(tx, by, actor.at, audit.EXPORTED, "person", number, subject=member.person, reason=command.reason)
    show = readable if command.with_phones else masked
    phones = tuple(show(member.phone) if member.phone else "" for member in found)
    return Page(tuple(found), phones, found[-1].membership if len(found) == PAGE else 0)
