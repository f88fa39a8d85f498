"""(e) Memory of `caunoi run`: when nobody writes, and when as many write as it can take."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.child import Result
from bench.platform import Platform, running
from bench.rounds import folder
from bench.talk import FIRST_CHAT, LINES

BESIDE = 2000
"""People in a talk at the same time, so that nobody writes faster than a person could."""
LOOKS_SECONDS = 0.2


async def memory(records: str, people: int, seconds: float, rests: float = 5.0) -> Result:
    """Mebibytes resident (RSS), and with shared pages counted in part (PSS): after a rest, and the most in a run."""
    everything = _everything(people)
    platform = Platform(lambda _chat, _words: None)
    caunoi = str(Path(sys.executable).with_name("caunoi"))
    with folder() as place:
        shutil.copyfile(records, Path(place) / "caunoi.db")
        async with platform.open() as api, running(platform, api, place, caunoi, "run") as process:
            await asyncio.sleep(rests)
            idle = _mebibytes(process.pid)
            platform.more, looks, end = everything, [idle], time.monotonic() + seconds
            platform.wake()
            while time.monotonic() < end:
                await asyncio.sleep(LOOKS_SECONDS)
                looks.append(_mebibytes(process.pid))
            taken = platform.acknowledged
    return {
        "idle_rss": idle[0],
        "idle_pss": idle[1],
        "load_rss": max(rss for rss, _ in looks),
        "load_pss": max(pss for _, pss in looks),
        "turns_per_second": taken / seconds,
    }


def _everything(people: int) -> Iterator[tuple[int, str]]:
    """All lines of all people, each person's in order and some time apart."""
    for first in range(0, people, BESIDE):
        for line in LINES:
            for number in range(first, min(first + BESIDE, people)):
                yield FIRST_CHAT + number, line


def _mebibytes(process: int) -> tuple[float, float]:
    told = Path(f"/proc/{process}/smaps_rollup").read_text("utf-8")
    rss, pss = (int(found) / 1024 for found in re.findall(r"^[RP]ss: +(\d+) kB", told, re.MULTILINE))
    return rss, pss
