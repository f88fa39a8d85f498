"""Issuing a code, trying one, and taking up the office behind it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import Connection

from conversation.messages import Command, Rejected, Words
from handlers import policy
from handlers.enrolling import ONLY_IN_A_CHAT, agree, correct, enrol
from handlers.feature import Actor
from handlers.invites import texts
from handlers.offices import OFFICES
from handlers.policy import Action, Object
from handlers.purposes import OFFICE
from storage import audit, invites, people, units


@dataclass(frozen=True, slots=True)
class Invite(Command[str]):
    """Invite somebody to an office over a unit; the code is told once."""

    role: str
    unit: str


@dataclass(frozen=True, slots=True)
class TryCode(Command[Literal["right", "wrong", "too_many"]]):
    """Try a code without using it up; a wrong one counts."""

    code: str


@dataclass(frozen=True, slots=True)
class TakeOffice(Command[None]):
    """Use an invite up and hold its office."""

    code_hash: str
    honorific: str
    name: str
    language: str
    agreed_to: tuple[Words, ...]


def invite(tx: Connection, actor: Actor, command: Invite) -> str:
    """Operators and administrators only."""
    if command.role not in OFFICES:
        raise Rejected(texts.UNKNOWN_OFFICE, role=command.role, roles=", ".join(OFFICES))
    unit = units.unit(tx, command.unit)
    if unit is None or not unit.active:
        raise Rejected(texts.UNKNOWN_UNIT, unit=command.unit)
    if not _may_invite(tx, actor, command.role, command.unit):
        raise Rejected(texts.ONLY_OPERATORS)
    issued_by = actor.operator or f"person:{actor.person}"
    by = actor.operator if actor.person is None else actor.person
    audit.note(tx, by, actor.at, "invited", "office", f"{command.role}@{command.unit}")
    return invites.issue(tx, command.role, command.unit, issued_by, actor.at)


def _may_invite(tx: Connection, actor: Actor, role: str, unit: str) -> bool:
    return policy.may(tx, actor, Action.ROLES_INVITE, Object(unit, role=role))


def try_code(tx: Connection, actor: Actor, command: TryCode) -> Literal["right", "wrong", "too_many"]:
    """It does not reject, because a rejection would undo the counting."""
    if actor.address is None:
        raise Rejected(ONLY_IN_A_CHAT)
    if invites.too_many_misses(tx, actor.address, actor.at):
        return "too_many"
    if invites.usable(tx, invites.hash_of(command.code), actor.at):
        return "right"
    invites.note_miss(tx, actor.address, actor.at)
    return "too_many" if invites.too_many_misses(tx, actor.address, actor.at) else "wrong"


def take_office(tx: Connection, actor: Actor, command: TakeOffice) -> None:
    """All of it or, when somebody was faster, nothing."""
    office = invites.usable(tx, command.code_hash, actor.at)
    if office is None or actor.address is None:
        raise Rejected(texts.WRONG)
    person = enrol(tx, actor, command.honorific, office.unit_code, command.language)
    if command.name:
        correct(tx, replace(actor, person=person), name=command.name)
    if not invites.use_up(tx, command.code_hash, person, actor.at):
        raise Rejected(texts.WRONG)
    agree(tx, actor, person, OFFICE, *command.agreed_to)
    people.grant(tx, person, office.role, office.unit_code, actor.at)
    audit.note(tx, person, actor.at, "took_office", "office", f"{office.role}@{office.unit_code}", subject=person)
    invites.forget_misses(tx, actor.address)
