"""What was found, one file a part, with where and when; a run that is stopped loses only the part it was at."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from bench.child import ROOT
from bench.rounds import Found, folder
from tests import postgres

KEPT = Path(__file__).parent / "results"
PEERS = ("sqlalchemy", "aiohttp", "python-telegram-bot", "aiogram", "asyncpg", "aiosqlite")
CHANGED = ("status", "--porcelain", "-uno", "--", ".", ":!bench/results", ":!bench/RESULTS.md")
Part = dict[str, Any]


def part(name: str, quick: bool, began: float, found: Found) -> Part:
    """A part's figures, and what one must know to judge them."""
    return {
        "part": name,
        "quick": quick,
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "commit": _git("rev-parse", "--short", "HEAD") + ("+" if _git(*CHANGED) else ""),
        "load_average": Path("/proc/loadavg").read_text("utf-8").split()[0],
        "seconds": round(time.monotonic() - began),
        "machine": machine(),
        "found": found,
    }


def keep(measured: Part) -> None:
    """Write a part down in place of the one before."""
    KEPT.mkdir(exist_ok=True)
    file = KEPT / f"{measured['part']}.json"
    file.write_text(json.dumps(measured, ensure_ascii=False, indent=1) + "\n", "utf-8")


def kept() -> dict[str, Part]:
    """All parts ever written down, by name."""
    return {file.stem: json.loads(file.read_text("utf-8")) for file in KEPT.glob("*.json")}


def machine() -> dict[str, str]:
    """What the figures depend on."""
    postgresql = subprocess.run(
        [str(postgres.programs() / "postgres"), "--version"], check=True, capture_output=True, text=True
    )
    return {
        "CPU": f"{_cpu()}, {os.cpu_count()} cores",
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "fsync": f"{_fsync_us():.0f} µs for 4 KiB, median",
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "PostgreSQL": postgresql.stdout.split()[-1],
        **dict(_versions()),
    }


def _versions() -> Iterator[tuple[str, str]]:
    for name in PEERS:
        try:
            yield name, version(name)
        except ModuleNotFoundError:
            continue


def _cpu() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def _fsync_us() -> float:
    took = []
    with folder() as place, Path(place, "probe").open("wb", buffering=0) as file:
        for _ in range(200):
            file.write(bytes(4096))
            began = time.perf_counter()
            os.fsync(file.fileno())
            took.append(time.perf_counter() - began)
    return median(took) * 1e6


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True, cwd=ROOT).stdout.strip()
