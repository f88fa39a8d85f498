"""An officer's desk: what waits, one ticket after another, and what can be done with it."""

from __future__ import annotations

from conversation.chat import Chat
from conversation.messages import Template, Words, phrase
from handlers.feedback import officer_texts as texts
from handlers.feedback import words
from handlers.feedback.letters import OPEN_OR_LATER
from handlers.feedback.officer_commands import (
    UP,
    AnswerTicket,
    AskResident,
    ForwardTicket,
    GuideTicket,
    ReceiveTicket,
    ViewTicket,
    place_words,
)
from handlers.feedback.queries import Desk, DeskTicket, LetterAbout, OnDesk
from handlers.feedback.rules import IN_WORK, Status
from storage.tickets import Ticket

PAGE = 5
SHORTEST_ANSWER = 10


def desk(chat: Chat) -> None:
    """What waits, the most pressing first."""
    listed = chat.look(OnDesk())
    if not listed:
        return chat.say(texts.DESK_EMPTY)
    rows: dict[str, Words] = {str(ticket.id): words.desk_row(ticket, chat.at) for ticket in listed}
    overdue = sum(words.is_late(ticket, chat.at) for ticket in listed)
    prompt = phrase(texts.DESK if overdue else texts.DESK_ON_TIME, count=len(listed), overdue=overdue)
    picked = chat.choose("ticket", prompt, rows, page=PAGE, optional=texts.DESK_DONE)
    return _open(chat, int(picked)) if picked else chat.say(texts.LATER_SAID)


def desk_open(chat: Chat) -> None:
    """Opened by a letter about one ticket."""
    number = chat.given.ticket
    letter = chat.look(LetterAbout(number, chat.given.kind))
    if chat.choose("open", letter, OPEN_OR_LATER) == "later":
        return chat.say(texts.LATER_SAID)
    return _open(chat, number)


def _open(chat: Chat, number: int) -> None:
    """Looking is an act: it is written down, so that the sender can see who looked."""
    chat.do(ViewTicket(number))
    return chat.go("desk_ticket", ticket=number)


def desk_ticket(chat: Chat) -> None:
    """One ticket, its pictures, and what to do."""
    case = chat.look(DeskTicket(chat.given.ticket))
    if not chat.given.seen:
        chat.show(files=map(str, case.files))
    asked = words.desk_words(case, chat.at, shown=not chat.given.seen)
    act = chat.choose("act", asked, _acts(case))
    if act == "receive":
        return _receive(chat, case)
    if act == "back":
        return chat.go("desk")
    talks = {"answer": "desk_answer", "ask": "desk_ask", "pass": "desk_pass"}
    return chat.go(talks[act], ticket=case.standing.ticket.id)


def _acts(case: Desk) -> dict[str, Words]:
    ticket = case.standing.ticket
    if not case.works:
        return {"back": texts.BACK}
    acts: dict[str, Words] = {}
    if ticket.status == Status.NEW:
        acts["receive"] = texts.RECEIVE
    if ticket.status in IN_WORK or ticket.status == Status.WAITING:
        acts["answer"] = texts.ANSWER
    if ticket.status in IN_WORK:
        acts["ask"] = texts.ASK
        acts["pass"] = texts.PASS_ON
    return {**acts, "back": texts.BACK}


def _receive(chat: Chat, case: Desk) -> None:
    ticket = chat.do(ReceiveTicket(case.standing.ticket.id))
    chat.say(texts.RECEIVED, code=ticket.code)
    return chat.go("desk_ticket", ticket=ticket.id, seen=True)


# answering and asking -----------------------------------------------------------------------------------------------


def desk_answer(chat: Chat) -> None:
    """In writing, read once more before it goes."""
    ticket = chat.look(DeskTicket(chat.given.ticket)).standing.ticket
    text = _written(chat, "answer", phrase(texts.WHAT_ANSWER, code=ticket.code))
    if not (text and _confirmed(chat, texts.PREVIEW_ANSWER, text=text)):
        chat.say(texts.NOTHING_SENT)
        return chat.go("desk_ticket", ticket=ticket.id, seen=True)
    chat.do(AnswerTicket(ticket.id, text))
    chat.say(texts.ANSWER_KEPT if ticket.anonymous else texts.ANSWER_SENT, code=ticket.code)
    return chat.go("desk")


def desk_ask(chat: Chat) -> None:
    """A question back to the sender."""
    ticket = chat.look(DeskTicket(chat.given.ticket)).standing.ticket
    text = _written(chat, "question", phrase(texts.WHAT_QUESTION, code=ticket.code))
    if not (text and _confirmed(chat, texts.PREVIEW_ANSWER, text=text)):
        chat.say(texts.NOTHING_SENT)
        return chat.go("desk_ticket", ticket=ticket.id, seen=True)
    chat.do(AskResident(ticket.id, text))
    chat.say(texts.QUESTION_KEPT if ticket.anonymous else texts.QUESTION_SENT, code=ticket.code)
    return chat.go("desk")


def _written(chat: Chat, name: str, prompt: Words) -> str:
    """The officer's words; empty when they would rather not."""
    told = chat.text(name, prompt, at_least=SHORTEST_ANSWER, check=_in_writing, optional=texts.DROP)
    return told.text


def _in_writing(text: str) -> Words | None:
    return None if text else texts.ONLY_WRITTEN


def _confirmed(chat: Chat, preview: Template, yes: Words = texts.SEND, **shown: Words) -> bool:
    return chat.confirm("send", phrase(preview, **shown), about=sorted(shown.items(), key=str), yes=yes, no=texts.DROP)


# passing on ---------------------------------------------------------------------------------------------------------


def desk_pass(chat: Chat) -> None:
    """To those above, to another body, or to where the law takes it."""
    ticket = chat.look(DeskTicket(chat.given.ticket)).standing.ticket
    options = {
        UP: texts.TO_SUPERIORS,
        "power": texts.TO_POWER,
        "police": texts.TO_POLICE,
        "other": texts.TO_OTHER,
        "guide": texts.TO_RECEPTION,
    }
    to = str(chat.choose("to", phrase(texts.WHERE_TO, code=ticket.code), options))
    if to == "guide":
        return _guide(chat, ticket)
    if to == "other":
        to = chat.text("place", texts.NAME_OF_PLACE, at_least=2, at_most=60, check=_in_writing).text
    return _forward(chat, ticket, to)


def _guide(chat: Chat, ticket: Ticket) -> None:
    text = _written(chat, "guidance", texts.WORDS_OF_GUIDANCE)
    if not (text and _confirmed(chat, texts.PREVIEW_GUIDE, code=ticket.code, text=text)):
        chat.say(texts.NOTHING_SENT)
        return chat.go("desk_ticket", ticket=ticket.id, seen=True)
    chat.do(GuideTicket(ticket.id, text))
    chat.say(texts.GUIDED, code=ticket.code)
    return chat.go("desk")


def _forward(chat: Chat, ticket: Ticket, to: str) -> None:
    text = _written(chat, "words", texts.WORDS_TO_RESIDENT)
    target = place_words(to)
    shown = {"code": ticket.code, "target": target, "text": text}
    if not (text and _confirmed(chat, texts.PREVIEW_FORWARD, texts.DO_FORWARD, **shown)):
        chat.say(texts.NOTHING_SENT)
        return chat.go("desk_ticket", ticket=ticket.id, seen=True)
    chat.do(ForwardTicket(ticket.id, to, text))
    chat.say(texts.FORWARDED, code=ticket.code, target=target)
    return chat.go("desk")
