"""What somebody finds from anywhere: the menu, help, a human, another language."""

from __future__ import annotations

from conversation.chat import Chat
from conversation.messages import Words, phrase
from handlers.menu import texts
from handlers.menu.commands import CallMe, SpeakTo
from handlers.menu.queries import MenuOf
from handlers.offices import Responsible
from handlers.place import CommuneOf, ResponsibleFor
from handlers.wording import in_sentence

FEW, MANY = 5, 8


def menu(chat: Chat) -> None:
    """A few lines at a time."""
    prompt = texts.WHAT_DO_YOU_NEED if chat.speaker.person is not None else texts.VISITORS
    return chat.go(chat.choose("what", prompt, _lines(chat), page=FEW))


def help_me(chat: Chat) -> None:
    """Everything there is, and the person to turn to."""
    helpers = chat.look(ResponsibleFor())
    lines = _lines(chat)
    prompt: Words = texts.HELP
    if helpers:
        prompt = phrase(texts.HELP_AND_WHO, who=helpers[0].called, office=helpers[0].office)
        lines["human"] = phrase(texts.CALL_BY, who=helpers[0].called)
    return chat.go(chat.choose("what", prompt, lines, page=MANY))


def _lines(chat: Chat) -> dict[str, Words]:
    return {item.talk: item.label for item in chat.look(MenuOf())}


def human(chat: Chat) -> None:
    """Somebody real is told, or it is said honestly that there is nobody."""
    if chat.speaker.person is None:
        return chat.say(texts.REGISTER_TO_BE_CALLED)
    helpers = chat.look(ResponsibleFor())
    if not helpers:
        return chat.say(texts.NOBODY, commune=in_sentence(chat.look(CommuneOf())))
    return _call(chat, helpers[0])


def _call(chat: Chat, helper: Responsible) -> None:
    """Somebody without a name cannot be called without a number."""
    no_phone = texts.NO_PHONE if chat.speaker.name else None
    phone = chat.contact("phone", phrase(texts.ASK_PHONE, who=helper.called), optional=no_phone)
    told = chat.do(CallMe(phone))
    return chat.say(texts.CALLED if told else texts.CALLED_BEFORE, who=helper.called, office=helper.office)


def english(chat: Chat) -> None:
    """English from here on."""
    _speak(chat, "en")
    chat.say(texts.SPEAKING_ENGLISH)
    return chat.go("menu")


def vietnamese(chat: Chat) -> None:
    """Vietnamese from here on."""
    _speak(chat, "vi")
    chat.say(texts.SPEAKING)
    return chat.go("menu")


def _speak(chat: Chat, language: str) -> None:
    if chat.speaker.person is not None:
        chat.do(SpeakTo(language))
    else:
        chat.call(language=language)
