"""What leaders change about members, and members about themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import Connection

from conversation.messages import Command, Rejected, Words, phrase
from conversation.speech import plain
from handlers.actor import Actor
from handlers.asking_person import problem_of
from handlers.enrolling import ONLY_IN_A_CHAT, agree, known, oneself
from handlers.letters import speech_for
from handlers.members import texts
from handlers.members.reach import branch_for, member_for
from handlers.members.rules import is_child, possible_birth_year
from handlers.phones import e164
from handlers.policy import Action
from handlers.purposes import MEMBERS
from handlers.seeing import note_list
from storage import audit, duplicates, entering, member_pages, memberships, people
from storage.branches import Branch
from storage.entering import Attested, Entered
from storage.member_pages import Member
from storage.memberships import AWAY, HERE_OR_BACK, PRESENT, Joining
from storage.times import VIETNAM, day_of

Known = Literal["home", "away", "unknown"]


@dataclass(frozen=True, slots=True)
class EnterMember(Command[int]):
    """Enter somebody who does not write to us, with what they agreed to and how; the number of the membership."""

    branch: int
    name: str
    honorific: str
    birth_year: int | None
    phone: str
    consent: Literal["oral", "paper"]


@dataclass(frozen=True, slots=True)
class ViewMember(Command[None]):
    """Look at somebody: that it was done is written down."""

    membership: int


@dataclass(frozen=True, slots=True)
class OpenList(Command[None]):
    """Open the list of a branch: that it was done is written down."""

    branch: int


@dataclass(frozen=True, slots=True)
class CorrectMember(Command[None]):
    """Correct what is known of somebody; what is empty stays."""

    membership: int
    name: str = ""
    birth_year: int | None = None
    phone: str = ""


@dataclass(frozen=True, slots=True)
class ChangeStatus(Command[None]):
    """Say how somebody stands now."""

    membership: int
    status: str


@dataclass(frozen=True, slots=True)
class ConfirmMembers(Command[None]):
    """A checklist gone through: who is at home, who is away, of whom nothing is known."""

    found: tuple[tuple[int, Known], ...]


@dataclass(frozen=True, slots=True)
class MyStatus(Command[None]):
    """Say how oneself stands, wherever one belongs."""

    status: str


@dataclass(frozen=True, slots=True)
class GivePhone(Command[bool]):
    """Let one's own number be kept, with the words that were agreed to; whether somebody on a list may be the same."""

    phone: str
    agreed_to: Words


def enter_member(tx: Connection, actor: Actor, command: EnterMember) -> int:
    """No children, nobody who was not asked; source: domain.md L16, dialogue M."""
    branch = branch_for(tx, actor, Action.PEOPLE_ENTER, command.branch)
    if actor.person is None or actor.address is None:
        raise Rejected(ONLY_IN_A_CHAT)
    today = actor.at.astimezone(VIETNAM).date()
    _check(command.name, command.birth_year, command.phone, today)
    if is_child(command.birth_year, today):
        raise Rejected(texts.TOO_YOUNG)
    who = Entered(
        command.name, command.honorific, command.birth_year, e164(command.phone), branch.unit_code, actor.person
    )
    person = entering.enter(tx, who, actor.at)
    words = _attested(tx, actor.person, branch, command)
    said = Attested(MEMBERS, words, command.consent, actor.person, actor.address, actor.evidence)
    entering.attest(tx, person, said, actor.at)
    _note(tx, actor, "entered", person)
    duplicates.propose(tx, [person], actor.at)
    return memberships.join(tx, Joining(person, branch.id, today.isoformat()), today.isoformat(), "leader")


def _attested(tx: Connection, by: int, branch: Branch, command: EnterMember) -> str:
    """It names nobody: the proof stays when one of them is erased."""
    return plain(speech_for(tx, by).render(phrase(texts.ATTESTED[command.consent], branch=branch.name)))


def view_member(tx: Connection, actor: Actor, command: ViewMember) -> None:
    """The person can see who looked."""
    found = member_for(tx, actor, Action.MEMBERS_READ, command.membership)
    _note(tx, actor, "view", found.person)


def open_list(tx: Connection, actor: Actor, command: OpenList) -> None:
    """Those who are on it can see who opened it."""
    branch = branch_for(tx, actor, Action.MEMBERS_READ, command.branch)
    note_list(tx, actor, branch.id, len(member_pages.in_branch(tx, branch.id)))


def correct_member(tx: Connection, actor: Actor, command: CorrectMember) -> None:
    """A new name or phone may show that somebody is there twice."""
    found = member_for(tx, actor, Action.MEMBERS_EDIT, command.membership)
    _check(command.name or found.name, command.birth_year, command.phone, actor.at.astimezone(VIETNAM).date())
    people.change(
        tx,
        found.person,
        name=command.name or None,
        birth_year=command.birth_year,
        phone=e164(command.phone) or None,
    )
    _note(tx, actor, "corrected", found.person)
    duplicates.propose(tx, [found.person], actor.at)


def change_status(tx: Connection, actor: Actor, command: ChangeStatus) -> None:
    """Some of them end the membership."""
    found = member_for(tx, actor, Action.MEMBERS_EDIT, command.membership)
    memberships.change_status(tx, found.membership, command.status, day_of(actor.at))
    _note(tx, actor, "corrected", found.person)


def confirm_members(tx: Connection, actor: Actor, command: ConfirmMembers) -> None:
    """Who is at home is present; of whom nothing is known nothing changes."""
    today = day_of(actor.at)
    for number, known_as in command.found:
        found = member_for(tx, actor, Action.MEMBERS_CONFIRM, number)
        status = _confirmed(found, known_as)
        if status != found.status:
            memberships.change_status(tx, number, status, today)
        if known_as != "unknown":
            memberships.confirm(tx, number, today)
            _note(tx, actor, "confirmed", found.person)


def _confirmed(found: Member, known_as: Known) -> str:
    """Somebody who studies is away too, and more is known of them."""
    if known_as == "home":
        return PRESENT
    return AWAY if known_as == "away" and found.status == PRESENT else found.status


def my_status(tx: Connection, actor: Actor, command: MyStatus) -> None:
    """In all organisations at once; leaving one is said to its leader."""
    person = known(tx, actor, Action.OWN_DATA)
    if command.status not in HERE_OR_BACK:
        raise ValueError(command.status)
    for held in memberships.memberships_of(tx, person):
        memberships.change_status(tx, held.id, command.status, day_of(actor.at))
    _note(tx, actor, "corrected", person)


def give_phone(tx: Connection, actor: Actor, command: GivePhone) -> bool:
    """Nobody is joined by it: a number may be a whole family's."""
    person, phone = oneself(tx, actor), e164(command.phone)
    if not phone:
        raise Rejected(texts.PHONE_WRONG)
    agree(tx, actor, person, MEMBERS, command.agreed_to)
    people.change(tx, person, phone=phone)
    _note(tx, actor, "corrected", person)
    return duplicates.propose(tx, [person], actor.at) > 0


def _check(name: str, birth_year: int | None, phone: str, today: date) -> None:
    fine = birth_year is None or possible_birth_year(birth_year, today)
    if problem_of(name) or not fine or (phone and not e164(phone)):
        raise ValueError("questions ask again until each will do")


def _note(tx: Connection, actor: Actor, action: str, person: int) -> None:
    by = actor.operator if actor.person is None else actor.person
    audit.note(tx, by, actor.at, action, "person", str(person), subject=person)
