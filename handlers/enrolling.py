"""Making somebody known to the records: the same few steps for residents and for officers."""

from __future__ import annotations

from sqlalchemy import Connection

from conversation.messages import N_, Rejected, Words
from conversation.speech import HONORIFICS, plain
from handlers import policy
from handlers.actor import Actor
from handlers.asking_person import name_of, problem_of
from handlers.letters import speech_for
from handlers.policy import Action
from storage import audit, people

ONLY_IN_A_CHAT = N_("Việc này chỉ làm được khi nhắn tin với Cầu Nối ạ.")
REGISTER_FIRST = N_("Cầu Nối chưa biết {you}. {You} nhắn **BẮT ĐẦU** để đăng ký trước giúp ạ.")


def enrol(tx: Connection, actor: Actor, honorific: str, unit: str, language: str) -> int:
    """A new person who writes from the actor's chat; somebody known already is only told anew how to be addressed."""
    if actor.address is None:
        raise Rejected(ONLY_IN_A_CHAT)
    if honorific and honorific not in HONORIFICS:
        raise ValueError(honorific)
    person = actor.person
    if person is None:
        person = people.register(tx, actor.address, honorific, unit, actor.at)
        audit.note(tx, person, actor.at, "registered", "person", str(person), subject=person)
    people.change(tx, person, honorific=honorific or None, language=language or None)
    return person


def correct(tx: Connection, actor: Actor, *, name: str = "", honorific: str = "") -> None:
    """Keep another name, as it was written, or another way to be addressed; empty ones change nothing."""
    person = oneself(tx, actor)
    if (name and problem_of(name)) or (honorific and honorific not in HONORIFICS):
        raise ValueError("questions ask again until a name or an honorific will do")
    people.change(tx, person, name=name_of(name) or None, honorific=honorific or None)
    audit.note(tx, person, actor.at, "corrected", "person", str(person), subject=person)


def agree(tx: Connection, actor: Actor, person: int, purpose: str, *words: Words) -> None:
    """Keep a yes with the very words it was said to, as the person read them."""
    if actor.address is None:
        raise Rejected(ONLY_IN_A_CHAT)
    if actor.on_behalf_of is not None:
        raise Rejected(policy.NOT_FOR_ANOTHER)
    speech = speech_for(tx, person)
    text = plain("\n\n".join(map(speech.render, words)))
    people.consent(tx, person, purpose, text, actor.address, actor.evidence, actor.at)
    audit.note(tx, person, actor.at, "agreed", "consent", purpose, subject=person)


def known(tx: Connection, actor: Actor, action: Action) -> int:
    """The registered person in whose name this is done; others are kindly refused."""
    return policy.own(tx, actor, action, REGISTER_FIRST)


def oneself(tx: Connection, actor: Actor) -> int:
    """The registered person who acts on what only they decide."""
    return known(tx, actor, Action.OWN_DATA)
