"""A leader's members: the list, one of them, and what is to be changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from conversation.chat import Chat
from conversation.messages import Phrase, Words, phrase
from handlers.asking_person import name_of, problem_of
from handlers.members import texts
from handlers.members.asking import PAGE, ask_branch, ask_phone, ask_year, named, row, status_words
from handlers.members.commands import ChangeStatus, CorrectMember, OpenList, ViewMember
from handlers.members.naming import born, spoken_of
from handlers.members.queries import BranchBy, BranchesLed, Card, LeadsMembersOnly, MemberCard, MembersIn
from handlers.offices import called
from handlers.phones import masked
from handlers.policy import Action
from storage.member_pages import Member
from storage.memberships import ENDED, PRESENT


def members(chat: Chat) -> None:
    """What there is to do in a branch."""
    branch = ask_branch(chat, Action.MEMBERS_READ)
    if branch is None:
        return chat.say(texts.NO_BRANCH)
    count = Counter(member.status for member in chat.look(MembersIn(branch.id)))
    away = count.total() - count[PRESENT]
    prompt = phrase(texts.BRANCH_HEAD, branch=branch.name, count=count.total(), present=count[PRESENT], away=away)
    talks: dict[str, Words] = {"members_of": texts.SEE}
    if _may(chat, Action.PEOPLE_ENTER, branch.id):
        talks["enter_for"] = texts.ENTER
    if _may(chat, Action.MEMBERS_CONFIRM, branch.id):
        talks["checklist"] = texts.CHECK
    return chat.go(chat.choose("what", prompt, talks, optional=texts.DONE) or "members_later", branch=branch.id)


def _may(chat: Chat, action: Action, branch: int) -> bool:
    return any(each.id == branch for each in chat.look(BranchesLed(action)))


def my_list(chat: Chat) -> None:
    """«Danh sách» alone: an officer's is that of tickets."""
    return chat.go("members" if chat.look(LeadsMembersOnly()) else "desk")


def members_later(chat: Chat) -> None:
    """Nothing for now."""
    chat.say(texts.LATER_SAID)


def members_of(chat: Chat) -> None:
    """Opening a list is an act: it is written down, so that those on it can see who did."""
    branch = ask_branch(chat, Action.MEMBERS_READ)
    if branch is None:
        return chat.say(texts.NO_BRANCH)
    chat.do(OpenList(branch.id))
    return chat.go("members_list", branch=branch.id)


def members_list(chat: Chat) -> None:
    """Names and whether somebody is away, no more; words typed look for a name among them."""
    branch = chat.look(BranchBy(chat.given.branch))
    listed = chat.look(MembersIn(branch.id))
    words = chat.given.words or ""
    found = [member for member in listed if named(member, words)]
    if not found:
        chat.say(phrase(texts.NOBODY_NAMED, words=words) if words else phrase(texts.EMPTY, branch=branch.name))
        return chat.go("members_list", branch=branch.id) if words and listed else None
    picked = chat.choose(
        "who", _prompt(branch.name, found, words), _rows(found), page=PAGE, free=True, optional=texts.DONE
    )
    if picked.words:
        return chat.go("members_list", branch=branch.id, words=picked.words)
    return _open(chat, int(picked)) if picked else chat.say(texts.LATER_SAID)


def _prompt(branch: str, found: Sequence[Member], words: str) -> Phrase:
    if words:
        return phrase(texts.FOUND, count=len(found), words=words)
    return phrase(texts.LISTED, branch=branch, count=len(found))


def _rows(found: Sequence[Member]) -> dict[str, Words]:
    return {str(member.membership): row(member) for member in found}


def _open(chat: Chat, membership: int) -> None:
    """Looking is an act: it is written down, so that the member can see who looked."""
    chat.do(ViewMember(membership))
    return chat.go("member", membership=membership)


def member(chat: Chat) -> None:
    """One of them."""
    card = chat.look(MemberCard(chat.given.membership))
    acts: dict[str, Words] = {}
    if card.may_edit:
        acts = {"status": texts.CHANGE_STATUS, "name": texts.CHANGE_NAME, "year": texts.CHANGE_YEAR,
                "phone": texts.CHANGE_PHONE}  # fmt: skip
    pick = chat.choose("act", _card(card), {**acts, "back": texts.BACK})
    if pick == "back":
        return chat.go("members_list", branch=card.member.branch_id)
    return chat.go(f"member_{pick}", membership=card.member.membership)


def _card(card: Card) -> Phrase:
    found = card.member
    stamp: Words = ""
    if card.entered_by is not None:
        stamp = phrase(texts.BY_HAND, who=called(card.entered_by.honorific, card.entered_by.name.split()[-1]))
    elif found.confirmed_on:
        stamp = phrase(texts.CONFIRMED, day=_day(found.confirmed_on))
    return phrase(
        texts.CARD,
        name=found.name,
        year=born(found.birth_year),
        phone=masked(found.phone) if found.phone else texts.UNKNOWN,
        status=status_words(found.status),
        branch=found.branch,
        since=_day(found.since),
        stamp=stamp,
    )


def _day(iso: str) -> str:
    return "/".join(str(int(part)) for part in reversed(iso.split("-")))


# changing -----------------------------------------------------------------------------------------------------


def member_name(chat: Chat) -> None:
    """As it is written on papers."""
    card = chat.look(MemberCard(chat.given.membership))
    name = chat.few_words("name", texts.NEW_NAME, check=problem_of, optional=texts.KEEP)
    return _correct(chat, card, CorrectMember(card.member.membership, name=name_of(name)) if name else None)


def member_year(chat: Chat) -> None:
    """Only the year."""
    card = chat.look(MemberCard(chat.given.membership))
    year = ask_year(chat, spoken_of(card.member.name, card.member.honorific))
    return _correct(chat, card, CorrectMember(card.member.membership, birth_year=year) if year else None)


def member_phone(chat: Chat) -> None:
    """Typed by the leader; it is masked wherever it is shown."""
    card = chat.look(MemberCard(chat.given.membership))
    phone = ask_phone(chat, spoken_of(card.member.name, card.member.honorific))
    return _correct(chat, card, CorrectMember(card.member.membership, phone=phone) if phone else None)


def _correct(chat: Chat, card: Card, change: CorrectMember | None) -> None:
    if change is None:
        chat.say(texts.KEPT)
    else:
        chat.do(change)
        chat.say(texts.CHANGED)
    return chat.go("member", membership=card.member.membership)


def member_status(chat: Chat) -> None:
    """Those that end a membership are asked about once more."""
    found = chat.look(MemberCard(chat.given.membership)).member
    options: dict[str, Words] = dict(texts.STATUS_CHOICES)
    status = chat.choose("status", phrase(texts.WHICH_STATUS, name=found.name), options, optional=texts.KEEP)
    ends = status in ENDED
    sure = phrase(texts.SURE_ENDED, name=found.name, status=texts.ENDED_AS[status]) if ends else ""
    if not status or (ends and not chat.confirm("sure", sure, about=(found.membership, str(status)))):
        chat.say(texts.KEPT)
        return chat.go("member", membership=found.membership)
    chat.do(ChangeStatus(found.membership, str(status)))
    if not ends:
        chat.say(texts.CHANGED)
        return chat.go("member", membership=found.membership)
    chat.say(texts.ENDED, name=found.name, status=texts.ENDED_AS[status])
    return chat.go("members_list", branch=found.branch_id)
