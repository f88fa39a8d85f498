"""An inspector reads the log of their place, some lines at a time."""

from __future__ import annotations

from conversation.chat import Chat
from conversation.messages import Phrase, Words, phrase
from handlers.auditing import texts
from handlers.auditing.queries import AT_ONCE, Line, LogOf, LogsToRead
from handlers.place import OfficeCalled, UnitBy
from handlers.wording import in_sentence, listing, moment
from storage.audit import BRANCH
from storage.rights import Held
from storage.times import from_ms


def log(chat: Chat) -> None:
    """Newest first; nothing in it can be changed."""
    held = _which(chat)
    if held is None:
        return chat.say(texts.NO_LOG)
    office, before = held.office, chat.given.before
    unit = chat.look(UnitBy(office.unit_code))
    place = in_sentence(unit) if unit else office.unit_code
    lines = chat.look(LogOf(office.unit_code, office.organisation_code, before))
    shown = listing(map(in_words, lines), "\n")
    if len(lines) < AT_ONCE:
        if lines:
            chat.say(shown)
        return chat.say(texts.NO_MORE if lines or before else texts.NOTHING, place=place)
    if not chat.choose("more", phrase(texts.PAGE, lines=shown), {"older": texts.OLDER}, optional=texts.ENOUGH):
        return chat.say(texts.DONE)
    return chat.go("log", office=held.id, before=lines[-1].entry.id)


def _which(chat: Chat) -> Held | None:
    """Asked when there are several."""
    mine = {str(held.id): held for held in chat.look(LogsToRead())}
    if len(mine) > 1 and not chat.given.office:
        options: dict[str, Words] = {key: chat.look(OfficeCalled(held.office)) for key, held in mine.items()}
        return mine[str(chat.choose("which", texts.WHICH, options))]
    return mine.get(str(chat.given.office)) or next(iter(mine.values()), None)


def in_words(line: Line) -> Phrase:
    entry = line.entry
    who: Words = line.name or line.office or texts.SOMEBODY
    if line.name and line.office:
        who = phrase(texts.NAME_AND_OFFICE, name=line.name, office=line.office)
    return phrase(
        texts.LINE_WHY if entry.reason and entry.action in texts.FOR_A_PURPOSE else texts.LINE,
        when=moment(from_ms(entry.at)),
        who=who,
        did=texts.ACTS.get(entry.action, entry.action),
        what=_what(line),
        why=entry.reason,
    )


def _what(line: Line) -> Words:
    """No number of anybody: who has to know whom asks the operator."""
    entry = line.entry
    if entry.object_kind in texts.WITHOUT_NUMBER:
        return texts.DATA_OF if entry.action in texts.ON_DATA else texts.UNNAMED
    if entry.object_kind == BRANCH:
        return line.about
    what = texts.OBJECTS.get(entry.object_kind, entry.object_kind)
    return phrase(texts.WHAT, what=what, id=line.about or entry.object_id)
