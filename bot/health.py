"""Answers to «is anything late or lost?», for people, probes and Prometheus."""

from __future__ import annotations

import platform
import sqlite3
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy import Connection, func, select

from bot.clock import Clock
from conversation.messages import Json
from storage.database import Database, DatabaseUnavailable
from storage.schema import inbox_updates, jobs, outbox, people, tickets
from storage.times import to_ms

TICK_LATE_SECONDS = 30


@dataclass
class Health:
    """What is known about the running process and its records."""

    database: Database
    clock: Clock
    roles: tuple[str, ...]
    last_tick: datetime | None = None
    channels: dict[str, str] = field(default_factory=dict)
    """Account of each channel, and whether it answers: `up`, `lost`."""

    async def status(self) -> Json:
        """Counts and ages; raises `DatabaseUnavailable`."""
        return {
            "roles": list(self.roles),
            "channels": self.channels,
            "database": self.database.dialect,
            **await self.database.read(count_waiting, self.clock.now()),
        }

    async def ready(self) -> tuple[bool, str]:
        """Whether the process can serve: the database answers and the clock ticks."""
        try:
            await self.database.read(count_waiting, self.clock.now())
        except DatabaseUnavailable as away:
            return False, away.kind
        if "clock" in self.roles and self._tick_is_late():
            return False, "clock"
        return True, "ready"

    def _tick_is_late(self) -> bool:
        return self.last_tick is None or (self.clock.now() - self.last_tick).total_seconds() > TICK_LATE_SECONDS

    async def metrics(self) -> bytes:
        """The counts in Prometheus' text form."""
        registry = CollectorRegistry()
        for name, value in (await self.status()).items():
            if isinstance(value, int):
                Gauge(f"caunoi_{name}", name.replace("_", " "), registry=registry).set(value)
        return generate_latest(registry)


def count_waiting(tx: Connection, now: datetime) -> Json:
    """How much waits, and how old the oldest is, in seconds."""
    failures = select(func.count(), func.min(inbox_updates.c.received_at)).where(inbox_updates.c.state != "done")
    letters = select(func.count(), func.min(outbox.c.not_before)).where(outbox.c.not_before <= to_ms(now))
    failed, failed_since = tx.execute(failures).one()
    waiting, waiting_since = tx.execute(letters).one()
    return {
        "people": tx.scalar(select(func.count()).select_from(people)),
        "tickets_open": tx.scalar(select(func.count()).where(tickets.c.closed_on.is_(None))),
        "updates_failed": failed,
        "updates_failed_oldest_seconds": _age(failed_since, now),
        "letters_waiting": waiting,
        "letters_waiting_oldest_seconds": _age(waiting_since, now),
        "jobs_waiting": tx.scalar(select(func.count()).where(jobs.c.due_at <= to_ms(now), jobs.c.state != "dead")),
        "jobs_dead": tx.scalar(select(func.count()).where(jobs.c.state == "dead")),
    }


def _age(since: int | None, now: datetime) -> int:
    return 0 if since is None else max(0, (to_ms(now) - since) // 1000)


def versions() -> Json:
    """What runs here."""
    return {
        "caunoi": version("caunoi"),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{name: version(name) for name in ("sqlalchemy", "aiohttp", "python-telegram-bot", "apscheduler")},
    }
