"""After it was sent: how it stands, whether it is solved, what is still to be said."""

from __future__ import annotations

from conversation.chat import Chat, Told
from conversation.messages import Template, Words, phrase
from handlers.dates import day_words, local, said_deadline
from handlers.feedback import texts, words
from handlers.feedback.claims import Claimed, LookUpClaim
from handlers.feedback.commands import AddWords, Again, ConfirmSolved, Reopen, Withdraw
from handlers.feedback.letters import REPLY_OR_LATER, RESOLUTION
from handlers.feedback.officer_commands import ViewTicket
from handlers.feedback.photos import ask_for_photos
from handlers.feedback.queries import DeskCode, MyTicket, MyTickets, Standing
from handlers.feedback.rules import CLOSED, Act, Status
from handlers.place import CommuneOf
from handlers.wording import in_sentence
from storage.tickets import Ticket
from storage.times import from_ms

PAGE = 5
SAYS_MORE = "say_more"


# how it stands ------------------------------------------------------------------------------------------------------


def my_tickets(chat: Chat) -> None:
    """The list of one's own, and what may be done with one."""
    mine = chat.look(MyTickets())
    if not mine:
        return chat.say(texts.NONE_YET)
    options: dict[str, Words] = {str(ticket.id): words.row(ticket) for ticket in mine}
    picked = chat.choose("which", texts.MINE, options, page=PAGE, optional=texts.NOTHING_MORE)
    return chat.go("my_ticket", ticket=int(picked)) if picked else chat.say(texts.NOT_PASSED_ON)


def my_ticket(chat: Chat) -> None:
    """One of them, with what may be done."""
    standing = chat.look(MyTicket(chat.given.ticket))
    ticket = standing.ticket
    if ticket.status in (Status.ANSWERED, Status.SILENT):
        return chat.go("resolution", ticket=ticket.id)
    stands = words.standing_words(standing, chat.at)
    if ticket.status in CLOSED:
        return chat.say(stands)
    options = {"more": texts.ADD_WORDS, "withdraw": texts.WITHDRAW, "done": texts.LATER}
    act = chat.choose("act", phrase(texts.WHAT_NEXT, standing=stands), options)
    if act == "withdraw":
        return _withdraw(chat, ticket)
    return chat.go(SAYS_MORE, ticket=ticket.id) if act == "more" else chat.say(texts.NOT_PASSED_ON)


def _withdraw(chat: Chat, ticket: Ticket) -> None:
    prompt = phrase(texts.REALLY_WITHDRAW, code=ticket.code)
    if not chat.confirm("really", prompt, about=ticket.id, yes=texts.YES_WITHDRAW, no=texts.KEEP_IT):
        return chat.say(texts.KEPT, code=ticket.code)
    chat.do(Withdraw(ticket.id))
    return chat.say(texts.WITHDRAWN, code=ticket.code)


def ticket_state(chat: Chat) -> None:
    """`PA 0427`: one's own; for officers also one they are in charge of; anybody else's is as good as none."""
    mine = chat.look(MyTickets(chat.given.number))
    if len(mine) > 1:
        options: dict[str, Words] = {str(ticket.id): words.row(ticket) for ticket in mine}
        picked = chat.choose("which", texts.WHICH_OF_THEM, options, page=PAGE)
        mine = [ticket for ticket in mine if str(ticket.id) == picked]
    if mine:
        return chat.go("my_ticket", ticket=mine[0].id)
    on_desk = chat.look(DeskCode(f"PA {chat.given.number}"))
    if on_desk is None:
        return chat.say(texts.NOT_FOUND)
    chat.do(ViewTicket(on_desk))
    return chat.go("desk_ticket", ticket=on_desk)


# is it solved? ------------------------------------------------------------------------------------------------------


def resolution(chat: Chat) -> None:
    """Asked by the letter that brings the answer."""
    standing = chat.look(MyTicket(chat.given.ticket))
    code = standing.ticket.code
    done = chat.choose("done", phrase(texts.ANSWERED, code=code, answer=standing.last_text(Act.ANSWER)), RESOLUTION)
    if done == "more":
        return chat.go(SAYS_MORE, ticket=standing.ticket.id)
    if done == "solved":
        chat.do(ConfirmSolved(standing.ticket.id))
        return chat.say(texts.THANKS, code=code)
    again = chat.do(Reopen(standing.ticket.id))
    chat.say(_again(chat, again))
    return None if again.how == Act.GIVE_UP else chat.go("missing", ticket=standing.ticket.id)


def _again(chat: Chat, again: Again) -> Words:
    """How it goes on, with the new deadline."""
    day = day_words(local(again.by).date())
    office = in_sentence(chat.look(CommuneOf(again.unit)))
    said = {Act.REOPEN: texts.REOPENED, Act.ESCALATE: texts.ESCALATED, Act.GIVE_UP: texts.GIVEN_UP}
    return phrase(said[again.how], day=day, office=office)


def missing(chat: Chat) -> None:
    """What is not done yet."""
    _pass_on(chat, _more_words(chat, texts.WHAT_IS_MISSING))


def say_more(chat: Chat) -> None:
    """A further question, or something forgotten."""
    _pass_on(chat, _more_words(chat, texts.WHAT_TO_ASK))


def _more_words(chat: Chat, prompt: Words) -> Told:
    return chat.text("words", prompt, at_least=2, photo_alone=True, optional=texts.SKIP)


def _pass_on(chat: Chat, told: Told) -> None:
    if not told:
        return chat.say(texts.NOT_PASSED_ON)
    files, agreed_to = ask_for_photos(chat, told.files)
    if not told.text and not files:
        return chat.say(texts.NOT_PASSED_ON)
    ticket = chat.do(AddWords(chat.given.ticket, told.text, files, agreed_to))
    return chat.say(texts.PASSED_ON, resolve=said_deadline(from_ms(ticket.resolve_by)))


# an officer asks ----------------------------------------------------------------------------------------------------


def more_info(chat: Chat) -> None:
    """Opened by an officer's question: answered by the button, or at once in one's own words."""
    standing = chat.look(MyTicket(chat.given.ticket))
    ticket, question = standing.ticket, standing.last_text(Act.ASK)
    if ticket.status != Status.WAITING:
        return chat.go("my_ticket", ticket=ticket.id)
    asked = phrase(texts.ASKED, code=ticket.code, question=question)
    reply = chat.choose("reply", asked, REPLY_OR_LATER, free=True)
    if reply == "later":
        return chat.say(texts.NOT_PASSED_ON)
    if not reply.words:
        return _pass_on(chat, _more_words(chat, texts.YOUR_ANSWER))
    text = reply.words
    prompt = phrase(texts.SEND_THIS, code=ticket.code, text=text)
    if not chat.confirm("send", prompt, about=text, yes=texts.YES_SEND_IT, no=texts.ANOTHER_MATTER):
        return chat.go("feedback", argument=text)
    return _pass_on(chat, Told(text))


# by claim code ------------------------------------------------------------------------------------------------------


def claim(chat: Chat) -> None:
    """`TRA 4729-1836`, perhaps with words: one turn, and nothing of it stays in the session."""
    chat.forget()
    claimed = chat.do(LookUpClaim(chat.given.digits, chat.given.words or ""))
    if claimed == "too_often":
        return chat.say(texts.CLAIM_TOO_OFTEN)
    if isinstance(claimed, str):
        return chat.say(texts.CLAIM_UNKNOWN)
    if claimed.again is not None:
        return chat.say(_claim_goes_on(claimed.again))
    return _say_claim(chat, claimed)


def _claim_goes_on(again: Again) -> Words:
    day = day_words(local(again.by).date())
    said = {
        Act.ADD: texts.CLAIM_ADDED,
        Act.REOPEN: texts.CLAIM_REOPENED,
        Act.ESCALATE: texts.ESCALATED,
        Act.GIVE_UP: texts.GIVEN_UP,
    }
    return phrase(said[again.how], day=day)


def _say_claim(chat: Chat, claimed: Claimed) -> None:
    ticket = claimed.ticket
    digits = chat.given.digits
    how = phrase(_claim_next(ticket.status), claim=f"{digits[:4]}-{digits[4:]}")
    state = words.state_words(Standing(ticket, claimed.events), chat.at)
    text = words.told(words.cut(ticket.text))
    chat.say(texts.CLAIMED, topic=words.topic_words(ticket.topic), text=text, state=state, more=how)


def _claim_next(status: str) -> Template:
    if status in (Status.ANSWERED, Status.SILENT):
        return texts.CLAIM_REOPEN
    return texts.CLAIM_DONE if status in CLOSED else texts.CLAIM_ADD
