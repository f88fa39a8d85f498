"""One core for what is measured, the other for what loads it; and what either cost."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_ALL = sorted(os.sched_getaffinity(0))
LOADING, MEASURED = _ALL[0], _ALL[-1]
_TICKS = os.sysconf("SC_CLK_TCK")


def stay_on(core: int) -> None:
    """Bind this process, and what it starts from now on, to a core."""
    os.sched_setaffinity(0, {core})


def put_on(core: int, process: int) -> None:
    """Bind another process, its threads and its children to a core."""
    for member in (process, *_children(process)):
        for thread in Path(f"/proc/{member}/task").iterdir():
            with suppress(ProcessLookupError):
                os.sched_setaffinity(int(thread.name), {core})


def cpu_seconds(process: int) -> float:
    """CPU time of a process and its children, those that have ended included; in steps of a hundredth of a second."""
    user, system, *of_ended = _fields(process)[11:15]
    living = (int(tick) for child in _children(process) for tick in _fields(child)[11:13])
    return (int(user) + int(system) + sum(map(int, of_ended)) + sum(living)) / _TICKS


def resident(process: int) -> float:
    """Mebibytes in memory of a process and its children, what they share counted twice; none when it has ended."""
    pages = 0
    for member in (process, *_children(process)):
        with suppress(FileNotFoundError, ProcessLookupError):
            pages += int(Path(f"/proc/{member}/statm").read_text("utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _children(process: int) -> Iterator[int]:
    """The processes that this one started; PostgreSQL's are not asked for their own, as they have none."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with suppress(FileNotFoundError, ProcessLookupError):
                if int(_fields(int(folder.name))[1]) == process:
                    yield int(folder.name)


def _fields(process: int) -> list[str]:
    """What /proc/<process>/stat tells after the name, which may hold anything: proc(5)'s field 3 comes first."""
    return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
