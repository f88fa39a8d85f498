"""Taking up an office with a code. The code itself is never kept: from the first moment there is only its hash."""

from __future__ import annotations

from conversation.chat import Chat
from conversation.messages import Phrase, phrase
from handlers.asking_person import ask_honorific, ask_name
from handlers.guessing import TOO_MANY
from handlers.invites import texts
from handlers.invites.commands import ConfirmOffice, TakeOffice, TryCode
from handlers.invites.letters import RIGHT_OR_WRONG
from handlers.invites.queries import OfficeOf, WhoTookIt
from handlers.place import OfficeCalled, UnitBy, commune_over
from handlers.wording import in_sentence
from storage.invites import hash_of
from storage.people import Role

ANSWERS = {"wrong": texts.WRONG, "too_many": TOO_MANY}


def redeem(chat: Chat) -> None:
    """Wrong, used and expired sound the same."""
    code = chat.given.code or ""
    chat.drop("take_office")
    outcome = chat.do(TryCode(code))
    if outcome != "right":
        return chat.say(ANSWERS[outcome])
    return chat.go("take_office", invite=hash_of(code))


def take_office(chat: Chat) -> None:
    """A short registration: how to be addressed, the name that residents will see, consent."""
    office = chat.look(OfficeOf(chat.given.invite))
    unit = chat.look(UnitBy(office.unit_code)) if office else None
    if office is None or unit is None:
        return chat.say(texts.WRONG)
    commune = in_sentence(commune_over(chat, unit))
    office_there = chat.look(OfficeCalled(office))
    chat.say(texts.WELCOME, office=office_there, commune=commune)
    honorific = "" if chat.speaker.honorific and chat.speaker.person else ask_honorific(chat)
    name = "" if chat.speaker.name else ask_name(chat, texts.NAME, optional=None)
    words = phrase(texts.CONSENT, commune=commune)
    if not _agrees(chat, office, words):
        return _decline(chat)
    if not chat.do(TakeOffice(chat.given.invite, honorific, name, chat.speaker.language, (words,))):
        return chat.say(texts.WAIT)
    chat.say(texts.DONE, office=office_there)
    if office.role in texts.WHAT_COMES:
        chat.say(texts.WHAT_COMES[office.role])
    return chat.go("menu")


def confirm_office(chat: Chat) -> None:
    """Opened by the letter to the issuer."""
    right = chat.choose("right", chat.look(WhoTookIt(chat.given.invite)), RIGHT_OR_WRONG) == "right"
    who = chat.do(ConfirmOffice(chat.given.invite, right))
    return chat.say(texts.CONFIRMED_SAID if right else texts.REFUSED_SAID, who=who or texts.SOMEBODY)


def _decline(chat: Chat) -> None:
    chat.say(texts.DECLINED)
    if chat.speaker.person is None:
        chat.forget()


def _agrees(chat: Chat, office: Role, words: Phrase) -> bool:
    options = {"yes": texts.I_AGREE, "no": texts.I_DECLINE}
    return chat.choose(f"yes_{office.unit_code}", words, options) == "yes"
