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
    """One's own first, then the others page by page; words typed look for a name, a place or a kind of office."""
    words, after = chat.given.words or "", chat.given.after or 0
    listed = chat.look(OfficesToEnd(words, after, PAGE + 1))
    more = sum(not each.own for each in listed) > PAGE
    shown = listed[:-1] if more else listed
    found = {str(each.id): each for each in shown if each.office.role in OFFICES}
    if not found:
        chat.say(phrase(texts.NONE_CALLED_SO, words=words) if words else texts.NONE)
        return chat.go("roles") if words else None
    options: dict[str, Words] = {key: _line(each) for key, each in found.items()}
    if more:
        options["more"] = texts.MORE
    many = bool(more or words or after)
    prompt = texts.WHICH_OF_MANY if many else texts.WHICH
    picked = chat.choose(f"which{after}", prompt, options, page=PAGE + 2, free=many, optional=texts.KEEP)
    if picked.words or picked == "more":
        return chat.go("roles", words=picked.words or words, after=0 if picked.words else shown[-1].id)
    return _end(chat, found.get(str(picked)))


def _end(chat: Chat, picked: Holding | None) -> None:
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
