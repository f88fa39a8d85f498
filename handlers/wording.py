"""Small words that all features build sentences from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from conversation.messages import N_, Phrase, Template, Words, phrase
from handlers.dates import clock_words
from storage.times import VIETNAM, from_ms
from storage.units import COMMUNE, Unit

MOMENT = N_("{clock}, ngày {day}/{month}")


def listing(items: Iterable[Words], between: str = ", ") -> Phrase:
    """Several things in a row, each worded in the reader's language."""
    things = {f"w{place}": words for place, words in enumerate(items)}
    return Phrase(Template(between.join(f"{{{name}}}" for name in things)), things)


def moment(at: datetime) -> Phrase:
    """As in «9 giờ 12, ngày 23/11»."""
    here = at.astimezone(VIETNAM)
    return phrase(MOMENT, clock=clock_words(at), day=here.day, month=here.month)


def in_sentence(unit: Unit) -> str:
    """The full name inside a sentence: «phường An Hội Đông», yet «Khu phố 4»."""
    name = unit.full_name
    return name[0].lower() + name[1:] if unit.depth <= COMMUNE else name


def date(milliseconds: int) -> str:
    """As in «23/11/2026»."""
    here = from_ms(milliseconds).astimezone(VIETNAM)
    return f"{here.day}/{here.month}/{here.year}"
