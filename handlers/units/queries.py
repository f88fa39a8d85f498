"""What units were, and which clusters they are in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from conversation.messages import Query, Rejected
from handlers.feature import Actor
from storage.clusters import Cluster, clusters_in
from storage.unit_history import Succession, Version, successions_of, unit_as_of, units_today, versions_of
from storage.units import NO_SUCH_UNIT, Unit

ALWAYS = "9999-12-31"


@dataclass(frozen=True, slots=True)
class History:
    """What a unit was, what it is, and what took whose place."""

    versions: Sequence[Version]
    """Oldest first; the last is how it stands, or stood when it was closed."""
    successions: Sequence[Succession]
    today: Sequence[Unit]
    """The unit itself, or what has taken its place."""


@dataclass(frozen=True, slots=True)
class UnitHistory(Query[History]):
    """What has become of a unit."""

    unit: str


@dataclass(frozen=True, slots=True)
class ClustersOf(Query[Sequence[Cluster]]):
    """The clusters of a commune."""

    unit: str


def unit_history(tx: Connection, _actor: Actor, query: UnitHistory) -> History:
    """Public, as all units are."""
    now = unit_as_of(tx, query.unit, ALWAYS)
    if now is None:
        raise Rejected(NO_SUCH_UNIT, unit=query.unit)
    versions = [*versions_of(tx, query.unit), now]
    return History(versions, successions_of(tx, query.unit), units_today(tx, query.unit))


def clusters_of(tx: Connection, _actor: Actor, query: ClustersOf) -> Sequence[Cluster]:
    """Public, as all units are."""
    return clusters_in(tx, query.unit)
