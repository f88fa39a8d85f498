"""Choosing for whom one acts."""

from __future__ import annotations

from conversation.chat import Chat
from conversation.messages import Words
from handlers.helping import texts
from handlers.helping.commands import HelpFor, StopHelping
from handlers.helping.queries import WhomIHelp
from handlers.offices import called


def help_for(chat: Chat) -> None:
    """One of those who have one as their helper."""
    helped = {str(each.id): called(each.honorific, each.name) for each in chat.look(WhomIHelp())}
    if not helped:
        return chat.say(texts.HELP_NOBODY)
    options: dict[str, Words] = dict(helped)
    picked = chat.choose("whom", texts.WHOM, options, optional=texts.MYSELF)
    if not picked:
        return stop_helping(chat)
    chat.do(HelpFor(int(picked)))
    return chat.say(texts.HELPING, who=helped[str(picked)])


def stop_helping(chat: Chat) -> None:
    """Back to one's own affairs."""
    chat.do(StopHelping())
    return chat.say(texts.STOPPED)
