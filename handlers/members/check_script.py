"""A leader looks through at most ten names: who is at home, who is away, of whom nothing is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from conversation.chat import Chat
from conversation.messages import Words, phrase
from handlers.members import texts
from handlers.members.asking import ask_branch
from handlers.members.checklist import OPTIONS
from handlers.members.commands import ConfirmMembers, Known, OpenList
from handlers.members.naming import born
from handlers.members.queries import AT_ONCE, BranchBy, ToConfirm
from handlers.policy import Action
from handlers.wording import listing
from storage.branches import Branch
from storage.member_pages import Member

ANSWERS: dict[Known, Words] = {"home": texts.STILL_HOME, "away": texts.GONE_AWAY, "unknown": texts.NOT_KNOWN}
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def checklist_open(chat: Chat) -> None:
    """Opened by the letter of the month."""
    branch = chat.look(BranchBy(chat.given.branch))
    letter = phrase(texts.CHECK_LETTER, branch=branch.name, month=int(chat.given.month[-2:]))
    if chat.choose("open", letter, OPTIONS) == "later":
        return chat.say(texts.CHECK_WHEN)
    return chat.go("checklist", branch=branch.id)


def checklist(chat: Chat) -> None:
    """Opening a list is written down."""
    branch = ask_branch(chat, Action.MEMBERS_CONFIRM)
    if branch is None:
        return chat.say(texts.NO_BRANCH)
    if chat.look(ToConfirm(branch.id)):
        chat.do(OpenList(branch.id))
    return chat.go("checklist_names", branch=branch.id)


def checklist_names(chat: Chat) -> None:
    """All at home is one answer; else each is asked about."""
    branch = chat.look(BranchBy(chat.given.branch))
    seen = set(chat.given.seen or ())
    waiting = [member for member in chat.look(ToConfirm(branch.id)) if member.membership not in seen]
    if not waiting:
        return chat.say(texts.ALL_CHECKED, branch=branch.name)
    some = waiting[:AT_ONCE]
    options: dict[str, Words] = {"all": texts.ALL_HOME, "each": texts.ONE_BY_ONE}
    pick = chat.choose("all", _list(branch, len(waiting), some), options, optional=texts.CHECK_LATER)
    if not pick:
        return chat.say(texts.CHECK_WHEN)
    numbers = [member.membership for member in some]
    if pick == "each":
        return chat.go("checklist_each", branch=branch.id, members=numbers, seen=sorted(seen))
    return _confirm(chat, branch.id, {number: "home" for number in numbers}, seen)


def _list(branch: Branch, count: int, some: Sequence[Member]) -> Words:
    names = listing([member.name for member in some], "; ")
    return phrase(texts.CHECK_LIST, branch=branch.name, count=count, most=len(some), names=names)


def checklist_each(chat: Chat) -> None:
    """One name after another; who is gone from the list meanwhile is not asked about."""
    branch, wanted = chat.given.branch, chat.given.members
    there = {member.membership: member for member in chat.look(ToConfirm(branch))}
    found: dict[int, Known] = {}
    for place, number in enumerate(wanted, 1):
        if number in there:
            who = there[number]
            asked = phrase(texts.CHECK_ONE, place=place, count=len(wanted), name=who.name, year=born(who.birth_year))
            answer = chat.choose(f"m{_short(number)}", asked, {known: words for known, words in ANSWERS.items()})
            found[number] = next(known for known in ANSWERS if known == answer)
    return _confirm(chat, branch, found, set(chat.given.seen))


def _confirm(chat: Chat, branch: int, found: dict[int, Known], seen: set[int]) -> None:
    chat.do(ConfirmMembers(tuple(found.items())))
    count = Counter(found.values())
    chat.say(texts.CHECKED, **{known: count[known] for known in ANSWERS})
    return chat.go("checklist_names", branch=branch, seen=sorted(seen | set(found)))


def _short(number: int) -> str:
    """A number in few letters, for the names of questions travel in buttons."""
    letters = ""
    while number:
        number, digit = divmod(number, len(DIGITS))
        letters = DIGITS[digit] + letters
    return letters
