"""Changing the tree of units. Who changes two places at once needs the right to both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from conversation.messages import Command
from handlers import policy
from handlers.feature import Actor
from handlers.policy import Action, Object
from storage import audit, clusters, unit_changes, unit_merging, units
from storage.clusters import Cluster
from storage.unit_merging import Part
from storage.units import NO_SUCH_UNIT, Unit


@dataclass(frozen=True, slots=True)
class AddUnit(Command[Unit]):
    """Add a commune, a hamlet or a group."""

    parent: str
    name: str


@dataclass(frozen=True, slots=True)
class RenameUnit(Command[Unit]):
    """Call a unit otherwise."""

    unit: str
    name: str


@dataclass(frozen=True, slots=True)
class MoveUnit(Command[Unit]):
    """Put a unit with all below it somewhere else."""

    unit: str
    parent: str


@dataclass(frozen=True, slots=True)
class MergeUnits(Command[Unit]):
    """Let units become part of another one."""

    units: Sequence[str]
    into: str


@dataclass(frozen=True, slots=True)
class MergeUnitsAs(Command[Unit]):
    """Let units become a new one."""

    units: Sequence[str]
    name: str


@dataclass(frozen=True, slots=True)
class SplitUnit(Command[Sequence[Unit]]):
    """Divide a unit into new ones; the first takes what is given to no other."""

    unit: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class CloseUnit(Command[None]):
    """Take an empty unit out of use."""

    unit: str


@dataclass(frozen=True, slots=True)
class AddOldName(Command[Sequence[Unit]]):
    """Let a unit be found by a name that it had before."""

    unit: str
    name: str
    district: str = ""


@dataclass(frozen=True, slots=True)
class AddCluster(Command[Cluster]):
    """Join three or four units that border on each other."""

    name: str
    units: Sequence[str]


@dataclass(frozen=True, slots=True)
class EndCluster(Command[None]):
    """Let the units of a cluster go their own ways."""

    cluster: int


def _require(tx: Connection, actor: Actor, *codes: str, action: Action = Action.UNITS_CHANGE) -> None:
    for code in codes:
        known = units.unit(tx, code)
        on = Object(unit=code, kind="unit", number=code) if known else None
        policy.require(tx, actor, action, on, NO_SUCH_UNIT, unit=code)


def _note(tx: Connection, actor: Actor, action: str, code: str, reason: str = "", kind: str = "unit") -> None:
    by = actor.operator if actor.person is None else actor.person
    audit.note(tx, by, actor.at, action, kind, code, reason=reason)


def add_unit(tx: Connection, actor: Actor, command: AddUnit) -> Unit:
    """Below a unit that the actor has the right to change."""
    _require(tx, actor, command.parent)
    added = units.add_unit(tx, command.parent, command.name)
    _note(tx, actor, "unit_added", added.code, added.full_name)
    return added


def rename_unit(tx: Connection, actor: Actor, command: RenameUnit) -> Unit:
    """The old name stays in old reports and in searches."""
    _require(tx, actor, command.unit)
    renamed = unit_changes.rename(tx, command.unit, command.name, actor.at)
    _note(tx, actor, "unit_renamed", renamed.code, renamed.full_name)
    return renamed


def move_unit(tx: Connection, actor: Actor, command: MoveUnit) -> Unit:
    """With its people and all that is theirs."""
    _require(tx, actor, command.unit, command.parent)
    moved = unit_changes.move(tx, command.unit, command.parent, actor.at)
    _note(tx, actor, "unit_moved", moved.code, command.parent)
    return moved


def merge_units(tx: Connection, actor: Actor, command: MergeUnits) -> Unit:
    """With their people and all that is theirs."""
    _require(tx, actor, *command.units, command.into)
    merged = unit_merging.merge(tx, command.units, command.into, actor.at)
    _note(tx, actor, "units_merged", merged.code, " ".join(command.units))
    return merged


def merge_units_as(tx: Connection, actor: Actor, command: MergeUnitsAs) -> Unit:
    """With their people and all that is theirs."""
    _require(tx, actor, *command.units)
    merged = unit_merging.merge_as(tx, command.units, command.name, actor.at)
    _note(tx, actor, "units_merged", merged.code, " ".join(command.units))
    return merged


def split_unit(tx: Connection, actor: Actor, command: SplitUnit) -> Sequence[Unit]:
    """Shared out as the command says."""
    _require(tx, actor, command.unit)
    made = unit_merging.split(tx, command.unit, command.parts, actor.at)
    _note(tx, actor, "unit_split", command.unit, " ".join(each.code for each in made))
    return made


def close_unit(tx: Connection, actor: Actor, command: CloseUnit) -> None:
    """Only an empty one."""
    _require(tx, actor, command.unit)
    unit_changes.close(tx, command.unit, actor.at)
    _note(tx, actor, "unit_closed", command.unit)


def add_old_name(tx: Connection, actor: Actor, command: AddOldName) -> Sequence[Unit]:
    """For a unit that is gone, what took its place is found."""
    _require(tx, actor, command.unit)
    found = unit_changes.add_old_name(tx, command.unit, command.name, command.district)
    _note(tx, actor, "unit_name_added", command.unit, command.name)
    return found


def add_cluster(tx: Connection, actor: Actor, command: AddCluster) -> Cluster:
    """Whether the units border on each other the officer says."""
    _require(tx, actor, *command.units, action=Action.CLUSTERS_CHANGE)
    made = clusters.add_cluster(tx, command.name, command.units, actor.at)
    _note(tx, actor, "cluster_added", str(made.id), " ".join(made.units), kind="cluster")
    return made


def end_cluster(tx: Connection, actor: Actor, command: EndCluster) -> None:
    """The units stay as they are."""
    found = clusters.cluster(tx, command.cluster)
    on = Object(unit=found.parent_code, kind="cluster", number=str(found.id)) if found else None
    policy.require(tx, actor, Action.CLUSTERS_CHANGE, on, clusters.NO_SUCH_CLUSTER, cluster=command.cluster)
    clusters.end_cluster(tx, command.cluster, actor.at)
    _note(tx, actor, "cluster_ended", str(command.cluster), kind="cluster")
