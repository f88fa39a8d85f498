"""Giving an office up, and ending one below one's own."""

from __future__ import annotations

from conversation.chat import Chat
from conversation.messages import Words, phrase
from handlers.offices import OFFICES
from handlers.roles import texts
from handlers.roles.commands import EndOffice
from handlers.roles.queries import Holding, OfficesToEnd

PAGE = 6


def roles(chat: Chat) -> None:
    """One's own first."""
    found = {str(each.id): each for each in chat.look(OfficesToEnd()) if each.office.role in OFFICES}
    if not found:
        return chat.say(texts.NONE)
    options: dict[str, Words] = {key: _line(each) for key, each in found.items()}
    picked = found.get(str(chat.choose("which", texts.WHICH, options, page=PAGE, optional=texts.KEEP)))
    if picked is None:
        return chat.say(texts.KEPT)
    office = picked.called
    sure = phrase(texts.SURE_OWN, office=office) if picked.own else phrase(texts.SURE, who=picked.name, office=office)
    if not chat.confirm("sure", sure, about=picked.id, yes=texts.END, no=texts.KEEP):
        return chat.say(texts.KEPT)
    chat.do(EndOffice(picked.id))
    return chat.say(texts.ENDED_OWN if picked.own else texts.ENDED, who=picked.name, office=office)


def _line(each: Holding) -> Words:
    return phrase(texts.MINE if each.own else texts.OF, who=each.name, office=each.called)
