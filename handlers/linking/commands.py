"""Bringing another chat along, letting one go, and saying where to be written to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from conversation.messages import Address, Command, Rejected, phrase
from handlers import policy
from handlers.actor import Actor
from handlers.enrolling import known
from handlers.guessing import Guess, guess
from handlers.letters import write_to
from handlers.linking import texts
from handlers.linking.queries import Namesakes, namesakes
from handlers.offices import called
from handlers.policy import Action, Object
from handlers.proving import say_at
from handlers.purposes import OF_PLACE
from handlers.seeing import note_seen
from handlers.wording import moment
from storage import audit, invites, joining, linking, people
from storage.linking import OwnChat
from storage.people import Person


@dataclass(frozen=True, slots=True)
class MakeLinkCode(Command[str]):
    """A code by which the actor's other chat becomes theirs too, or that of somebody of their unit; told once."""

    person: int | None = None


@dataclass(frozen=True, slots=True)
class ShowNamesakes(Command[None]):
    """Be shown the people of one's units called so: it is written down about each."""

    name: str


@dataclass(frozen=True, slots=True)
class TryLinkCode(Command[Guess]):
    """Try a code without using it up; a wrong one counts."""

    code: str


@dataclass(frozen=True, slots=True)
class Link(Command[None]):
    """Use a code: this chat is its owner's from now on; whoever was here before becomes one with them."""

    code_hash: str


@dataclass(frozen=True, slots=True)
class Prefer(Command[None]):
    """Be written to by this bot account first."""

    account: str


@dataclass(frozen=True, slots=True)
class Unlink(Command[bool]):
    """Let a chat go; whether it was this very one."""

    chat: str


def make_link_code(tx: Connection, actor: Actor, command: MakeLinkCode) -> str:
    """One's own chats are one's own affair; for somebody else, one of those who look after their place."""
    if command.person is None:
        person = known(tx, actor, Action.PEOPLE_LINK)
        if actor.address is not None and linking.is_unproven(tx, actor.address):
            raise Rejected(texts.CODE_FROM_THERE)
        return linking.issue(tx, person, person, actor.at)
    whom = people.person(tx, command.person)
    policy.require(tx, actor, Action.PEOPLE_LINK, _object(whom) if whom else None, texts.NOT_FOUND_NOW)
    return _make_for(tx, actor, command.person)


def _object(whom: Person) -> Object:
    return Object(unit=whom.unit_code or "", person=whom.id, kind="person", number=str(whom.id))


def _make_for(tx: Connection, actor: Actor, person: int) -> str:
    """Whoever holds an office does this alone: it would be taken over by a code in other hands."""
    if invites.has_office(tx, person):
        raise Rejected(texts.HOLDS_OFFICE)
    by = people.person(tx, actor.person) if actor.person is not None else None
    if by is None:
        raise Rejected(texts.NOT_FOUND_NOW)
    audit.note(tx, by.id, actor.at, "made_link_code", "person", str(person), subject=person)
    code = linking.issue(tx, person, by.id, actor.at)
    words = phrase(texts.CODE_WAS_MADE, who=called(by.honorific, by.name))
    write_to(tx, person, words, key=f"link-code:{invites.hash_of(code)[:16]}", at=actor.at, about=by.id)
    return code


def show_namesakes(tx: Connection, actor: Actor, command: ShowNamesakes) -> None:
    """Those whom `Namesakes` tells of."""
    note_seen(tx, actor, (number for number, _ in namesakes(tx, actor, Namesakes(command.name))))


def try_link_code(tx: Connection, actor: Actor, command: TryLinkCode) -> Guess:
    """Wrong, used and too old are one."""
    return guess(tx, actor, lambda: linking.usable(tx, invites.hash_of(command.code), actor.at) is not None)


def link(tx: Connection, actor: Actor, command: Link) -> None:
    """Rights never go to whoever made the code: an office must have made it itself."""
    owner = linking.usable(tx, command.code_hash, actor.at)
    if owner is None or actor.address is None:
        raise Rejected(texts.WRONG)
    if actor.person == owner and not linking.is_unproven(tx, actor.address):
        raise Rejected(texts.HERE_ALREADY)
    if actor.person not in (None, owner) and invites.has_office(tx, actor.person or 0):
        raise Rejected(texts.OFFICE_HERE)
    if not linking.use_up(tx, command.code_hash, actor.at):
        raise Rejected(texts.WRONG)
    before = linking.chats_of(tx, owner)
    _bring(tx, actor, actor.address, owner)
    audit.note(tx, owner, actor.at, "linked", "person", str(owner), subject=owner)
    invites.forget_misses(tx, actor.address)
    for chat in before:
        if not chat.blocked and chat.address != actor.address:
            words = phrase(texts.TOLD, when=moment(actor.at))
            say_at(tx, owner, chat.address, words, f"linked:{actor.evidence}", actor.at)


def _bring(tx: Connection, actor: Actor, here: Address, owner: int) -> None:
    """The chat in which the code was typed is proven by it; others that come along are not."""
    if actor.person is None:
        return linking.attach(tx, owner, here, actor.at)
    if actor.person != owner:
        joining.join(tx, owner, actor.person, owner, actor.at, of_place=OF_PLACE)
    return linking.prove(tx, here)


def prefer(tx: Connection, actor: Actor, command: Prefer) -> None:
    """One of the accounts one writes to."""
    person = known(tx, actor, Action.PEOPLE_LINK)
    if command.account not in {chat.address.account for chat in linking.chats_of(tx, person)}:
        raise Rejected(texts.NO_SUCH_PLACE)
    linking.prefer(tx, person, command.account)


def unlink(tx: Connection, actor: Actor, command: Unlink) -> bool:
    """The last one stays: to be gone from there as well is to be erased."""
    person = known(tx, actor, Action.PEOPLE_LINK)
    mine = linking.chats_of(tx, person, lock=True)
    chats = {chat.key: chat.address for chat in mine}
    if command.chat not in chats:
        raise Rejected(texts.NO_SUCH_PLACE)
    if len(chats) == 1:
        raise Rejected(texts.ONLY_ONE)
    if _would_lose_office(actor, mine, command.chat):
        raise Rejected(texts.HAS_THE_OFFICE)
    linking.detach(tx, person, chats[command.chat], actor.at)
    audit.note(tx, person, actor.at, "unlinked", "person", str(person), subject=person)
    for key, there in chats.items():
        if there != actor.address:
            words = phrase(texts.CUT_OFF if key == command.chat else texts.UNLINKED, when=moment(actor.at))
            say_at(tx, person, there, words, f"unlinked:{actor.evidence}", actor.at)
    return chats[command.chat] == actor.address


def _would_lose_office(actor: Actor, mine: Sequence[OwnChat], going: str) -> bool:
    """Whether no chat would carry it any more, or one that does not carry it would cut off one that does."""
    carrying = [chat for chat in mine if not chat.unproven]
    here_too = actor.address is None or actor.address in {chat.address for chat in carrying}
    return going in {chat.key for chat in carrying} and (len(carrying) == 1 or not here_too)
