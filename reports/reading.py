"""Reading a file that somebody brought in a process of its own, which may take only so much memory and time."""

from __future__ import annotations

import resource
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

from conversation.messages import N_
from reports.tables import Sheet, Unreadable, read_tables

MOST_MEMORY = 450_000_000
MOST_SECONDS = 60
TOO_HEAVY = N_("Tệp này nặng quá, Cầu Nối không mở hết được. Xin chỉ giữ các cột cần thiết, hoặc chia thành nhiều tệp.")


def read_safely(path: Path) -> list[Sheet]:
    """As `read_tables`; a file that needs too much is `Unreadable`, whatever it does to the process that reads it."""
    with ProcessPoolExecutor(1, get_context("spawn"), _limit) as reader:
        try:
            return reader.submit(read_tables, path).result()
        except (BrokenProcessPool, MemoryError) as failure:
            raise Unreadable(TOO_HEAVY) from failure


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
