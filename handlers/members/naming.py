"""A person as a leader types them: «Bác Sáu Mạnh, tổ 2»."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from conversation.letters import cased
from conversation.messages import Phrase, Words, phrase
from conversation.speech import HONORIFICS
from handlers.asking_person import NAME_IN_LETTERS, name_of, problem_of
from handlers.members import texts
from handlers.members.rules import possible_birth_year
from handlers.phones import e164

TITLES = {cased(label): key for key, label in HONORIFICS.items()} | {"bac": "bac", "ong": "ong"}
"""Without their marks the others are names too."""
YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Named:
    """A name, with what came before and after it."""

    name: str
    honorific: str = ""
    group: str = ""


def read_person(text: str) -> Named:
    """The title goes, unless nothing would be left."""
    name, _, group = text.partition(",")
    name = name_of(name)
    first, _, rest = name.partition(" ")
    honorific = TITLES.get(cased(first), "")
    if honorific and problem_of(rest) is None:
        return Named(rest, honorific, group.strip())
    return Named(name, "", group.strip())


def name_problem(text: str) -> Words | None:
    """Why this names nobody."""
    problem = problem_of(text.partition(",")[0])
    return texts.WRITE_NAME if problem == NAME_IN_LETTERS else problem


def spoken_of(name: str, honorific: str) -> Words:
    """«Bác Sáu Mạnh», at the beginning of a sentence."""
    return phrase(texts.TITLED, title=HONORIFICS[honorific], name=name) if honorific in HONORIFICS else name


def year_of(text: str, today: date) -> int | None:
    """A year of birth that can be true."""
    found = YEAR.fullmatch(text.strip())
    return int(text) if found and possible_birth_year(int(text), today) else None


def born(year: int | None) -> Phrase | Words:
    """As in «sinh 1957»."""
    return phrase(texts.BORN, year=str(year)) if year else texts.UNKNOWN_YEAR


def phone_problem(text: str) -> Words | None:
    """Why this is no number of a person."""
    return None if e164(text) else texts.PHONE_WRONG
