"""Letters about an office that was taken: to its issuer, to who took it, to whom it helps."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from conversation.messages import Opening, Words, phrase
from handlers.invites import texts
from handlers.letters import write_to
from handlers.offices import called, office_words
from storage import people
from storage.invites import Invite, Waiting

RIGHT_OR_WRONG = {"right": texts.RIGHT, "wrong": texts.NOT_THEM}


def question(tx: Connection, issued: Invite) -> Words:
    """Who took which office, and whether that is right."""
    return phrase(texts.IS_IT_THEM, who=_called(tx, issued.used_by or 0), office=office_words(tx, issued.office))


def ask_issuer(tx: Connection, issued: Invite, code_hash: str, person: int, at: datetime) -> None:
    """Have the issuer say whether it is the right person."""
    words = phrase(texts.IS_IT_THEM, who=_called(tx, person), office=office_words(tx, issued.office))
    _ask(tx, replace(issued, used_by=person), code_hash, words, f"office:{code_hash}", at)


def _ask(tx: Connection, issued: Invite, code_hash: str, words: Words, key: str, at: datetime) -> None:
    issuer, who = issued.issuer or 0, issued.used_by
    opens = Opening("confirm_office", {"invite": code_hash, "subject": code_hash}, "right")
    write_to(tx, issuer, words, key=key, at=at, options=RIGHT_OR_WRONG, opens=opens, about=who)


def remind_issuer(tx: Connection, waiting: Waiting, days: int, at: datetime) -> None:
    """Once: they have so many days left to say whether it is the right person."""
    words = phrase(texts.REMINDER, question=question(tx, waiting.invite), days=days)
    _ask(tx, waiting.invite, waiting.code_hash, words, f"office:{waiting.code_hash}:reminder", at)


def tell_lapsed(tx: Connection, waiting: Waiting, days: int, at: datetime) -> None:
    """Who took it need wait no longer."""
    words = phrase(texts.LAPSED, office=office_words(tx, waiting.invite.office), days=days)
    _decided(tx, waiting.invite, waiting.code_hash, words, at)


def tell_taker(tx: Connection, issued: Invite, code_hash: str, at: datetime, *, right: bool) -> None:
    """What the issuer said."""
    words = phrase(texts.CONFIRMED if right else texts.NOT_CONFIRMED, office=office_words(tx, issued.office))
    _decided(tx, issued, code_hash, words, at)


def _decided(tx: Connection, issued: Invite, code_hash: str, words: Words, at: datetime) -> None:
    """An office of helping somebody is called by their name."""
    about = issued.office.helps_id or None
    write_to(tx, issued.used_by or 0, words, key=f"office:{code_hash}:decided", at=at, about=about)


def tell_helped(tx: Connection, helped: int, helper: int, at: datetime) -> None:
    """Whoever is helped knows by whom, and how to end it."""
    words = phrase(texts.YOU_HAVE_A_HELPER, who=_called(tx, helper))
    write_to(tx, helped, words, key=f"helper:{helped}:{helper}:{int(at.timestamp())}", at=at, about=helper)


def _called(tx: Connection, person: int) -> Words:
    known = people.person(tx, person)
    return called(known.honorific, known.name) if known else texts.SOMEBODY
