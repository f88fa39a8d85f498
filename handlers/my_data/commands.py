"""What people order about their own data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from conversation.messages import Command, Rejected, Template, Words
from handlers.enrolling import ONLY_IN_A_CHAT, agree, correct, oneself
from handlers.feature import Actor
from handlers.holding import end, keep_an_admin
from handlers.letters import speech_for
from handlers.my_data import texts
from handlers.my_data.keepers import Keepers
from handlers.my_data.link_texts import GONE
from handlers.my_data.takeaway import FORMS
from handlers.purposes import NEWS, OFFICE, PHOTOS, URGENT
from storage import audit, data_links, duplicates, erasures, jobs, people, personal, rights, ticket_files
from storage.database import leave_no_trace
from storage.times import VIETNAM

YOUNGEST, OLDEST = 16, 120
"""Who may register by themselves; source: Luật Trẻ em 2016, Điều 1."""
BY_LINK = "link"
"""Who acts in the log when nobody knows who it was."""


@dataclass(frozen=True, slots=True)
class CorrectMe(Command[None]):
    """Correct one's name, or how one is addressed."""

    name: str = ""
    honorific: str = ""


@dataclass(frozen=True, slots=True)
class ForgetPhone(Command[None]):
    """Keep no phone number of the actor."""


@dataclass(frozen=True, slots=True)
class KeepBirthYear(Command[None]):
    """Another year of birth."""

    year: int


@dataclass(frozen=True, slots=True)
class Withdraw(Command[None]):
    """Take back a consent."""

    purpose: str


@dataclass(frozen=True, slots=True)
class StopNews(Command[None]):
    """No more news, or (with what was agreed to) urgent ones only."""

    only_urgent: Words | None = None


@dataclass(frozen=True, slots=True)
class TakeAway(Command[list[tuple[str, bytes]]]):
    """All of it, in each of the forms, with their names."""


@dataclass(frozen=True, slots=True)
class Link:
    """What leads to it, and until when."""

    token: str = field(repr=False)
    until: datetime


@dataclass(frozen=True, slots=True)
class MakeLink(Command[Link]):
    """A link by which it can be taken away for so long; the one before leads nowhere from now on."""

    holds: timedelta


@dataclass(frozen=True, slots=True)
class PressLink(Command[None]):
    """From now on, for a moment, it can be fetched by the link, in the form of this name."""

    token: str = field(repr=False)
    name: str


@dataclass(frozen=True, slots=True)
class EraseMe(Command[None]):
    """Erase everything that is kept about the actor."""


def correct_me(tx: Connection, actor: Actor, command: CorrectMe) -> None:
    """Kept as it was written."""
    correct(tx, actor, name=command.name, honorific=command.honorific)


def forget_phone(tx: Connection, actor: Actor, _command: ForgetPhone) -> None:
    """As easily as it was given."""
    person = oneself(tx, actor)
    personal.forget_phone(tx, person)
    audit.note(tx, person, actor.at, "corrected", "person", str(person), subject=person)


def keep_birth_year(tx: Connection, actor: Actor, command: KeepBirthYear) -> None:
    """Of a grown-up: children do not register themselves."""
    person = oneself(tx, actor)
    if why := problem_of_year(command.year, actor.at):
        raise Rejected(why)
    people.change(tx, person, birth_year=command.year)
    duplicates.propose(tx, [person], actor.at)
    audit.note(tx, person, actor.at, "corrected", "person", str(person), subject=person)


def problem_of_year(year: int, at: datetime) -> Template | None:
    """Why somebody who registered cannot be born in this year; None when they can."""
    age = at.astimezone(VIETNAM).year - year
    if not 0 <= age <= OLDEST:
        return texts.NO_SUCH_YEAR
    return texts.TOO_YOUNG if age < YOUNGEST else None


def withdraw(tx: Connection, actor: Actor, command: Withdraw) -> None:
    """It holds at once; the proof that it was given stays."""
    person = oneself(tx, actor)
    people.withdraw(tx, person, (command.purpose,), actor.at)
    if command.purpose == OFFICE:
        # Nobody answers residents under a name they no longer agree to show.
        end(tx, actor, rights.held_by(tx, person))
    if command.purpose == PHOTOS:
        ticket_files.drop_of_person(tx, person, actor.at, only_photos=True)
    audit.note(tx, person, actor.at, "withdrew", "consent", command.purpose, subject=person)


def stop_news(tx: Connection, actor: Actor, command: StopNews) -> None:
    """Easier than it was to agree."""
    person = oneself(tx, actor)
    people.withdraw(tx, person, (NEWS, URGENT), actor.at)
    audit.note(tx, person, actor.at, "withdrew", "consent", NEWS, subject=person)
    if command.only_urgent is not None:
        agree(tx, actor, person, URGENT, command.only_urgent)


def take_away(keepers: Keepers) -> Callable[[Connection, Actor, TakeAway], list[tuple[str, bytes]]]:
    """Collected from all features, and written down."""

    def take(tx: Connection, actor: Actor, _command: TakeAway) -> list[tuple[str, bytes]]:
        person = oneself(tx, actor)
        document, speech = keepers.export(tx, person), speech_for(tx, person)
        audit.note(tx, person, actor.at, "took_away", "person", str(person), subject=person)
        return [(name, form(document, speech, actor.at)) for name, form in FORMS.items()]

    return take


def make_link(tx: Connection, actor: Actor, command: MakeLink) -> Link:
    """For the chat that it is asked for in: it leads nowhere once that chat is no longer the person's."""
    person = oneself(tx, actor)
    if actor.address is None:
        raise Rejected(ONLY_IN_A_CHAT)
    audit.note(tx, person, actor.at, "made_link", "person", str(person), subject=person)
    token = data_links.issue(tx, person, actor.address, actor.at, command.holds)
    return Link(token, actor.at + command.holds)


def press_link(tx: Connection, actor: Actor, command: PressLink) -> None:
    """Whoever has the link may; who that was nobody knows, so the person is shown that it was."""
    person = data_links.press(tx, command.token, actor.at) if command.name in FORMS else None
    if person is None:
        raise Rejected(GONE)
    audit.note(tx, BY_LINK, actor.at, audit.FETCHED, "person", str(person), subject=person)


def erase_me(keepers: Keepers) -> Callable[[Connection, Actor, EraseMe], None]:
    """Everything in one transaction; the journal outside the database follows by a job."""

    def erase(tx: Connection, actor: Actor, _command: EraseMe) -> None:
        person = oneself(tx, actor)
        keep_an_admin(tx, rights.held_by(tx, person))
        audit.note(tx, person, actor.at, "erased", "person", str(person), subject=person)
        for each in audit.selves(tx, person):  # an older backup may still have them as several
            keepers.erase(tx, each, actor.at)
            jobs.enqueue(tx, erasures.JOB, erasures.entry(each, actor.at), actor.at, f"erasure:{each}")
        leave_no_trace(tx)

    return erase
