"""Members about themselves: at home, away, studying."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from conversation.chat import Chat
from conversation.messages import Words, phrase
from handlers.members import texts
from handlers.members.asking import status_words
from handlers.members.commands import GivePhone, MyStatus
from handlers.members.queries import MyMemberships
from handlers.phones import masked
from handlers.wording import listing
from storage.member_pages import Member
from storage.memberships import PRESENT


def my_status(chat: Chat) -> None:
    """Asked, when no word said it."""
    mine = chat.look(MyMemberships())
    if not mine:
        return chat.say(texts.NOT_A_MEMBER)
    prompt = phrase(texts.MY_STATUS, status=status_words(mine[0].status), branches=_branches(mine))
    options: dict[str, Words] = dict(texts.MY_STATUSES)
    status = chat.choose("status", prompt, options, optional=texts.KEEP)
    return _keep(chat, str(status)) if status else chat.say(texts.KEPT)


def says(status: str) -> Callable[[Chat], None]:
    """The talk that a word such as «tôi đi xa» opens: asked back once, so that no slip of the tongue counts."""

    def script(chat: Chat) -> None:
        mine = chat.look(MyMemberships())
        if not mine:
            return chat.say(texts.NOT_A_MEMBER)
        asked = phrase(texts.SAY_IT_IS, status=status_words(status), branches=_branches(mine))
        if not chat.confirm("right", asked, about=status):
            return chat.say(texts.KEPT)
        return _keep(chat, status)

    return script


def my_phone(chat: Chat) -> None:
    """By which a list's entry and a chat find each other; both stay as they are until an officer has looked."""
    if chat.speaker.person is None:
        return chat.go("start")
    phone = chat.contact("phone", texts.GIVE_PHONE, optional=texts.NOT_NOW)
    if not phone:
        return chat.say(texts.KEPT)
    listed = chat.do(GivePhone(phone, texts.GIVE_PHONE))
    chat.say(texts.PHONE_KEPT, phone=masked(phone))
    return chat.say(texts.MAYBE_LISTED) if listed else None


def _branches(mine: Sequence[Member]) -> Words:
    return listing([member.branch for member in mine])


def _keep(chat: Chat, status: str) -> None:
    chat.do(MyStatus(status))
    chat.say(texts.STATUS_KEPT, status=status_words(status))
    return chat.say(texts.AWAY_STAYS) if status != PRESENT else None
