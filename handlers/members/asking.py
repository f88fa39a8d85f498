"""Questions about members that several talks ask alike."""

from __future__ import annotations

from conversation.answers import fold
from conversation.chat import Chat
from conversation.messages import Words, phrase
from handlers.members import texts
from handlers.members.naming import phone_problem, year_of
from handlers.members.queries import BranchBy, BranchesLed
from handlers.phones import e164
from handlers.policy import Action
from storage.branches import Branch
from storage.member_pages import Member
from storage.memberships import STATUSES
from storage.times import VIETNAM

PAGE = 8


def ask_branch(chat: Chat, action: Action) -> Branch | None:
    """The branch that the talk is about, or the only one led, or one of them; None when there is none."""
    if chat.given.branch:
        return chat.look(BranchBy(chat.given.branch))
    led = {str(each.id): each for each in chat.look(BranchesLed(action))}
    if len(led) < 2:  # noqa: PLR2004 - no choice
        return next(iter(led.values()), None)
    names: dict[str, Words] = {key: each.name for key, each in led.items()}
    return led[chat.choose("branch", texts.WHICH_BRANCH, names, page=PAGE)]


def ask_year(chat: Chat, who: Words) -> int | None:
    """A year of birth; None when nobody knows."""
    today = chat.at.astimezone(VIETNAM).date()

    def check(text: str) -> Words | None:
        return None if year_of(text, today) else texts.YEAR_WRONG

    typed = chat.few_words("year", phrase(texts.YEAR, who=who), check=check, optional=texts.NOT_SURE)
    return year_of(typed, today)


def ask_phone(chat: Chat, who: Words) -> str:
    """As it is kept; empty when there is none."""
    return e164(chat.few_words("phone", phrase(texts.PHONE, who=who), check=phone_problem, optional=texts.NO_PHONE))


def row(member: Member) -> Words:
    """A line of a list: the name, and whether somebody is away."""
    away = texts.SHORT_STATUS.get(member.status)
    return phrase(texts.NAME_STATUS, name=member.name, status=away) if away else member.name


def named(member: Member, words: str) -> bool:
    """Whether all the words typed are in the name."""
    return set(fold(words).split()) <= set(fold(member.name).split())


def status_words(status: str) -> Words:
    """As in «đi làm ăn xa»."""
    return STATUSES[status]
