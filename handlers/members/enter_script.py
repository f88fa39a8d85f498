"""«Nhập hộ»: a leader enters somebody who has no phone, once they have said yes; source: domain.md, dialogue M."""

from __future__ import annotations

from typing import Literal

from conversation.answers import fold
from conversation.chat import Chat
from conversation.messages import Words, phrase
from handlers.members import texts
from handlers.members.asking import ask_branch, ask_phone, ask_year
from handlers.members.commands import EnterMember, ViewMember
from handlers.members.naming import Named, born, name_problem, read_person, spoken_of
from handlers.members.queries import GroupNamed, MembersIn
from handlers.members.rules import is_child
from handlers.offices import called
from handlers.policy import Action
from storage.branches import Branch
from storage.member_pages import Member
from storage.times import VIETNAM


def enter_for(chat: Chat) -> None:
    """Nothing more is asked about somebody who has not been asked."""
    branch = ask_branch(chat, Action.PEOPLE_ENTER)
    if branch is None:
        return chat.say(texts.NO_BRANCH)
    person = read_person(chat.few_words("name", texts.ENTER_WHOM, check=name_problem))
    there = _there_already(chat, branch, person)
    if there is not None:
        chat.do(ViewMember(there.membership))
        return chat.go("member", membership=there.membership)
    who = spoken_of(person.name, person.honorific)
    options: dict[str, Words] = {"oral": texts.ORAL, "paper": texts.PAPER, "ask": texts.NOT_ASKED}
    consent = chat.choose("consent", phrase(texts.CONSENT, who=who), options)
    if consent == "ask":
        return chat.say(texts.STOPPED, who=called(person.honorific, person.name))
    return _enter(chat, branch, person, who, "paper" if consent == "paper" else "oral")


def _there_already(chat: Chat, branch: Branch, person: Named) -> Member | None:
    """Somebody of the same name in the branch, if it is the one who is meant."""
    for place, member in enumerate(chat.look(MembersIn(branch.id))):
        if fold(member.name) == fold(person.name):
            asked = phrase(texts.SAME_PERSON, branch=branch.name, name=member.name, year=born(member.birth_year))
            options: dict[str, Words] = {"yes": texts.IT_IS, "no": texts.IT_IS_NOT}
            if chat.choose(f"same{place}", asked, options) == "yes":
                return member
    return None


def _enter(chat: Chat, branch: Branch, person: Named, who: Words, consent: Literal["oral", "paper"]) -> None:
    year = ask_year(chat, who)
    if is_child(year, chat.at.astimezone(VIETNAM).date()):
        return chat.say(texts.TOO_YOUNG)
    phone = ask_phone(chat, who)
    group = chat.look(GroupNamed(branch.id, person.group)) if person.group else None
    into = group or branch
    chat.do(EnterMember(into.id, person.name, person.honorific, year, phone, consent))
    if person.group and group is None:
        chat.say(texts.GROUP_UNKNOWN, group=person.group)
    chat.say(texts.ENTERED, name=person.name, branch=into.name, by=_me(chat))
    return chat.say(texts.KEEP_PAPER) if consent == "paper" else None


def _me(chat: Chat) -> Words:
    """As others speak of whoever writes: «cô Lan»."""
    return called(chat.speaker.honorific, chat.speaker.short_name)
