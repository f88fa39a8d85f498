"""No bot at all: what it costs to be handed an update and to parse it, which is part of every other figure."""

from __future__ import annotations

import json

from bench.child import Result, Stopwatch
from bench.people import crowd
from bench.talk import LINES, ROWS


async def turns(chats: int, in_flight: int) -> Result:
    """So many people speak, and nobody listens."""

    async def take(line: bytes) -> None:
        json.loads(line)

    async with crowd(0, chats, in_flight) as people:
        with Stopwatch() as watch:
            await people.speak(take)
    count = chats * len(LINES)
    return watch.of(count, load_us=people.cpu / count * 1e6, rows=dict.fromkeys(ROWS, 0))
