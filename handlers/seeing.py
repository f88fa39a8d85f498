"""Seeing people's names is an act, which they can ask about: written down before anything is shown."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from handlers.actor import Actor
from storage import audit


def note_seen(tx: Connection, actor: Actor, people: Iterable[int], action: str = "found") -> None:
    """Whom a search by name shows, or a pair; few, so each for themselves."""
    for person in people:
        if actor.person is not None and person != actor.person:
            audit.note(tx, actor.person, actor.at, action, "person", str(person), subject=person)


def note_list(tx: Connection, actor: Actor, branch: int, count: int) -> None:
    """That a branch's list was opened, with how many names: one row, however many they are."""
    if actor.person is not None and count:
        audit.note(tx, actor.person, actor.at, audit.LISTED, audit.BRANCH, str(branch), reason=str(count))
