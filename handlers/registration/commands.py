"""What registration changes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from conversation.messages import Command, Rejected, Words
from handlers.enrolling import agree, correct, enrol, oneself
from handlers.feature import Actor
from handlers.purposes import NEWS, OF_PLACE, URGENT
from handlers.registration import texts
from storage import audit, people, units


@dataclass(frozen=True, slots=True)
class Register(Command[int]):
    """Become known, with the words that were agreed to."""

    honorific: str
    unit: str
    language: str
    agreed_to: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class CallMeBy(Command[None]):
    """Say one's name."""

    name: str


@dataclass(frozen=True, slots=True)
class MoveTo(Command[None]):
    """Live elsewhere from now on, and agree to that place's news."""

    unit: str
    agreed_to: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Rejoin(Command[None]):
    """Agree to news again after having stopped them."""

    agreed_to: tuple[Words, ...]


def register(tx: Connection, actor: Actor, command: Register) -> int:
    """Keep the person, their chat and their consent together."""
    _check_unit(tx, command.unit)
    person = enrol(tx, actor, command.honorific, command.unit, command.language)
    agree(tx, actor, person, NEWS, *command.agreed_to)
    return person


def call_me_by(tx: Connection, actor: Actor, command: CallMeBy) -> None:
    """Keep it as it was written."""
    correct(tx, actor, name=command.name)


def move_to(tx: Connection, actor: Actor, command: MoveTo) -> None:
    """Another place, another body that keeps the data: so the consent is a new one."""
    person = oneself(tx, actor)
    _check_unit(tx, command.unit)
    people.change(tx, person, unit_code=command.unit)
    people.withdraw(tx, person, OF_PLACE, actor.at)
    agree(tx, actor, person, NEWS, *command.agreed_to)
    audit.note(tx, person, actor.at, "moved", "person", str(person), subject=person)


def rejoin(tx: Connection, actor: Actor, command: Rejoin) -> None:
    """The limit to urgent news ends with it."""
    person = oneself(tx, actor)
    people.withdraw(tx, person, (URGENT,), actor.at)
    agree(tx, actor, person, NEWS, *command.agreed_to)


def _check_unit(tx: Connection, code: str) -> None:
    found = units.unit(tx, code)
    if found is None or not found.active:
        raise Rejected(texts.UNIT_GONE)
