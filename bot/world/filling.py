"""Puts a made-up ward into empty records."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, Table, exists, insert, select, update

from bot.world.branches import found_branches
from bot.world.families import Resident, residents
from bot.world.offices import Offices, give_offices
from bot.world.tickets import report
from conversation.answers import fold
from conversation.messages import N_, Json, Rejected
from handlers.purposes import NEWS
from storage import unit_merging, units
from storage.schema import channel_accounts, consents, people
from storage.times import to_ms
from storage.units import COMMUNE, Unit

HAMLETS = 27
TELEGRAM, ZALO = "telegram:1", "zalo_bot:1"
"""Bot accounts that nobody has."""
BY_ZALO, BY_TELEGRAM = 0.85, 0.05
"""The others have no chat: somebody entered them."""
BOTH, BLOCKED, AGREED, WITHDREW = 0.2, 0.015, 0.94, 0.04
AT_ONCE = 2_000
WORDS = "Đồng ý nhận tin (người trong thế giới thử)."
NOT_EMPTY = N_("Dữ liệu này đã có người hoặc khu phố rồi. Thế giới thử chỉ dựng trong dữ liệu còn trống.")
NO_COMMUNE = N_("Không có xã, phường nào mang mã «{unit}».")
TOO_FEW = N_("Thế giới thử cần ít nhất {least} người.")
FEWEST = HAMLETS * 10


@dataclass(frozen=True, slots=True)
class World:
    """What to make up."""

    seed: int
    commune: str
    people: int
    now: datetime


def fill(tx: Connection, world: World) -> Json:
    """Fill empty records; how much there is of what."""
    _must_be_empty(tx, world)
    rng = Random(world.seed)  # noqa: S311 - the same number must make the same world
    hamlets = [units.add_unit(tx, world.commune, f"Khu phố {number}") for number in range(1, HAMLETS + 1)]
    everybody = residents(rng, world.people, HAMLETS)
    channels = _settle(tx, rng, world, hamlets, everybody)
    _merge_one(tx, world, hamlets[-1], everybody)
    members = found_branches(tx, rng, world.now, hamlets, everybody)
    offices = give_offices(tx, rng, world.now, hamlets, everybody, members)
    _entered_by_leaders(tx, hamlets, offices)
    tickets = report(tx, rng, world.now, hamlets, everybody, offices)
    return {
        "hamlets": HAMLETS,
        "people": len(everybody),
        "channels": dict(channels),
        "branches": len(members),
        "memberships": sum(map(len, members.values())),
        "offices": sum(map(len, offices.values())),
        "tickets": tickets,
    }


def _merge_one(tx: Connection, world: World, last: Unit, everybody: list[Resident]) -> None:
    """One hamlet more there was, until it became part of the last in the middle of the year."""
    was = units.add_unit(tx, world.commune, f"Khu phố {HAMLETS + 1}")
    there = [each.id for each in everybody if each.hamlet == HAMLETS - 1][::3]
    tx.execute(update(people).where(people.c.id.in_(there)).values(unit_code=was.code))
    unit_merging.merge(tx, [was.code], last.code, world.now - timedelta(days=150))


def _must_be_empty(tx: Connection, world: World) -> None:
    commune = units.unit(tx, world.commune)
    if commune is None or commune.depth != COMMUNE:
        raise Rejected(NO_COMMUNE, unit=world.commune)
    if tx.scalar(select(exists(select(people.c.id)))) or units.children(tx, world.commune):
        raise Rejected(NOT_EMPTY)
    if world.people < FEWEST:
        raise Rejected(TOO_FEW, least=FEWEST)


def _settle(tx: Connection, rng: Random, world: World, hamlets: list[Unit], everybody: list[Resident]) -> Counter[str]:
    """People, their chats and what they agreed to; by how many ways they are reached."""
    rows: dict[Table, list[dict[str, Any]]] = {people: [], channel_accounts: [], consents: []}
    ways: Counter[str] = Counter()
    for each in everybody:
        at = world.now - timedelta(days=rng.uniform(1, 360))
        accounts = _accounts(rng)
        ways["+".join(account.partition(":")[0] for account in accounts) or "entered"] += 1
        row = _person(each, hamlets[each.hamlet].code, at)
        row["preferred_account"] = accounts[0] if len(accounts) > 1 else None
        row["entered_by"] = None if accounts else 0
        rows[people].append(row)
        rows[channel_accounts] += [_chat(rng, each, account, at) for account in accounts]
        rows[consents] += _consent(rng, each, accounts, at)
    for table, several in rows.items():
        insert_all(tx, table, several)
    return ways


def _entered_by_leaders(tx: Connection, hamlets: list[Unit], offices: Offices) -> None:
    for hamlet in hamlets:
        leader, here = offices[hamlet.code][0], people.c.unit_code == hamlet.code
        theirs = select(people.c.id).where(here)
        tx.execute(update(people).where(here, people.c.entered_by == 0).values(entered_by=leader))
        spoken = (consents.c.person_id.in_(theirs), consents.c.entered_by == 0)
        tx.execute(update(consents).where(*spoken).values(entered_by=leader))


def _accounts(rng: Random) -> tuple[str, ...]:
    way = rng.random()
    if way < BY_ZALO:
        return (ZALO,)
    if way < BY_ZALO + BY_TELEGRAM:
        return (ZALO, TELEGRAM) if rng.random() < BOTH else (TELEGRAM,)
    return ()


def _person(each: Resident, unit: str, at: datetime) -> dict[str, Any]:
    return {
        "id": each.id,
        "name": each.name,
        "name_fold": fold(each.name),
        "honorific": each.honorific,
        "language": "vi",
        "unit_code": unit,
        "registered_at": to_ms(at),
        "birth_year": at.year - each.age,
        "phone": each.phone,
    }


def _chat(rng: Random, each: Resident, account: str, at: datetime) -> dict[str, Any]:
    blocked = to_ms(at + timedelta(hours=1)) if rng.random() < BLOCKED else None
    row = {"account": account, "chat": f"w{each.id}", "person_id": each.id}
    return {**row, "linked_at": to_ms(at), "blocked_at": blocked}


def _consent(rng: Random, each: Resident, accounts: tuple[str, ...], at: datetime) -> list[dict[str, Any]]:
    if rng.random() >= AGREED:
        return []
    given = {"person_id": each.id, "purpose": NEWS, "text": WORDS, "text_sha256": _HASH, "given_at": to_ms(at)}
    spoken = {"account": "", "evidence": "", "kind": "oral", "entered_by": 0}
    written = {"account": accounts[0] if accounts else "", "evidence": "0", "kind": "chat", "entered_by": None}
    withdrawn = to_ms(at + timedelta(days=0.5)) if rng.random() < WITHDREW else None
    return [{**given, **(written if accounts else spoken), "withdrawn_at": withdrawn}]


_HASH = hashlib.sha256(WORDS.encode()).hexdigest()


def insert_all(tx: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert many rows that all name the same columns."""
    for start in range(0, len(rows), AT_ONCE):
        tx.execute(insert(table), rows[start : start + AT_ONCE])
