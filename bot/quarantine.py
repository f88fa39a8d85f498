"""Updates set aside after three failures: shown without anybody's words, tried once more, or given up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection

from bot.channels import telegram_updates, zalo_bot_updates
from bot.turns import Desk, Event
from conversation.messages import Json
from handlers.feature import Registry
from storage import inbox
from storage.inbox import Failure
from storage.unavailable import storage_fault

log = structlog.get_logger(__name__)

HEARS: Mapping[str, Callable[[Json, str, datetime], Event | None]] = {
    "telegram": telegram_updates.hear,
    "zalo_bot": zalo_bot_updates.hear,
}
"""How each platform's updates are read; an account begins with its platform."""


def listing(tx: Connection, _registry: Registry, _now: datetime, _order: Mapping[str, Any]) -> Json:
    """What was set aside, oldest first."""
    return {"updates": [_shown(failure) for failure in inbox.set_aside(tx)]}


def retry(tx: Connection, registry: Registry, now: datetime, order: Mapping[str, Any]) -> Json:
    """Try the chosen ones once more, each by itself; one that fails again stays where it was."""
    desk = Desk(registry, order.get("language", "vi"))
    return {"updates": [_try(tx, desk, failure, now) for failure in _chosen(tx, order)]}


def drop(tx: Connection, _registry: Registry, _now: datetime, order: Mapping[str, Any]) -> Json:
    """Give the chosen ones up, and erase what they said."""
    chosen = _chosen(tx, order)
    for failure in chosen:
        inbox.drop(tx, failure.account, failure.update_id)
    return {"updates": [_shown(failure) for failure in chosen]}


def _chosen(tx: Connection, order: Mapping[str, Any]) -> list[Failure]:
    """By number, or all of them; of one account when it is named."""
    account, wanted = order.get("account"), order.get("updates")
    return [
        failure
        for failure in inbox.set_aside(tx)
        if (not account or failure.account == account) and (wanted is None or failure.update_id in wanted)
    ]


def _shown(failure: Failure) -> Json:
    return {
        "account": failure.account,
        "update": failure.update_id,
        "at": failure.received_at.isoformat(),
        "attempts": failure.attempts,
        "error": failure.error,
    }


def _try(tx: Connection, desk: Desk, failure: Failure, now: datetime) -> Json:
    shown = _shown(failure)
    try:
        with tx.begin_nested():
            return {**shown, "done": True, "heard": _take(tx, desk, failure, now)}
    except Exception as again:
        if storage_fault(again):
            raise
        kind = type(again).__name__
        log.error("turn.failed", kind=kind, exc_info=again)
        inbox.note_failure(tx, failure.account, failure.update_id, now, kind, failure.payload)
        return {**shown, "done": False, "error": kind}


def _take(tx: Connection, desk: Desk, failure: Failure, now: datetime) -> bool:
    """Apply it; False when it is nothing that anybody said to us, and then it is given up."""
    hear = HEARS[failure.account.partition(":")[0]]
    event = hear(failure.payload or {}, failure.account, now)
    if event is None:
        inbox.drop(tx, failure.account, failure.update_id)
        return False
    inbox.admit_again(tx, failure.account, failure.update_id)
    return desk.take(tx, event)
