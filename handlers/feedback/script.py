"""Sending feedback: what happened, what it is about, where, signed or not, and off it goes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from conversation.chat import Chat, Told
from conversation.messages import FileRef, Phrase, Words, phrase
from handlers.asking import ask_commune
from handlers.asking_person import ask_honorific, ask_name
from handlers.dates import said_deadline
from handlers.feedback import texts, topics, words
from handlers.feedback.commands import Opened, OpenTicket, Sender
from handlers.feedback.photos import ask_for_photos
from handlers.feedback.queries import Signing
from handlers.place import UnitBy, commune_over
from handlers.wording import in_sentence
from storage.units import Unit

SHORTEST = 10
FULL_TOPIC_PAGE = 5


@dataclass(frozen=True, slots=True)
class Matter:
    """What is to be sent."""

    text: str
    files: tuple[FileRef, ...]
    topic: str
    urgent: bool


def feedback(chat: Chat) -> None:
    """From the first words to the receipt."""
    told = _tell(chat)
    told = told and _lawful(chat, told)
    if told is None:
        return None
    matter = _matter(chat, told)
    unit = _where(chat)
    if unit is None:
        return chat.go("human")
    named = _named(chat, unit)
    if named is None:
        return chat.say(texts.NOT_SENT)
    if named.sender is not None:
        files, agreed_to = ask_for_photos(chat, matter.files)
        matter, named = replace(matter, files=files), Signed(replace(named.sender, photos=agreed_to))
    return _send(chat, matter, unit, named)


def with_photo(chat: Chat) -> None:
    """Something was sent that nobody could read; perhaps it was to be feedback."""
    wish = chat.choose("wish", texts.WITH_PHOTO, {"yes": texts.WITH_PHOTO_YES, "no": texts.WITH_PHOTO_NO})
    return chat.go("feedback" if wish == "yes" else "menu")


# what happened ------------------------------------------------------------------------------------------------------


def _tell(chat: Chat) -> Told | None:
    """The matter in their own words; a message nobody asked for is only asked about, unless there is danger."""
    prefilled = _prefilled(chat)
    if prefilled:
        urgent = _warn(chat, prefilled.text)
        plain = urgent or chat.given.argument or topics.elsewhere(prefilled.text)
        if not plain and not _means_it(chat, prefilled):
            chat.say(texts.NOTHING_SENT)
            return None
        if urgent or len(prefilled.text) >= SHORTEST or prefilled.voice:
            return prefilled
    told = chat.text("text", texts.TELL, at_least=SHORTEST, optional=texts.DROP)
    if not told:
        chat.say(texts.NOTHING_SENT)
        return None
    _warn(chat, told.text)
    return Told(told.text, told.voice, (*prefilled.photos, *told.photos))


def _prefilled(chat: Chat) -> Told:
    given = chat.given
    refs = [FileRef(**row) for row in given.files or ()]
    voice = next((ref for ref in refs if ref.kind == "voice"), None)
    text = given.text or given.argument or ""
    return Told(text, voice, tuple(ref for ref in refs if ref.kind == "photo"))


def _means_it(chat: Chat, told: Told) -> bool:
    pictured = texts.START_WITH_PHOTO if told.photos else texts.START
    prompt = texts.START_WITH_VOICE if told.voice else pictured
    return chat.confirm("start", prompt, yes=texts.YES_SEND, no=texts.NO_SEND)


def _warn(chat: Chat, text: str) -> bool:
    """Where there is danger, the numbers to call come before anything else; whether it is sure."""
    alarm = topics.alarm_of(text)
    if alarm is None:
        return False
    chat.say(texts.ALARMS[alarm.key])
    return alarm.sure


def _lawful(chat: Chat, told: Told) -> Told | None:
    """Complaints and denunciations have ways of their own; the bot only asks, and keeps nothing of them."""
    kind = topics.elsewhere(told.text)
    if not kind:
        return told
    options = {"where": texts.SEE_WHERE, "general": texts.SEND_ANYWAY, "erase": texts.ERASE_IT}
    wish = chat.choose("like", texts.IT_IS_LIKE[kind], options)
    if wish == "general":
        again = chat.text("general", texts.TELL_WITHOUT_NAMES, at_least=SHORTEST)
        return Told(again.text, again.voice, (*told.photos, *again.photos))
    chat.say(texts.GUIDE[kind] if wish == "where" else texts.ERASED)
    chat.forget()
    return None


# what it is about ---------------------------------------------------------------------------------------------------


def _matter(chat: Chat, told: Told) -> Matter:
    alarm = topics.alarm_of(told.text)
    urgent = alarm is not None and alarm.sure
    guess = topics.topic_of(told.text)
    topic = (guess or topics.OTHER) if urgent else _topic(chat, told, guess)
    if not urgent:
        urgent = _dangerous(chat, topic, doubtful=alarm is not None)
    where = texts.WHERE_URGENT if urgent else texts.WHERE
    place = chat.text("place", where, optional=texts.SKIP, photo_alone=True)
    text = "\n".join(part for part in (told.text, place.text) if part)
    return Matter(text, (*told.files, *place.files), topic, urgent)


def _topic(chat: Chat, told: Told, guess: str) -> str:
    """The guess, if they agree; else their choice."""
    if guess:
        prompt = phrase(texts.HEARD, text=words.cut(told.text), topic=words.topic_words(guess))
        if chat.choose(f"is_{guess}"[:16], prompt, {"yes": texts.RIGHT, "no": texts.OTHER_TOPIC}) == "yes":
            return guess
    options = {key: full for key, (full, _) in topics.NAMES.items() if key not in (guess, topics.OTHER)}
    asks = texts.HEARD_VOICE if told.voice and not told.text else texts.WHICH_TOPIC
    other = topics.NAMES[topics.OTHER][0]
    return chat.choose("topic", asks, options, page=FULL_TOPIC_PAGE, optional=other) or topics.OTHER


def _dangerous(chat: Chat, topic: str, *, doubtful: bool) -> bool:
    """Asked only where danger is likely."""
    if topic not in topics.DANGERS and not doubtful:
        return False
    danger = topics.DANGERS.get(topic)
    prompt = phrase(texts.DANGER, danger=danger) if danger else texts.DANGER_ANY
    if not chat.confirm("danger", prompt, yes=texts.DANGER_YES, no=texts.DANGER_NO):
        return False
    chat.say(texts.ALARMS[topics.WHOM_TO_CALL.get(topic, "danger")])
    return True


# who signs ----------------------------------------------------------------------------------------------------------


def _where(chat: Chat) -> Unit | None:
    """Those who live somewhere need not say it again."""
    known = chat.look(UnitBy(chat.look(Signing()).unit))
    return known or ask_commune(chat, texts.WHICH_COMMUNE)


@dataclass(frozen=True, slots=True)
class Signed:
    """How a ticket is signed; without a sender by nobody."""

    sender: Sender | None


def _named(chat: Chat, unit: Unit) -> Signed | None:
    """With a name there is consent to it, asked at this moment; None when they would rather not send."""
    signing = chat.look(Signing())
    if signing.helped is not None:  # only they can agree, and a ticket without a name must not tell who helped
        if not signing.agrees:
            chat.say(texts.THEY_MUST_AGREE, who=signing.helped)
        return Signed(Sender()) if signing.agrees else None
    if chat.choose("named", texts.WITH_NAME, {"yes": texts.NAMED, "no": texts.NAMELESS}) == "no":
        return Signed(None)
    if signing.agrees:
        return Signed(Sender())
    stranger = chat.speaker.person is None
    honorific = chat.speaker.honorific or (ask_honorific(chat) if stranger else "")
    consent = phrase(texts.CONSENT, office=_office(chat, unit))
    if chat.choose(f"yes_{unit.code}", consent, {"yes": texts.AGREE, "no": texts.DISAGREE}) == "no":
        send = chat.choose("instead", texts.INSTEAD, {"yes": texts.SEND_NAMELESS, "no": texts.DROP})
        return Signed(None) if send == "yes" else None
    name = ask_name(chat) if stranger else ""
    return Signed(Sender(honorific, name, chat.speaker.language, consent))


def _office(chat: Chat, unit: Unit) -> str:
    return in_sentence(commune_over(chat, unit))


# off it goes --------------------------------------------------------------------------------------------------------


def _send(chat: Chat, matter: Matter, unit: Unit, signed: Signed) -> None:
    office = _office(chat, unit)
    summary = _summary(chat, matter, office, signed)
    if not chat.confirm("send", summary, about=(matter, unit.code, signed), yes=texts.SEND, no=texts.DO_NOT_SEND):
        return chat.say(texts.NOT_SENT)
    place = unit.code if signed.sender else commune_over(chat, unit).code
    opened = chat.do(OpenTicket(place, matter.topic, matter.text, matter.files, matter.urgent, signed.sender))
    if not opened.somebody:
        chat.say(texts.NOBODY_YET)
    chat.say(_receipt(chat, opened, office, matter.urgent))
    if signed.sender is None:
        chat.forget()
    return None


def _summary(chat: Chat, matter: Matter, office: str, signed: Signed) -> Phrase:
    topic = texts.URGENT_MATTER if matter.urgent else words.topic_words(matter.topic)
    return phrase(
        texts.SUMMARY,
        office=office,
        text=words.told(matter.text),
        topic=topic,
        attached=_attached(matter.files),
        sender=_signature(chat, signed),
    )


def _attached(files: tuple[FileRef, ...]) -> Words:
    photos = sum(ref.kind == "photo" for ref in files)
    if photos:
        return phrase(texts.PHOTOS, count=photos)
    return texts.VOICES if files else ""


def _signature(chat: Chat, signed: Signed) -> Words:
    if signed.sender is None:
        return texts.HONEST
    helped = chat.look(Signing()).helped
    name = signed.sender.name or chat.speaker.name if helped is None else helped
    return phrase(texts.SENDER, name=name) if name else texts.SENDER_UNNAMED


def _receipt(chat: Chat, opened: Opened, office: str, urgent: bool) -> Words:
    times = opened.times
    resolve = said_deadline(times.resolve_by)
    if opened.claim:
        template = texts.RECEIPT_NAMELESS_URGENT if urgent else texts.RECEIPT_NAMELESS
        return phrase(template, office=office, claim=opened.claim, resolve=resolve)
    return phrase(
        texts.RECEIPT_URGENT if urgent else texts.RECEIPT,
        code=opened.code,
        office=office,
        resolve=resolve,
        receive=said_deadline(times.receive_by, chat.at),
        short=words.short_code(opened.code),
    )
