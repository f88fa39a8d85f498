"""What the talk of taking an office asks of the records."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from conversation.messages import Query
from handlers.feature import Actor
from storage import invites


@dataclass(frozen=True, slots=True)
class OfficeOf(Query[invites.Invite | None]):
    """The office that an invite gives, while it can be used."""

    code_hash: str


def office_of(tx: Connection, actor: Actor, query: OfficeOf) -> invites.Invite | None:
    """Look behind the hash."""
    return invites.usable(tx, query.code_hash, actor.at)
