"""Reading a file that somebody brought in a process of its own, which may take only so much memory and time."""

from __future__ import annotations

import os
import pickle
import resource
import subprocess
import sys
from pathlib import Path

from conversation.messages import N_
from reports.tables import Sheet, Unreadable, read_tables

MOST_MEMORY = 450_000_000
MOST_SECONDS, LONGEST_WAIT = 60, 300
"""Of computing, and by the clock: a pipe or a drive far away may never end."""
TOO_HEAVY = N_("Tệp này nặng quá, Cầu Nối không mở hết được. Xin chỉ giữ các cột cần thiết, hoặc chia thành nhiều tệp.")
READER = (sys.executable, "-P", "-m", "reports.reading")
"""A program of its own, not a copy of this one, which would first load all that the whole of Cầu Nối needs."""


TOLD = frozenset({"PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH"})
"""What it learns of our surroundings: no token, no password."""


def read_safely(path: Path) -> list[Sheet]:
    """As `read_tables`; a file that needs too much is `Unreadable`, whatever it does to the process that reads it."""
    try:
        reader = subprocess.run(  # noqa: S603 - our own program, and the path is no option of it
            [*READER, str(path)],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if name in TOLD},
            timeout=LONGEST_WAIT,
        )
    except subprocess.TimeoutExpired as late:
        raise Unreadable(TOO_HEAVY) from late
    if reader.returncode:
        raise Unreadable(TOO_HEAVY)
    found: list[Sheet] | Unreadable = pickle.loads(reader.stdout)  # noqa: S301 - written by us, below
    if isinstance(found, Unreadable):
        raise found
    return found


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    found: list[Sheet] | Unreadable
    try:
        found = read_tables(Path(sys.argv[1]))
    except Unreadable as unreadable:
        found = unreadable
    sys.stdout.buffer.write(pickle.dumps(found))


if __name__ == "__main__":
    _main()
