"""What people may know and order about their own data."""

from __future__ import annotations

import re
from datetime import datetime

from conversation.answers import fold
from conversation.chat import Chat
from conversation.messages import Command, Phrase, Words, phrase
from conversation.questions import Check
from handlers.asking_person import ask_honorific, ask_name, has_honorifics
from handlers.my_data import texts
from handlers.my_data.commands import (
    CorrectMe,
    EraseMe,
    ForgetPhone,
    KeepBirthYear,
    MakeLink,
    StopNews,
    TakeAway,
    Withdraw,
    problem_of_year,
)
from handlers.my_data.queries import Agreed, HavePhone, MyConsents, Sight, WhatErasingDoes, WhatIsKept, WhoSawIt
from handlers.my_data.takeaway import FORMS, PATH
from handlers.operating import WhoRunsIt
from handlers.purposes import ANOTHER_PURPOSE, NEWS, PURPOSES, REPLY, URGENT
from handlers.wording import date, listing, moment
from storage.audit import FETCHED, Entry
from storage.times import from_ms

ELSEWHERE = {"place": "move", "channels": "channels", "phone": "my_phone", "membership": "my_status"}
"""What is corrected in talks of its own."""
FOUR_DIGITS = re.compile(r"[0-9]{4}")
ERASE_WORDS = {"xoa het", "xoahet"}


def my_data(chat: Chat) -> None:
    """Everything on one screen, and what can be done with it."""
    if chat.speaker.person is None:
        return chat.say(texts.NOTHING_KEPT)
    options: dict[str, Words] = {
        "take": texts.TAKE_AWAY,
        "correct": texts.CORRECT,
        "seen": texts.WHO_SAW,
        "withdraw": texts.WITHDRAW,
        "erase": texts.ERASE,
    }
    pick = chat.choose("what", _kept(chat), options)
    if pick == "take":
        return _take_away(chat)
    if pick == "seen":
        return _who_saw_it(chat)
    return chat.go(pick)


def _kept(chat: Chat) -> Phrase:
    things = listing(chat.look(WhatIsKept()), "; ")
    consents = [_consent(kept) for kept in chat.look(MyConsents())]
    if not consents:
        return phrase(texts.KEPT_NO_CONSENT, things=things)
    return phrase(texts.KEPT, things=things, consents=listing(consents, "; "))


def _consent(kept: Agreed) -> Phrase:
    template = texts.CONSENT_ENTERED.get(kept.consent.kind, texts.CONSENT_SINCE)
    purpose = PURPOSES.get(kept.consent.purpose, ANOTHER_PURPOSE)
    return phrase(template, purpose=purpose, day=date(kept.consent.given_at), who=kept.entered_by)


def _take_away(chat: Chat) -> None:
    if not chat.carries(FORMS):
        return _by_link(chat)
    chat.say(texts.HERE_IT_IS)
    for file in chat.do(TakeAway()):
        chat.show(document=file)
    return None


def _by_link(chat: Chat) -> None:
    """Where the channel carries no such files; without a public address, whom to ask."""
    operator = chat.look(WhoRunsIt())
    if not operator.address:
        return chat.say(phrase(texts.NO_WAY_HERE, whom=operator.to_turn_to or texts.CALL_SOMEBODY))
    link = chat.do(MakeLink(operator.links_hold))
    return chat.say(texts.BY_LINK, link=f"{operator.address}{PATH}{link.token}", until=moment(link.until))


def _who_saw_it(chat: Chat) -> None:
    sights = chat.look(WhoSawIt())
    for sight in sights:
        chat.say(_seen(sight))
    chat.say(texts.NO_ONE_ELSE if sights else texts.NO_ONE)


def _seen(sight: Sight) -> Phrase:
    entry, office = sight.entry, "" if sight.entry.object_kind == "errand" else sight.office
    if entry.action == FETCHED:
        return phrase(texts.FETCHED, when=moment(from_ms(entry.at)))
    name = entry.actor_name or texts.SOMEBODY
    return phrase(
        texts.SAW_WHY if entry.reason and not sight.branch else texts.SAW,
        who=phrase(texts.NAME_AND_OFFICE, name=name, office=office) if office else name,
        did=texts.ACTS.get(entry.action, texts.ANOTHER_ACT),
        what=_what(entry, sight.branch),
        when=moment(from_ms(entry.at)),
        why=entry.reason,
    )


def _what(entry: Entry, branch: str) -> Words:
    if branch:
        return phrase(texts.LIST_OF, branch=branch, count=entry.reason)
    if entry.object_kind == "errand":
        return texts.ERRANDS.get(entry.object_id, texts.ANOTHER_ERRAND)
    return phrase(texts.OBJECTS.get(entry.object_kind, texts.ANOTHER_OBJECT), id=entry.object_id)


def correct(chat: Chat) -> None:
    """One thing at a time."""
    if chat.speaker.person is None:
        return chat.say(texts.NOTHING_KEPT)
    options: dict[str, Words] = {
        "name": texts.NAME,
        "honorific": texts.HONORIFIC,
        "place": texts.PLACE,
        "phone": texts.PHONE,
        "no_phone": texts.NO_PHONE,
        "birth_year": texts.BIRTH_YEAR,
        "membership": texts.MEMBERSHIP,
        "channels": texts.CHANNELS,
    }
    if not has_honorifics(chat):
        del options["honorific"]
    if not chat.look(HavePhone()):
        del options["no_phone"]
    pick = chat.choose("what", texts.WHAT_TO_CORRECT, options)
    if pick in ELSEWHERE:
        return chat.go(ELSEWHERE[pick])
    command = _correction(chat, pick)
    if command is None:
        return chat.say(texts.KEPT_AS_IT_WAS)
    chat.do(command)
    return chat.say(texts.CORRECTED)


def _correction(chat: Chat, pick: str) -> Command[None] | None:
    """What is to be done; None when it stays as it was."""
    if pick == "no_phone":
        return ForgetPhone()
    if pick == "honorific":
        return CorrectMe(honorific=ask_honorific(chat))
    if pick == "name":
        name = ask_name(chat, texts.NEW_NAME, optional=texts.KEEP_IT)
        return CorrectMe(name) if name else None
    year = chat.few_words("year", texts.NEW_BIRTH_YEAR, check=_wrong_year(chat.at), optional=texts.KEEP_IT)
    return KeepBirthYear(int(year)) if year else None


def _wrong_year(at: datetime) -> Check:
    return lambda typed: problem_of_year(int(typed), at) if FOUR_DIGITS.fullmatch(typed) else texts.NO_SUCH_YEAR


def withdraw(chat: Chat) -> None:
    """Each purpose by itself."""
    if chat.speaker.person is None:
        return chat.say(texts.NOTHING_KEPT)
    given = [kept.consent.purpose for kept in chat.look(MyConsents())]
    in_force = {purpose: PURPOSES.get(purpose, ANOTHER_PURPOSE) for purpose in given}
    if not in_force:
        return chat.say(texts.NOTHING_TO_WITHDRAW)
    options: dict[str, Words] = {key: phrase(texts.WITHDRAW_ONE, purpose=words) for key, words in in_force.items()}
    pick = chat.choose("which", texts.WITHDRAW_WHICH, {**options, "none": texts.WITHDRAW_NONE})
    if pick == "none":
        return chat.say(texts.KEPT_AS_IT_WAS)
    chat.do(Withdraw(pick))
    chat.say(texts.WITHDRAWN, purpose=in_force[pick])
    if pick in texts.AND_AFTER:
        chat.say(texts.AND_AFTER[pick])
    return None


def stop(chat: Chat) -> None:
    """One word and one answer."""
    if chat.speaker.person is None:
        return chat.say(texts.NOTHING_SENT)
    in_force = {kept.consent.purpose for kept in chat.look(MyConsents())}
    if not in_force & {NEWS, URGENT}:
        return chat.say(texts.STOPPED_ALREADY)
    options = {"all": texts.STOP_ALL, "urgent": texts.ONLY_URGENT, "stay": texts.STAY}
    pick = chat.choose("how", texts.STOP, options)
    if pick == "stay":
        return chat.say(texts.STAYED)
    if pick == "urgent":
        chat.do(StopNews(only_urgent=texts.ONLY_URGENT_NOW))
        return chat.say(texts.ONLY_URGENT_NOW)
    chat.do(StopNews())
    return chat.say(texts.STOPPED_BUT_REPLIES if REPLY in in_force else texts.STOPPED)


def erase(chat: Chat) -> None:
    """The second step is typed, so that no slip of a finger erases anything."""
    if chat.speaker.person is None:
        chat.say(texts.NOTHING_KEPT)
        return chat.forget()
    does = chat.look(WhatErasingDoes())
    chat.say(texts.SURE, erases=listing(does.erases), keeps=listing(does.keeps, "; "))
    if not chat.text("sure", texts.TYPE_IT, check=_not_sure, optional=texts.KEEP_ALL):
        return chat.say(texts.KEPT_ALL)
    chat.do(EraseMe())
    chat.say(texts.ERASED, when=moment(chat.at))
    return chat.forget()


def _not_sure(words: str) -> Words | None:
    return None if fold(words).strip(" .!«»\"'") in ERASE_WORDS else texts.NOT_ERASED_YET
