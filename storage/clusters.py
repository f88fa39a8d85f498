"""Clusters: three or four adjacent units of one commune that help each other and learn from each other.

Which units are adjacent the officer says: nobody publishes the outlines of hamlets.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from conversation.messages import N_, Rejected
from storage.names import tidy
from storage.schema import cluster_units, clusters
from storage.times import to_ms
from storage.units import COMMUNE, Unit, require_unit, unit

FEWEST, MOST = 3, 4
NO_SUCH_CLUSTER = N_("Không có cụm nào mang số «{cluster}».")


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster that is in force, and its units."""

    id: int
    name: str
    parent_code: str
    units: tuple[str, ...]


def add_cluster(tx: Connection, name: str, codes: Iterable[str], at: datetime) -> Cluster:
    """Join units into a cluster."""
    name = tidy(name)
    members = [require_unit(tx, code, lock=True) for code in sorted(set(codes))]
    if not FEWEST <= len(members) <= MOST:
        raise Rejected(N_("Một cụm cần từ 3 đến 4 đơn vị giáp ranh ạ."))
    parent = _commune_of(tx, members)
    for each in members:
        if taken := cluster_of(tx, each.code):
            raise Rejected(N_("{unit} đã ở trong {cluster} rồi ạ."), unit=each.full_name, cluster=taken.name)
    row = insert(clusters).values(name=name, parent_code=parent, made_at=to_ms(at)).returning(clusters.c.id)
    number = tx.execute(row).scalar_one()
    tx.execute(insert(cluster_units), [{"cluster_id": number, "unit_code": each.code} for each in members])
    return Cluster(number, name, parent, tuple(each.code for each in members))


def _commune_of(tx: Connection, members: Iterable[Unit]) -> str:
    parents = {each.parent_code for each in members}
    parent = unit(tx, parents.pop() or "") if len(parents) == 1 else None
    if parent is None or parent.depth != COMMUNE:
        raise Rejected(N_("Các đơn vị trong một cụm cần cùng một xã, phường ạ."))
    return parent.code


def cluster_of(tx: Connection, code: str) -> Cluster | None:
    """The cluster that a unit is in."""
    number = tx.scalar(select(cluster_units.c.cluster_id).where(cluster_units.c.unit_code == code))
    return None if number is None else cluster(tx, number)


def cluster(tx: Connection, number: int) -> Cluster | None:
    """A cluster in force."""
    query = select(clusters.c.id, clusters.c.name, clusters.c.parent_code)
    row = tx.execute(query.where(clusters.c.id == number, clusters.c.ended_at.is_(None))).one_or_none()
    members = select(cluster_units.c.unit_code).where(cluster_units.c.cluster_id == number)
    return None if row is None else Cluster(*row, tuple(tx.scalars(members.order_by(cluster_units.c.unit_code))))


def clusters_in(tx: Connection, parent_code: str) -> list[Cluster]:
    """The clusters of a commune, oldest first."""
    query = select(clusters.c.id).where(clusters.c.parent_code == parent_code, clusters.c.ended_at.is_(None))
    found = (cluster(tx, number) for number in tx.scalars(query.order_by(clusters.c.id)).all())
    return [each for each in found if each]


def end_cluster(tx: Connection, number: int, at: datetime) -> None:
    """Let its units go their own ways."""
    if cluster(tx, number) is None:
        raise Rejected(NO_SUCH_CLUSTER, cluster=number)
    tx.execute(delete(cluster_units).where(cluster_units.c.cluster_id == number))
    tx.execute(update(clusters).where(clusters.c.id == number).values(ended_at=to_ms(at)))


def leave_cluster(tx: Connection, code: str, at: datetime) -> None:
    """A unit that is moved or gone leaves its cluster; one that is left with fewer than three ends."""
    if left := cluster_of(tx, code):
        tx.execute(delete(cluster_units).where(cluster_units.c.unit_code == code))
        if len(left.units) - 1 < FEWEST:
            end_cluster(tx, left.id, at)
