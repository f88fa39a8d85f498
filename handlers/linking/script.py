"""One person in several apps: the code from the one, typed in the other; where to be written to; letting one go."""

from __future__ import annotations

from conversation.chat import Chat
from conversation.messages import Words, phrase
from handlers.asking_person import ask_name
from handlers.guessing import TOO_MANY
from handlers.linking import texts
from handlers.linking.commands import Link, MakeLinkCode, Prefer, ShowNamesakes, TryLinkCode, Unlink
from handlers.linking.queries import MyPlaces, Namesakes, Place, WhoMeet
from handlers.wording import listing
from storage.invites import hash_of

ANSWERS = {"wrong": texts.WRONG, "too_many": TOO_MANY}


def link(chat: Chat) -> None:
    """A code to take along to the other app."""
    if chat.speaker.person is None:
        return chat.say(texts.NOT_HERE_YET)
    return chat.say(texts.CODE, code=chat.do(MakeLinkCode()))


def link_code(chat: Chat) -> None:
    """The code itself is never kept: from here on there is only its hash."""
    chat.drop("link_chat")
    outcome = chat.do(TryLinkCode(chat.given.code or ""))
    if outcome != "right":
        return chat.say(ANSWERS[outcome])
    return chat.go("link_chat", link=hash_of(chat.given.code))


def link_chat(chat: Chat) -> None:
    """Somebody new here is told; somebody who has a record here is asked, for it cannot be undone."""
    meeting = chat.look(WhoMeet(chat.given.link))
    if meeting is None:
        return chat.say(texts.WRONG)
    if meeting.proves:
        chat.do(Link(chat.given.link))
        return chat.say(texts.PROVEN)
    if meeting.owner == chat.speaker.person:
        return chat.say(texts.HERE_ALREADY)
    if meeting.office_here:
        return chat.say(texts.OFFICE_HERE)
    if meeting.here is not None:
        options: dict[str, Words] = {"yes": texts.YES_ONE, "no": texts.NO_ONE}
        words = phrase(texts.BECOME_ONE, here=meeting.here, there=meeting.there)
        if chat.choose("one", words, options) == "no":
            return chat.say(texts.NOT_LINKED)
    chat.do(Link(chat.given.link))
    chat.say(texts.LINKED)
    return chat.go("rejoin" if meeting.first else "prefer")


def prefer(chat: Chat) -> None:
    """Asked where there is a choice."""
    places = _by_account(chat)
    if len(places) < 2:  # noqa: PLR2004 - one of two
        return chat.go("menu")
    options: dict[str, Words] = {place.key: place.label for place in places.values()}
    pick = chat.choose("where", texts.ASK_PREFERRED, options)
    account = next((account for account, place in places.items() if place.key == pick), "")
    chat.do(Prefer(account))
    return chat.say(texts.PREFERRED)


def _by_account(chat: Chat) -> dict[str, Place]:
    """One place for each bot account that can be written by."""
    return {place.account: place for place in chat.look(MyPlaces()) if place.usable}


def channels(chat: Chat) -> None:
    """Where the bot is used, and what can be changed about it."""
    places = chat.look(MyPlaces())
    if not places:
        return chat.say(texts.NOT_HERE_YET)
    options: dict[str, Words] = {"link": texts.ADD}
    if len(_by_account(chat)) > 1:
        options["prefer"] = texts.PREFER
    if len(places) > 1:
        options["unlink"] = texts.DROP
    names = listing((place.label for place in places), "; ")
    return chat.go(chat.choose("what", phrase(texts.CHANNELS, places=names), options))


def unlink(chat: Chat) -> None:
    """A chat that is let go knows nothing any more."""
    places = chat.look(MyPlaces())
    if not places:
        return chat.say(texts.NOT_HERE_YET)
    if len(places) == 1:
        return chat.say(texts.ONLY_ONE)
    options: dict[str, Words] = {place.key: place.label for place in places}
    pick = chat.choose("which", texts.WHICH_TO_DROP, {**options, "none": texts.DROP_NONE})
    if pick == "none":
        return chat.say(texts.KEPT_ALL)
    if chat.do(Unlink(pick)):
        chat.say(texts.DROPPED_HERE)
        return chat.forget()
    return chat.say(texts.DROPPED)


def link_for(chat: Chat) -> None:
    """For somebody of one's unit who cannot get a code: met in person, never by a name alone."""
    if chat.speaker.person is None:
        return chat.say(texts.NOT_HERE_YET)
    name = ask_name(chat, texts.LINK_WHOM, optional=None)
    if not chat.look(Namesakes(name)):
        return chat.say(texts.NOBODY, name=name)
    chat.do(ShowNamesakes(name))
    return chat.go("link_whom", name=name)


def link_whom(chat: Chat) -> None:
    """Who of those called so."""
    found = {str(number): label for number, label in chat.look(Namesakes(chat.given.name))}
    pick = chat.choose("who", texts.WHO_OF_THEM, {**found, "none": texts.NONE_OF_THEM})
    if pick == "none":
        return chat.say(texts.KEPT_ALL)
    code = chat.do(MakeLinkCode(int(pick)))
    return chat.say(texts.CODE_FOR, who=found[pick], code=code)
