"""Getting to know each other: where somebody lives, how they are addressed, what they agree to."""

from __future__ import annotations

from conversation.chat import Chat
from conversation.messages import Phrase, Template, Words, phrase
from handlers.asking import ask_hamlet, ask_unit, place_reader
from handlers.asking_person import ask_honorific, ask_name
from handlers.operating import WhoRunsIt
from handlers.place import LINK, ChildrenOf, ResponsibleFor, UnitBy, commune_over, kind_of_place
from handlers.registration import texts
from handlers.registration.commands import CallMeBy, MoveTo, Register, Rejoin
from handlers.registration.queries import Me, Myself
from handlers.wording import in_sentence
from storage.units import Unit


def start(chat: Chat) -> None:
    """Whoever begins: by a link on a wall, by an invite, or by the word alone."""
    argument = chat.given.argument or ""
    chat.drop("registration")
    if argument and not argument.startswith(LINK):
        return chat.go("redeem", code=argument)
    linked = _linked(chat, argument)
    if argument and linked is None:
        chat.say(texts.UNKNOWN_LINK)
    me = chat.look(Me())
    if me is None:
        return chat.go("registration", unit=linked.code if linked else "", typed=chat.given.typed)
    return _welcome_back(chat, me, linked)


def _linked(chat: Chat, argument: str) -> Unit | None:
    """The place that a link or a code names."""
    code = argument.removeprefix(LINK).partition("_")[0]
    return chat.look(UnitBy(code)) if code else None


def _welcome_back(chat: Chat, me: Myself, linked: Unit | None) -> None:
    elsewhere = linked is not None and (me.unit is None or not me.unit.path.startswith(linked.path))
    if linked is not None and elsewhere:
        return chat.go("move", unit=linked.code)
    if me.unit is None:
        return chat.go("move")
    if not me.receives_news:
        return chat.go("rejoin")
    chat.say(texts.WELCOME_BACK, unit=me.unit.full_name)
    return chat.go("menu")


def registration(chat: Chat) -> None:
    """Place, honorific, consent; the name comes after, so that the proof of consent is the message that gave it."""
    if chat.speaker.person is not None:
        return chat.go("start")
    unit = _ask_where(chat)
    if unit is None:
        return chat.go("human")
    honorific = ask_honorific(chat)
    words = _consent(chat, texts.CONSENT, unit)
    if not _agrees(chat, unit, words):
        chat.say(texts.DECLINED)
        return chat.forget()
    chat.do(Register(honorific, unit.code, chat.speaker.language, (words, texts.DO_YOU_AGREE, texts.FULL)))
    return chat.go("naming")


def _ask_where(chat: Chat) -> Unit | None:
    linked = chat.look(UnitBy(chat.given.unit)) if chat.given.unit else None
    _greet(chat, linked)
    if linked is None:
        return ask_unit(chat)
    options: dict[str, Words] = {"yes": phrase(texts.HERE, unit=linked.full_name), "no": texts.ELSEWHERE}
    words = phrase(texts.TYPED if chat.given.typed else texts.SCANNED, unit=linked.full_name)
    here = chat.choose("here", words, options, free=place_reader(chat))
    return ask_hamlet(chat, linked) if here == "yes" else ask_unit(chat, words=here.words)


def _greet(chat: Chat, linked: Unit | None) -> None:
    """That this is a machine, whose it is, and whom to call."""
    operator = chat.look(WhoRunsIt())
    if operator.name:
        chat.say(texts.HELLO_BY, operator=operator.name)
    elif linked is None:
        chat.say(texts.HELLO)
    else:
        chat.say(texts.HELLO_THERE, commune=in_sentence(commune_over(chat, linked)))
    if operator.to_turn_to:
        chat.say(operator.to_turn_to)


def _consent(chat: Chat, template: Template, unit: Unit, **fields: object) -> Phrase:
    commune = in_sentence(commune_over(chat, unit))
    return phrase(template, unit=in_sentence(unit), kind=kind_of_place(unit), commune=commune, **fields)


def _agrees(chat: Chat, unit: Unit, words: Words) -> bool:
    """Named by the unit, so that a yes for one place is never taken for another."""
    chat.say(words)
    options = {"yes": texts.I_AGREE, "no": texts.I_DECLINE}
    asides = {"full": (texts.SEE_ALL, texts.FULL)}
    return chat.choose(f"yes_{unit.code}", texts.DO_YOU_AGREE, options, asides=asides) == "yes"


def naming(chat: Chat) -> None:
    """The name, if they like."""
    name = ask_name(chat, texts.THANKS_AND_NAME)
    if name:
        chat.do(CallMeBy(name))
    me = chat.look(Me())
    if me is not None and me.unit is not None:
        chat.say(texts.DONE, unit=me.unit.full_name)
    return chat.go("menu")


def move(chat: Chat) -> None:
    """To another place: by its link, or searched for."""
    me = chat.look(Me())
    if me is None:
        return chat.go("start")
    unit = chat.look(UnitBy(chat.given.unit)) if chat.given.unit else _ask_where_to(chat, me.unit)
    if unit is None:
        return chat.go("human")
    if me.unit is not None and unit.code == me.unit.code:
        return chat.say(texts.ALREADY_THERE, unit=unit.full_name)
    return _move_to(chat, unit, me.unit.full_name if me.unit else texts.NO_PLACE_YET)


def _ask_where_to(chat: Chat, old: Unit | None) -> Unit | None:
    """Most who move stay in their commune."""
    commune = commune_over(chat, old) if old else None
    if commune is None or not chat.look(ChildrenOf(commune.code)):
        return ask_unit(chat, texts.ASK_NEW_PLACE)
    options: dict[str, Words] = {"near": phrase(texts.NEAR, commune=in_sentence(commune)), "far": texts.FAR}
    pick = chat.choose("where", texts.WHERE_TO, options, free=place_reader(chat))
    return ask_hamlet(chat, commune) if pick == "near" else ask_unit(chat, texts.ASK_NEW_PLACE, pick.words)


def _move_to(chat: Chat, unit: Unit, old: Words) -> None:
    words = _consent(chat, texts.CONSENT_TO_MOVE, unit, old=old)
    chat.say(words)
    options = {"yes": texts.YES_MOVE, "no": texts.NO_MOVE}
    asides = {"full": (texts.SEE_ALL, texts.FULL)}
    if chat.choose(f"yes_{unit.code}", texts.DO_YOU_MOVE, options, asides=asides) == "no":
        return chat.say(texts.NOT_MOVED, old=old)
    chat.do(MoveTo(unit.code, (words, texts.DO_YOU_MOVE, texts.FULL)))
    return chat.say(texts.MOVED, unit=unit.full_name)


def rejoin(chat: Chat) -> None:
    """News again, after they were stopped."""
    me = chat.look(Me())
    if me is None or me.unit is None or me.receives_news:
        return chat.go("start")
    words = _consent(chat, texts.CONSENT, me.unit)
    if not _agrees(chat, me.unit, words):
        return chat.say(texts.NOT_REJOINED)
    chat.do(Rejoin((words, texts.DO_YOU_AGREE, texts.FULL)))
    chat.say(texts.REJOINED, unit=me.unit.full_name)
    return chat.go("menu")


def about(chat: Chat) -> None:
    """That it is a machine, who runs it, and how to leave."""
    chat.say(texts.ABOUT, runs_it=_who_runs_it(chat))
    if whom := chat.look(WhoRunsIt()).to_turn_to:
        chat.say(whom)


def _who_runs_it(chat: Chat) -> Words:
    operator = chat.look(WhoRunsIt())
    if operator.name:
        return phrase(texts.RUN_BY_OPERATOR, operator=operator.name)
    me = chat.look(Me())
    if me is None or me.unit is None:
        return texts.RUN_BY_FRONT
    commune = in_sentence(commune_over(chat, me.unit))
    responsible = chat.look(ResponsibleFor(me.unit.code))
    if not responsible:
        return phrase(texts.RUN_BY, commune=commune)
    first = responsible[0]
    return phrase(texts.RUN_BY_AND_WHO, commune=commune, who=first.called, office=first.office)
