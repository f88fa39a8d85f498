"""Beginning and ending to act for somebody else."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from conversation.messages import Command, Rejected
from handlers import policy
from handlers.enrolling import ONLY_IN_A_CHAT
from handlers.feature import Actor
from handlers.helping import texts
from handlers.policy import Action, Object
from storage import people


@dataclass(frozen=True, slots=True)
class HelpFor(Command[None]):
    """From now on what is done in this chat is done for somebody else."""

    person: int


@dataclass(frozen=True, slots=True)
class StopHelping(Command[None]):
    """From now on it is done for oneself again."""


def help_for(tx: Connection, actor: Actor, command: HelpFor) -> None:
    """Only for whom one is the helper; anybody else is as good as none."""
    if actor.address is None:
        raise Rejected(ONLY_IN_A_CHAT)
    helped = people.person(tx, command.person)
    on = Object(person=command.person, kind="person", number=str(command.person)) if helped else None
    policy.require(tx, replace(actor, on_behalf_of=None), Action.HELP, on, texts.NOT_YOURS)
    people.help_from(tx, actor.address, command.person)
    policy.note_help(tx, replace(actor, on_behalf_of=command.person), type(command).__name__)


def stop_helping(tx: Connection, actor: Actor, _command: StopHelping) -> None:
    """Always possible."""
    if actor.address is None:
        raise Rejected(ONLY_IN_A_CHAT)
    people.help_from(tx, actor.address, None)
