"""Whom somebody helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from conversation.messages import Query
from handlers import policy
from handlers.feature import Actor
from storage import people
from storage.people import Person


@dataclass(frozen=True, slots=True)
class WhomIHelp(Query[Sequence[Person]]):
    """The people whose helper the actor is."""


def whom_i_help(tx: Connection, actor: Actor, _query: WhomIHelp) -> Sequence[Person]:
    """By the offices held."""
    helped = (people.person(tx, number) for number in policy.helped_by(tx, actor))
    return [each for each in helped if each is not None]
