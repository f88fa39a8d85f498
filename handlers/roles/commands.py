"""Ending an office: one's own, or one that was given below one's own."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from conversation.messages import Command, phrase
from handlers import policy
from handlers.feature import Actor
from handlers.holding import as_object, end
from handlers.letters import write_to
from handlers.offices import office_words
from handlers.policy import Action
from handlers.roles import texts
from storage import rights


@dataclass(frozen=True, slots=True)
class EndOffice(Command[None]):
    """End an office, by its number."""

    role: int


def end_office(tx: Connection, actor: Actor, command: EndOffice) -> None:
    """Whoever held it is told, unless they did it themselves."""
    held = rights.by_id(tx, command.role)
    own = held is not None and actor.person is not None and held.person == actor.person
    on = as_object(held.office, held.person if own else None) if held else None
    policy.require(tx, actor, Action.ROLES_RESIGN if own else Action.ROLES_REVOKE, on, texts.NO_SUCH_OFFICE)
    if held is None:
        raise LookupError(command.role)
    end(tx, actor, [held])
    if not own:
        told = phrase(texts.YOU_NO_LONGER, office=office_words(tx, held.office))
        about = held.office.helps_id or None
        write_to(tx, held.person, told, key=f"role:{held.id}:ended", at=actor.at, about=about)
