"""An officer looks at people who may be one, pair after pair."""

from __future__ import annotations

from conversation.chat import Chat
from conversation.messages import Words, phrase
from handlers.members import pair_texts as texts
from handlers.members.naming import born
from handlers.members.pairs import DecidePair, ShowPair, UndecidedPairs
from handlers.phones import masked
from handlers.wording import listing
from storage.duplicates import Pair, Suspect


def pairs(chat: Chat) -> None:
    """Those put off come last; that somebody looked at them is written down about both."""
    put_off = chat.given.put_off or []
    waiting = [pair for pair in chat.look(UndecidedPairs()) if _key(pair) not in put_off]
    if not waiting:
        return chat.say(texts.NO_PAIRS)
    chat.do(ShowPair(waiting[0].older.id, waiting[0].younger.id))
    return chat.go("pair", pair=_key(waiting[0]), put_off=put_off)


def pair(chat: Chat) -> None:
    """Joining two cannot be undone, so it is asked about twice."""
    put_off = chat.given.put_off or []
    waiting = [each for each in chat.look(UndecidedPairs()) if _key(each) not in put_off]
    this = next((each for each in waiting if _key(each) == chat.given.pair), None)
    if this is None:
        return chat.go("pairs", put_off=put_off)
    asked = phrase(texts.ASK, count=len(waiting), older=suspect(this.older), younger=suspect(this.younger))
    options: dict[str, Words] = {"same": texts.SAME, "different": texts.DIFFERENT, "later": texts.LATER}
    pick = chat.choose("which", asked, options, optional=texts.STOP)
    if not pick:
        return chat.say(texts.LIST_DONE)
    if pick == "later":
        return chat.go("pairs", put_off=[*put_off, _key(this)])
    if pick == "different":
        chat.do(DecidePair(this.older.id, this.younger.id, "different"))
        chat.say(texts.KEPT_APART)
        return chat.go("pairs", put_off=put_off)
    return _merge(chat, this, put_off)


def _merge(chat: Chat, pair: Pair, put_off: list[str]) -> None:
    sure = phrase(texts.SURE, name=_name(pair.older))
    if not chat.confirm("sure", sure, about=_key(pair), yes=texts.YES, no=texts.NO):
        return chat.go("pairs", put_off=[*put_off, _key(pair)])
    chat.do(DecidePair(pair.older.id, pair.younger.id, "same"))
    chat.say(texts.MERGED, name=_name(pair.older))
    return chat.go("pairs", put_off=put_off)


def _key(pair: Pair) -> str:
    return f"{pair.older.id}:{pair.younger.id}"


def _name(who: Suspect) -> Words:
    return who.name or texts.NO_NAME


def suspect(who: Suspect) -> Words:
    """What is known of one of the two, the phone masked."""
    known = [born(who.birth_year), who.unit, masked(who.phone) if who.phone else ""]
    known.append(texts.WRITES if who.has_chat else texts.LISTED)
    return phrase(texts.SUSPECT, name=_name(who), details=listing([each for each in known if each]))
