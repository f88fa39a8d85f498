"""Who knocks at the doors of this process: counted here, and now and then added to what the others have counted."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from storage import webhook_posts
from storage.database import Database, DatabaseUnavailable
from web.server import Door, Guard

WRITE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class _Counting:
    """A guard that notes whom it let in."""

    guard: Guard
    note: Callable[[bool], None]

    @property
    def path(self) -> str:
        return self.guard.path

    @property
    def probe(self) -> Callable[[bytes], bool]:
        return self.guard.probe

    def authentic(self, headers: Mapping[str, str], body: bytes) -> bool:
        let_in = self.guard.authentic(headers, body)
        self.note(let_in)
        return let_in


@dataclass
class Knocks:
    """Counts posts by account, and whether they were let in."""

    database: Database
    _new: Counter[tuple[str, bool]] = field(default_factory=Counter)

    def counted(self, account: str, door: Door) -> Door:
        """The door, with everybody counted who comes to it."""

        def note(let_in: bool) -> None:
            self._new[account, let_in] += 1

        return replace(door, guard=_Counting(door.guard, note))

    async def run(self) -> None:
        """Write down what is new, until cancelled."""
        while True:
            await asyncio.sleep(WRITE_SECONDS)
            await self.hand_in()

    async def hand_in(self) -> None:
        """Add what is new to the records; while they are away it stays new."""
        new = Counter(self._new)
        if not new:
            return
        try:
            await self.database.write(add_all, new)
        except DatabaseUnavailable:
            return
        self._new -= new


def add_all(tx: Connection, new: Counter[tuple[str, bool]]) -> None:
    """In one order of accounts, so that two processes never wait for each other."""
    for account in sorted({account for account, _ in new}):
        webhook_posts.add(tx, account, new[account, True], new[account, False])
