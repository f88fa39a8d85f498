"""One core for what is measured, the other for what loads it."""

from __future__ import annotations

import os

_ALL = sorted(os.sched_getaffinity(0))
LOADING, MEASURED = _ALL[0], _ALL[-1]


def stay_on(core: int) -> None:
    """Bind this process, and what it starts, to a core."""
    os.sched_setaffinity(0, {core})
