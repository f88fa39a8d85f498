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
from storage import leases, webhook_posts
from storage.database import Database, DatabaseUnavailable
from storage.outbox import Lane
from storage.schema import inbox_updates, jobs, outbox, people, tickets
from storage.times import to_ms
from storage.trouble import probe

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
            "leases": await self.database.read(leases.all_of_them),
            "webhooks": await self.database.read(webhook_posts.counts),
            **await self.database.read(count_waiting, self.clock.now()),
        }

    async def ready(self) -> tuple[bool, str]:
        """Whether the process can serve: the database answers and the clock ticks."""
        try:
            await self.database.read(count_waiting, self.clock.now())
            if self.database.trouble.kind:  # while not ready it may be given nothing to write, and not learn of the end
                await self.database.write(probe)
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
        status = await self.status()
        for name, value in {**status, **self._tick_age()}.items():
            if isinstance(value, int):
                Gauge(f"caunoi_{name}", name.replace("_", " "), registry=registry).set(value)
        for name in ("letters_by_lane", "letters_by_lane_oldest_seconds"):
            gauge = Gauge(f"caunoi_{name}", name.replace("_", " "), ["lane"], registry=registry)
            for lane, value in status[name].items():
                gauge.labels(lane).set(value)
        _add_leases(registry, status["leases"])
        _add_webhooks(registry, status["webhooks"])
        return generate_latest(registry)

    def _tick_age(self) -> Json:
        if self.last_tick is None:
            return {}
        return {"tick_age_seconds": max(0, int((self.clock.now() - self.last_tick).total_seconds()))}


def _add_leases(registry: CollectorRegistry, held: list[Json]) -> None:
    """By what the lease is for; the account stays out of the figures."""
    figures = {
        "held": "1 while a process has the lease",
        "epoch": "how often the lease was given",
        "beat_age_seconds": "how long ago its holder showed itself, on PostgreSQL",
        "pause_seconds": "how long its holder must still be silent",
    }
    for figure, help_text in figures.items():
        gauge = Gauge(f"caunoi_lease_{figure}", help_text, ["lease"], registry=registry)
        for lease in held:
            if (value := lease[figure]) is not None:
                gauge.labels(lease["name"].partition(":")[0]).set(value)


def _add_webhooks(registry: CollectorRegistry, posted: dict[str, Json]) -> None:
    """By platform, whichever of its accounts; they only grow, but for those in a row."""
    gauge = Gauge("caunoi_webhook_posts", "posts to our webhooks", ["channel", "kind"], registry=registry)
    for account, figures in posted.items():
        for kind, value in figures.items():
            gauge.labels(account.partition(":")[0], kind).inc(value)


def count_waiting(tx: Connection, now: datetime) -> Json:
    """How much waits, and how old the oldest is, in seconds."""
    open_ones = select(func.count(), func.min(inbox_updates.c.received_at)).where(inbox_updates.c.state != "done")
    quarantined = select(func.count()).where(inbox_updates.c.state == "quarantined")
    due = select(func.count(), func.min(jobs.c.due_at)).where(jobs.c.due_at <= to_ms(now), jobs.c.state != "dead")
    failed, failed_since = tx.execute(open_ones.where(inbox_updates.c.attempts > 0)).one()
    kept, kept_since = tx.execute(open_ones.where(inbox_updates.c.attempts == 0)).one()
    jobs_due, jobs_since = tx.execute(due).one()
    return {
        "people": tx.scalar(select(func.count()).select_from(people)),
        "tickets_open": tx.scalar(select(func.count()).where(tickets.c.closed_on.is_(None))),
        "updates_waiting": kept,
        "updates_waiting_oldest_seconds": _age(kept_since, now),
        "updates_failed": failed,
        "updates_failed_oldest_seconds": _age(failed_since, now),
        "updates_quarantined": tx.scalar(quarantined),
        **_letters(tx, now),
        "jobs_waiting": jobs_due,
        "jobs_waiting_oldest_seconds": _age(jobs_since, now),
        "jobs_failing": tx.scalar(select(func.count()).where(jobs.c.state != "dead", jobs.c.error.is_not(None))),
        "jobs_dead": tx.scalar(select(func.count()).where(jobs.c.state == "dead")),
    }


def _letters(tx: Connection, now: datetime) -> Json:
    """Letters that may be sent by now, in all and by lane."""
    due = select(outbox.c.lane, func.count(), func.min(outbox.c.not_before)).where(outbox.c.not_before <= to_ms(now))
    rows = [(Lane(lane).name.lower(), count, since) for lane, count, since in tx.execute(due.group_by(outbox.c.lane))]
    return {
        "letters_waiting": sum(count for _, count, _ in rows),
        "letters_waiting_oldest_seconds": max((_age(since, now) for _, _, since in rows), default=0),
        "letters_by_lane": {lane: count for lane, count, _ in rows},
        "letters_by_lane_oldest_seconds": {lane: _age(since, now) for lane, _, since in rows},
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
