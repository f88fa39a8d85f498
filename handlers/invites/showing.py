"""Showing the people of a name, which is written down about each of them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from conversation.messages import Command
from handlers.feature import Actor
from handlers.invites.queries import Neighbours, neighbours
from handlers.seeing import note_seen


@dataclass(frozen=True, slots=True)
class ShowNeighbours(Command[None]):
    """Be shown those called so, by an office: it is written down about each."""

    name: str
    office: int


def show_neighbours(tx: Connection, actor: Actor, command: ShowNeighbours) -> None:
    """Those whom `Neighbours` tells of."""
    note_seen(tx, actor, (each.id for each in neighbours(tx, actor, Neighbours(command.name, command.office))))
