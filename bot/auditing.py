"""The log of who did what to whose data, as the operator asks about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from conversation.messages import Json
from handlers.feature import Registry
from storage import audit, audit_chain
from storage.times import from_ms


def listing(tx: Connection, _registry: Registry, _now: datetime, order: Mapping[str, Any]) -> Json:
    """The newest entries, newest first."""
    found = audit.listing(tx, person=order["person"], unit=order["unit"], most=order["most"])
    return {"entries": [{**asdict(entry), "at": from_ms(entry.at).isoformat()} for entry in found]}


def verify(tx: Connection, _registry: Registry, _now: datetime, order: Mapping[str, Any]) -> Json:
    """Whether the log is whole, held against what somebody noted down before."""
    seen = order["seen"]
    return asdict(audit_chain.verify(tx, (seen[0], seen[1]) if seen else None))
