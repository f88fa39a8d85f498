"""How Zalo posts events to a webhook: first tries in order for each person, later ones whenever they are due."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import aiohttp

if TYPE_CHECKING:
    from sandbox.world import World

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parcel:
    """One event on its way."""

    line: str
    """Whose it is: the events of one person go one after another."""
    key: str
    body: bytes
    headers: dict[str, str]


class Delivery(NamedTuple):
    """One try: the status that the webhook answered with, 0 when it gave no answer."""

    key: str
    status: int


class Postman:
    """Posts parcels; one that is refused is posted again after each wait of the ladder, and then is lost."""

    def __init__(self, world: World, *, ladder: Sequence[float], patience: float, complaints: deque[str]) -> None:
        self.world = world
        self.ladder = ladder
        self.patience = patience
        self.url = ""
        self.pending: list[Parcel] = []
        self.tries: list[Delivery] = []
        self.lost: list[str] = []
        self._complaints = complaints
        self._busy: set[str] = set()
        self._on_the_way = 0

    @property
    def idle(self) -> bool:
        """Tell whether nothing waits for its first try or for another."""
        return not self.pending and not self._on_the_way

    def send(self, parcel: Parcel) -> None:
        """Have a parcel posted."""
        self.pending.append(parcel)
        self.world.changed()

    async def run(self) -> None:
        """Deliver until cancelled."""
        happened = asyncio.Event()
        async with aiohttp.ClientSession() as http, asyncio.TaskGroup() as walks:
            with self.world.watched(happened.set):
                while True:
                    happened.clear()
                    for line in {parcel.line for parcel in self.pending} - self._busy:
                        self._busy.add(line)
                        walks.create_task(self._walk(http, walks, line))
                    await happened.wait()

    async def _walk(self, http: aiohttp.ClientSession, walks: asyncio.TaskGroup, line: str) -> None:
        try:
            while parcel := next((each for each in self.pending if each.line == line), None):
                self._on_the_way += 1
                self.pending.remove(parcel)
                if await self._delivered(http, parcel, {}):
                    self._on_the_way -= 1
                else:
                    walks.create_task(self._again(http, parcel, self.world.clock.now()))
        finally:
            self._busy.discard(line)
            self.world.changed()

    async def _again(self, http: aiohttp.ClientSession, parcel: Parcel, refused_at: datetime) -> None:
        for number, wait in enumerate(self.ladder, 1):
            await self._rest(refused_at, wait)
            if await self._delivered(http, parcel, {"num_retry": str(number)}):
                break
            refused_at = self.world.clock.now()
        else:
            self.lost.append(parcel.key)
        self._on_the_way -= 1
        self.world.changed()

    async def _rest(self, since: datetime, seconds: float) -> None:
        """Wait by the sandbox's clock, or as long as its seconds last when nobody moves that."""
        due = since + timedelta(seconds=seconds)
        happened = asyncio.Event()
        with self.world.watched(happened.set), suppress(TimeoutError):
            async with asyncio.timeout(seconds * self.world.second):
                while self.world.clock.now() < due:
                    happened.clear()
                    await happened.wait()

    async def _delivered(self, http: aiohttp.ClientSession, parcel: Parcel, more: dict[str, str]) -> bool:
        status = await self._status(http, parcel, parcel.headers | more)
        self.tries.append(Delivery(parcel.key, status))
        self.world.changed()
        return 200 <= status < 300  # noqa: PLR2004  (2xx)

    async def _status(self, http: aiohttp.ClientSession, parcel: Parcel, headers: dict[str, str]) -> int:
        limit = aiohttp.ClientTimeout(total=self.patience)
        try:
            async with http.post(
                self.url, data=parcel.body, headers=headers, timeout=limit, allow_redirects=False
            ) as answer:
                return answer.status
        except TimeoutError:
            self._complaints.append(f"the webhook took more than {self.patience:g} s")
        except (aiohttp.ClientError, OSError):
            pass
        return 0
