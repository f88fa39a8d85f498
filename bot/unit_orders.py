"""The operator's orders about the tree of units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from conversation.messages import Json
from handlers.feature import Actor, Registry, look, perform
from handlers.units import commands, queries
from storage.clusters import Cluster
from storage.place_search import search_places
from storage.unit_merging import Part
from storage.units import Unit, units_by_code

MOST_FOUND = 8
Order = Mapping[str, Any]


def operator(now: datetime) -> Actor:
    """The operator, who has given an order just now."""
    return Actor(now, operator="cli")


def _told(unit: Unit) -> Json:
    return {"code": unit.code, "name": unit.full_name, "kind": unit.kind, "parent": unit.parent_code}


def add(tx: Connection, registry: Registry, now: datetime, order: Order) -> Json:
    """Add a commune, a hamlet or a group."""
    return _told(perform(registry, tx, operator(now), commands.AddUnit(order["parent"], order["name"])))


def find(tx: Connection, _registry: Registry, _now: datetime, order: Order) -> Json:
    """Candidates for what somebody typed, best first."""
    found = search_places(tx, order["words"], limit=MOST_FOUND)
    above = units_by_code(tx, (match.unit.parent_code or "" for match in found))
    return {
        "candidates": [
            {
                "code": match.unit.code,
                "name": match.unit.full_name,
                "in": above[match.unit.parent_code].full_name if match.unit.parent_code in above else "",
                "province": match.province.full_name,
            }
            for match in found
        ]
    }


def rename(tx: Connection, registry: Registry, now: datetime, order: Order) -> Json:
    """Call a unit otherwise."""
    return _told(perform(registry, tx, operator(now), commands.RenameUnit(order["unit"], order["name"])))


def move(tx: Connection, registry: Registry, now: datetime, order: Order) -> Json:
    """Put a unit somewhere else."""
    return _told(perform(registry, tx, operator(now), commands.MoveUnit(order["unit"], order["parent"])))


def merge(tx: Connection, registry: Registry, now: datetime, order: Order) -> Json:
    """Let units become part of another one, or a new one."""
    if order["into"]:
        into = commands.MergeUnits(tuple(order["units"]), order["into"])
        return _told(perform(registry, tx, operator(now), into))
    return _told(perform(registry, tx, operator(now), commands.MergeUnitsAs(tuple(order["units"]), order["name"])))


def split(tx: Connection, registry: Registry, now: datetime, order: Order) -> Json:
    """Let a unit become several."""
    parts = tuple(Part(part["name"], *(tuple(part[kind]) for kind in SHARED)) for part in order["parts"])
    made = perform(registry, tx, operator(now), commands.SplitUnit(order["unit"], parts))
    return {"units": [_told(each) for each in made]}


SHARED = ("children", "branches", "people")


def close(tx: Connection, registry: Registry, now: datetime, order: Order) -> Json:
    """Take an empty unit out of use."""
    perform(registry, tx, operator(now), commands.CloseUnit(order["unit"]))
    return {"code": order["unit"]}


def add_name(tx: Connection, registry: Registry, now: datetime, order: Order) -> Json:
    """Let a unit be found by an older name."""
    command = commands.AddOldName(order["unit"], order["name"], order["district"])
    return {"units": [_told(each) for each in perform(registry, tx, operator(now), command)]}


def history(tx: Connection, registry: Registry, now: datetime, order: Order) -> Json:
    """What a unit was, and what took whose place."""
    found = look(registry, tx, operator(now), queries.UnitHistory(order["unit"]))
    return {
        "versions": [asdict(each) for each in found.versions],
        "successions": [asdict(each) for each in found.successions],
        "today": [_told(each) for each in found.today],
    }


def add_cluster(tx: Connection, registry: Registry, now: datetime, order: Order) -> Json:
    """Join three or four units."""
    command = commands.AddCluster(order["name"], tuple(order["units"]))
    return _cluster(perform(registry, tx, operator(now), command))


def list_clusters(tx: Connection, registry: Registry, now: datetime, order: Order) -> Json:
    """The clusters of a commune."""
    found: Iterable[Cluster] = look(registry, tx, operator(now), queries.ClustersOf(order["unit"]))
    return {"clusters": [_cluster(each) for each in found]}


def end_cluster(tx: Connection, registry: Registry, now: datetime, order: Order) -> Json:
    """Let a cluster's units go their own ways."""
    perform(registry, tx, operator(now), commands.EndCluster(order["cluster"]))
    return {"id": order["cluster"]}


def _cluster(each: Cluster) -> Json:
    return {"id": each.id, "name": each.name, "commune": each.parent_code, "units": list(each.units)}


ORDERS = {
    "unit-add": add,
    "unit-find": find,
    "unit-rename": rename,
    "unit-move": move,
    "unit-merge": merge,
    "unit-split": split,
    "unit-close": close,
    "unit-add-name": add_name,
    "unit-history": history,
    "cluster-add": add_cluster,
    "cluster-list": list_clusters,
    "cluster-end": end_cluster,
}
