"""Words about one ticket, built from its row and its history."""

from __future__ import annotations

from datetime import datetime

from conversation.messages import Phrase, Words, phrase
from handlers import dates
from handlers.feedback import officer_texts, texts, topics
from handlers.feedback.officer_commands import UP, place_words
from handlers.feedback.queries import Desk, Standing
from handlers.feedback.rules import IN_WORK, Act, Status
from handlers.not_arrived import why
from handlers.wording import listing
from storage.tickets import Event, Ticket
from storage.times import from_ms

SHOWN_OF_TEXT = 200


def topic_words(topic: str) -> Words:
    """A topic's full name."""
    return topics.NAMES.get(topic, topics.NAMES[topics.OTHER])[0]


def short_topic(topic: str) -> Words:
    """A topic's short name."""
    return topics.NAMES.get(topic, topics.NAMES[topics.OTHER])[1]


def told(text: str) -> Words:
    """What was told, or that it was spoken."""
    return text or texts.BY_VOICE


def short_code(code: str) -> str:
    """What to type to ask about a ticket again: `PA 0427`."""
    return f"PA {code[-4:]}"


# for residents ------------------------------------------------------------------------------------------------------


def row(ticket: Ticket) -> Phrase:
    """A line in the list of one's own."""
    state = texts.SHORT_STATES[ticket.status]
    return phrase(texts.LINE, code=ticket.code, topic=short_topic(ticket.topic), state=state)


def standing_words(standing: Standing, now: datetime) -> Phrase:
    """How a ticket stands."""
    ticket = standing.ticket
    state = state_words(standing, now)
    return phrase(
        texts.IT_STANDS, code=ticket.code, topic=topic_words(ticket.topic), text=told(cut(ticket.text)), state=state
    )


def state_words(standing: Standing, now: datetime) -> Phrase:
    """The state alone, with the answer, the question or the deadline that goes with it."""
    ticket = standing.ticket
    due = from_ms(ticket.resolve_by)
    resolve = dates.said_deadline(due)
    if now > due and ticket.status in IN_WORK:
        return phrase(texts.OVERDUE, resolve=resolve)
    return phrase(
        texts.NEW_URGENT if ticket.urgent and ticket.status == Status.NEW else texts.STATES[ticket.status],
        receive=dates.said_deadline(from_ms(ticket.receive_by)),
        resolve=resolve,
        answer=standing.last_text(Act.ANSWER, Act.GUIDE),
        question=standing.last_text(Act.ASK),
        target=_target(standing),
    )


def _target(standing: Standing) -> Words:
    passed = [event for event in standing.events if event.kind in (Act.FORWARD, Act.ESCALATE)]
    return place_words(passed[-1].text or UP) if passed else texts.HIGHER


def cut(text: str) -> str:
    """The beginning of a long text."""
    return text if len(text) <= SHOWN_OF_TEXT else text[:SHOWN_OF_TEXT].rstrip() + "…"


# for officers -------------------------------------------------------------------------------------------------------


def desk_row(ticket: Ticket, now: datetime) -> Phrase:
    """A line of the desk: «PA 2611-0427 · Điện · quá hạn 2 ngày»."""
    return phrase(
        officer_texts.ROW,
        mark=_mark(ticket),
        code=ticket.code,
        topic=short_topic(ticket.topic),
        state=_desk_state(ticket, now),
    )


def _mark(ticket: Ticket) -> Words:
    return officer_texts.URGENT_MARK if ticket.urgent else ""


def is_late(ticket: Ticket, now: datetime) -> bool:
    """Whether an answer is overdue."""
    return ticket.status in IN_WORK and from_ms(ticket.resolve_by) < now


def _desk_state(ticket: Ticket, now: datetime) -> Words:
    due = from_ms(ticket.resolve_by)
    if is_late(ticket, now):
        days = (dates.local(now).date() - dates.local(due).date()).days
        return phrase(officer_texts.LATE_DAYS, days=days) if days else officer_texts.LATE_TODAY
    if ticket.status == Status.WAITING:
        return officer_texts.WAITING
    if ticket.status == Status.NEW:
        return officer_texts.NEW
    if ticket.status == Status.FORWARDED:
        return officer_texts.FORWARDED_ON
    return phrase(officer_texts.DUE, day=dates.day_words(dates.local(due).date()))


def desk_words(desk: Desk, now: datetime, *, shown: bool) -> Phrase:
    """All of a ticket that somebody working on it needs; `shown` when its pictures come along."""
    ticket = desk.standing.ticket
    attached = phrase(officer_texts.FILES if shown else officer_texts.FILES_ABOVE, count=len(desk.files))
    return phrase(
        officer_texts.TICKET,
        mark=_mark(ticket),
        code=ticket.code,
        topic=topic_words(ticket.topic),
        unit=desk.unit.full_name,
        text=told(ticket.text),
        attached=attached if desk.files else "",
        sender=_sender(desk),
        state=_clock_words(ticket, now),
        history=listing([history(desk.standing.events), _not_arrived(desk)], between=""),
    )


def _not_arrived(desk: Desk) -> Words:
    return phrase(officer_texts.NOT_ARRIVED, why=why(desk.not_arrived)) if desk.not_arrived else ""


def _sender(desk: Desk) -> Words:
    if desk.standing.ticket.anonymous:
        return officer_texts.SENDER_NAMELESS
    if not desk.works:
        return officer_texts.SENDER_HIDDEN
    return desk.sender or officer_texts.SENDER_UNNAMED


def _clock_words(ticket: Ticket, now: datetime) -> Words:
    if ticket.status == Status.WAITING:
        return officer_texts.WAITING_LINE
    if ticket.status not in IN_WORK:
        return officer_texts.ANSWERED_LINE if ticket.status == Status.ANSWERED else officer_texts.CLOSED_LINE
    template = officer_texts.LATE_LINE if is_late(ticket, now) else officer_texts.DUE_LINE
    return phrase(template, resolve=dates.deadline(from_ms(ticket.resolve_by)))


def history(events: tuple[Event, ...]) -> Words:
    """What happened so far, a line each."""
    lines = [_event(event) for event in events if event.kind in officer_texts.EVENTS]
    return listing(lines, between="")


def _event(event: Event) -> Phrase:
    text = place_words(event.text) if event.kind == Act.FORWARD else told(event.text)
    what = phrase(officer_texts.EVENTS[event.kind], text=text)
    return phrase(officer_texts.EVENT, day=dates.iso_day(event.on_day), what=what)
