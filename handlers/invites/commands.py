"""Issuing a code, trying one, taking up the office behind it, and saying that the right person did."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from conversation.messages import Command, Rejected, Words
from handlers import policy, proving
from handlers.actor import Forbidden
from handlers.enrolling import agree, correct, enrol
from handlers.feature import Actor
from handlers.guessing import Guess, guess
from handlers.holding import as_object, named
from handlers.invites import letters, texts
from handlers.invites.lapsing import let_go
from handlers.offices import OFFICES, office_words
from handlers.policy import Action, Role
from handlers.purposes import OFFICE
from storage import audit, branches, invites, linking, organisations, people, rights, units
from storage.invites import Invite as Issued
from storage.people import Role as Office

CONFIRMED = frozenset({Role.AREA_OFFICER, Role.COMMUNE_OFFICER, Role.PROVINCE_OFFICER, Role.AUDITOR, Role.ADMIN})
"""Offices that begin when the issuer has said that the right person took them."""


@dataclass(frozen=True, slots=True)
class Invite(Command[str]):
    """Invite somebody to an office over a unit; the code is told once."""

    role: str
    unit: str
    organisation: str = ""
    branch: int = 0
    helps: int = 0


@dataclass(frozen=True, slots=True)
class TryCode(Command[Guess]):
    """Try a code without using it up; a wrong one counts."""

    code: str


@dataclass(frozen=True, slots=True)
class TakeOffice(Command[bool]):
    """Use an invite up and hold its office; False when its issuer has to confirm it first."""

    code_hash: str
    honorific: str
    name: str
    language: str
    agreed_to: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class ConfirmOffice(Command[str]):
    """Say whether the right person took the office; their name."""

    code_hash: str
    right: bool


def invite(tx: Connection, actor: Actor, command: Invite) -> str:
    """Whoever manages the office there; any other place is as good as none."""
    if command.role in policy.LATER:
        raise Rejected(texts.OFFICE_LATER, act=policy.LATER[command.role])
    if command.role not in OFFICES:
        raise Rejected(texts.UNKNOWN_OFFICE, role=command.role, roles=", ".join(OFFICES))
    if actor.address is not None and linking.is_unproven(tx, actor.address):
        raise Rejected(texts.INVITE_THERE)  # a helper would lend to it what it does not carry
    office = Office(command.role, command.unit, command.organisation, command.branch, command.helps)
    on = as_object(office) if _is_possible(tx, office) else None
    policy.require(tx, actor, Action.ROLES_INVITE, on, texts.UNKNOWN_UNIT, unit=command.unit)
    by = actor.operator if actor.person is None else actor.person
    audit.note(tx, by, actor.at, "invited", "office", named(office), subject=office.helps_id or None)
    return invites.issue(tx, office, actor.operator or "person", actor.at, actor.person)


def _is_possible(tx: Connection, office: Office) -> bool:
    """Whether the records have, today, all that an office is over."""
    unit = units.unit(tx, office.unit_code)
    of = organisations.organisation(tx, office.organisation_code) if office.organisation_code else None
    there = unit is not None and unit.active and (of.active if of else not office.organisation_code)
    of_branch = not office.branch_id or _is_there(tx, office)
    return there and of_branch and (not office.helps_id or _lives_there(tx, office))


def _is_there(tx: Connection, office: Office) -> bool:
    found = branches.branch(tx, office.branch_id)
    there = (office.unit_code, office.organisation_code)
    return found is not None and found.active and (found.unit_code, found.organisation_code) == there


def _lives_there(tx: Connection, office: Office) -> bool:
    helped = people.person(tx, office.helps_id)
    there = helped is not None and helped.unit_code == office.unit_code
    return there and rights.is_member(tx, office.helps_id, office.organisation_code, office.branch_id)


def try_code(tx: Connection, actor: Actor, command: TryCode) -> Guess:
    """Wrong, used and too old are one."""
    found = guess(tx, actor, lambda: usable(tx, actor, invites.hash_of(command.code)) is not None)
    issued = usable(tx, actor, invites.hash_of(command.code)) if found == "right" else None
    if issued is not None:
        _require_own_hands(tx, actor, issued)
    return found


def _require_own_hands(tx: Connection, actor: Actor, issued: Issued) -> None:
    """A chat that carries no office may be in other hands; the operator's code for one held already says it is not."""
    if actor.person is None or actor.address is None or not linking.is_unproven(tx, actor.address):
        return
    if issued.issuer is not None or issued.office not in people.roles_of(tx, actor.person):
        raise Rejected(texts.TAKE_IT_THERE)


def usable(tx: Connection, actor: Actor, code_hash: str) -> Issued | None:
    """The invite behind a hash, if its issuer could issue it today, and it is for somebody else than them."""
    issued = invites.usable(tx, code_hash, actor.at)
    if issued is None or (actor.person is not None and actor.person in (issued.issuer, issued.office.helps_id)):
        return None
    return issued if _is_possible(tx, issued.office) and _issuer_may(tx, actor, issued) else None


def _issuer_may(tx: Connection, actor: Actor, issued: Issued) -> bool:
    if issued.issuer is None:
        return True
    issuer = Actor(actor.at, issued.issuer)
    return policy.may(tx, issuer, Action.ROLES_INVITE, as_object(issued.office))


def take_office(tx: Connection, actor: Actor, command: TakeOffice) -> bool:
    """All of it or, when somebody was faster, nothing."""
    issued = usable(tx, actor, command.code_hash)
    if issued is None or actor.address is None:
        raise Rejected(texts.WRONG)
    office, at_once = issued.office, issued.issuer is None or issued.office.role not in CONFIRMED
    _require_own_hands(tx, actor, issued)
    person = enrol(tx, actor, command.honorific, office.unit_code, command.language)
    if command.name:
        correct(tx, replace(actor, person=person), name=command.name)
    if not invites.use_up(tx, command.code_hash, person, actor.at, decided=at_once):
        raise Rejected(texts.WRONG)
    agree(tx, actor, person, OFFICE, *command.agreed_to)
    proving.take_here(tx, person, actor.address, actor.at, by_operator=issued.issuer is None)
    invites.forget_misses(tx, actor.address)
    if at_once:
        _begin(tx, actor, issued, person)
    else:
        letters.ask_issuer(tx, issued, command.code_hash, person, actor.at)
        audit.note(tx, person, actor.at, "asked_for_office", "office", named(office), subject=person)
    return at_once


def _begin(tx: Connection, actor: Actor, issued: Issued, person: int) -> None:
    office = issued.office
    scope = {"organisation": office.organisation_code, "branch": office.branch_id, "helps": office.helps_id}
    people.grant(tx, person, office.role, office.unit_code, actor.at, by=issued.issuer, **scope)  # type: ignore[arg-type]
    audit.note(tx, person, actor.at, "took_office", "office", named(office), subject=person)
    here = actor.address if actor.person in (None, person) else None
    proving.tell_chats(tx, person, office_words(tx, office), actor.at, but=here)
    if office.helps_id:
        letters.tell_helped(tx, office.helps_id, person, actor.at)


def confirm_office(tx: Connection, actor: Actor, command: ConfirmOffice) -> str:
    """Only who issued it, as long as they may still."""
    issued = invites.waiting(tx, command.code_hash)
    on = as_object(issued.office) if issued and _is_possible(tx, issued.office) else None
    policy.require(tx, actor, Action.ROLES_INVITE, on, texts.NO_LONGER)
    if issued is not None and issued.issuer != actor.person:
        raise Forbidden((Action.ROLES_INVITE, "office", named(issued.office)), texts.NO_LONGER)
    if (
        issued is None
        or issued.used_by is None
        or not invites.decide(tx, command.code_hash, actor.at, right=command.right)
    ):
        raise Rejected(texts.NO_LONGER)
    settle = _confirm if command.right else _refuse
    settle(tx, actor, issued, issued.used_by)
    letters.tell_taker(tx, issued, command.code_hash, actor.at, right=command.right)
    known = people.person(tx, issued.used_by)
    return known.name if known else ""


def _refuse(tx: Connection, actor: Actor, issued: Issued, person: int) -> None:
    audit.note(tx, actor.person or "", actor.at, "refused_office", "office", named(issued.office), subject=person)
    let_go(tx, person, actor.at)


def _confirm(tx: Connection, actor: Actor, issued: Issued, person: int) -> None:
    if not people.agrees(tx, person, OFFICE):
        raise Rejected(texts.NO_LONGER)
    _begin(tx, actor, issued, person)
