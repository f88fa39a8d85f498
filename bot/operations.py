"""What the operator can order, done by whichever process holds the records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot import (
    auditing,
    member_orders,
    organisation_orders,
    quarantine,
    unit_orders,
)
from bot.control import OrderRefused
from bot.health import count_waiting
from bot.world.filling import World, fill
from conversation.messages import Json, Rejected, Words
from conversation.speech import Speaker, Speech, plain
from handlers.feature import Actor, Registry, look, perform
from handlers.invites.commands import Invite
from handlers.languages import translator
from handlers.place import PosterOf
from handlers.roles.commands import EndOffice
from handlers.roles.queries import WhoHolds
from storage import inbox, leases, rerouting, webhook_posts

Operation = Callable[[Connection, Registry, datetime, Mapping[str, Any]], Json]


def invite(tx: Connection, registry: Registry, now: datetime, order: Mapping[str, Any]) -> Json:
    """A one-time code for an office."""
    what = Invite(order["role"], order["unit"], order.get("organisation", ""), order.get("branch", 0))
    code = perform(registry, tx, Actor(now, operator="cli"), what)
    return {
        "code": code,
        "role": what.role,
        "unit": what.unit,
        "organisation": what.organisation,
        "branch": what.branch,
    }


def list_roles(tx: Connection, registry: Registry, now: datetime, order: Mapping[str, Any]) -> Json:
    """Who holds which office."""
    found = look(registry, tx, Actor(now, operator="cli"), WhoHolds(order["unit"]))
    return {
        "roles": [
            {
                "id": each.id,
                "role": each.office.role,
                "unit": each.office.unit_code,
                "organisation": each.office.organisation_code,
                "branch": each.office.branch_id,
                "name": each.name,
            }
            for each in found
        ]
    }


def revoke_role(tx: Connection, registry: Registry, now: datetime, order: Mapping[str, Any]) -> Json:
    """End an office by its number."""
    perform(registry, tx, Actor(now, operator="cli"), EndOffice(order["id"]))
    return {"id": order["id"]}


def poster_facts(tx: Connection, registry: Registry, now: datetime, order: Mapping[str, Any]) -> Json:
    """The place, its code, and who looks after it."""
    found = look(registry, tx, Actor(now, operator="cli"), PosterOf(order["unit"]))
    who = in_words(found.who)
    return {
        "place": found.unit.full_name,
        "commune": found.commune,
        "unit": found.unit.code,
        "join_code": found.join_code,
        "who": who,
    }


def make_world(tx: Connection, _registry: Registry, now: datetime, order: Mapping[str, Any]) -> Json:
    """Fill empty records with a made-up ward."""
    return fill(tx, World(order["seed"], order["commune"], order["people"], now))


def status(tx: Connection, _registry: Registry, now: datetime, _order: Mapping[str, Any]) -> Json:
    """How much waits, what failed."""
    failures = [
        {"account": failed.account, "update": failed.update_id, "state": failed.state, "error": failed.error}
        for failed in inbox.open_failures(tx)
    ]
    return {
        **count_waiting(tx, now),
        "letters_by_account": rerouting.waiting_by_account(tx),
        "webhooks": webhook_posts.counts(tx),
        "failures": failures,
        "leases": leases.all_of_them(tx),
    }


OPERATIONS: Mapping[str, Operation] = {
    **unit_orders.ORDERS,
    **organisation_orders.ORDERS,
    "invite": invite,
    "role-list": list_roles,
    "role-revoke": revoke_role,
    "poster": poster_facts,
    "world": make_world,
    "status": status,
    "quarantine-list": quarantine.listing,
    "quarantine-retry": quarantine.retry,
    "quarantine-drop": quarantine.drop,
    **member_orders.OPERATIONS,
    "audit-list": auditing.listing,
    "audit-verify": auditing.verify,
}
ONLY_READ = {"audit-list", "audit-verify"}
"""They may walk through much, and keep no turn waiting meanwhile."""


def carry_out(tx: Connection, registry: Registry, now: datetime, name: str, order: Mapping[str, Any]) -> Json:
    """Run an operation; `OrderRefused` in plain words when the rules say no."""
    if name not in OPERATIONS:
        raise OrderRefused(f"Cầu Nối đang chạy không biết lệnh {name}. Hãy khởi động lại nó bằng bản đang cài.")
    try:
        return OPERATIONS[name](tx, registry, now, order)
    except Rejected as refusal:
        raise OrderRefused(in_words(refusal.words)) from refusal


def in_words(words: Words) -> str:
    """As the operator reads it."""
    return plain(Speech(Speaker(), translator("vi")).render(words))
