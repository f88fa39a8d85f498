"""The one sender of a bot account: claims what the pace allows, says it, and writes down how that ended.

What follows an error of a channel is decided in `bot/verdict.py`. Nothing is lost: a letter leaves the outbox in the
transaction that settles it. What a crash may repeat is what was in flight.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableSet
from contextlib import suppress
from datetime import datetime

import structlog
from sqlalchemy import Connection

from bot.channels.channel import Channel, ChannelError, Receipt
from bot.clock import Clock
from bot.outage import Outage
from bot.pace import Pace, Window
from bot.verdict import Again, Judge
from storage import leases, outbox, rerouting
from storage.database import Database, DatabaseUnavailable
from storage.leases import Lease, LeaseLost
from storage.outbox import Letter, Outcome

log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.1
"""How often the outbox is looked at when nobody wakes us: letters may come from another process."""
RECORDS_SECONDS = 1.0
REROUTE_SECONDS = 5.0
MOST_REROUTED = 500
"""In one transaction."""
GRACE_SECONDS = 8.0

Ended = tuple[Letter, Outcome | Again]


class Sender:
    """Sends the letters of one account while it has the lease to do so; nobody else does at that time."""

    def __init__(
        self,
        database: Database,
        channel: Channel,
        clock: Clock,
        wake: asyncio.Event,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        lost: MutableSet[str] | None = None,
    ) -> None:
        """`lost` is shared with the senders of other accounts: those that have been out of order for long."""
        self._database, self._channel, self._clock, self._wake = database, channel, clock, wake
        self._monotonic = monotonic
        self._pace = Pace(channel.limits.pace, monotonic())
        self._window = Window(channel.limits.pace.overall)
        self._outage = Outage(channel)
        self._judge = Judge(channel, clock, self._pace, self._outage)
        self._in_flight: dict[str, asyncio.Task[None]] = {}
        self._ended: list[Ended] = []
        self._records_lost = False
        self._lost = set() if lost is None else lost
        self._reroute_at, self._looked_at = 0.0, 0
        self._claims_forgotten = True  # by the sender before us, or when an answer of the records was lost
        self._stopping, self._grace = False, GRACE_SECONDS
        self.running = False

    async def run(self, lease: Lease) -> None:
        """Send until stopped or cancelled; then finish what is in flight and give the rest back.

        Raises `LeaseLost`: then nothing is finished, because another sender does all of it.
        """
        self._lease = lease
        self._outage = self._judge.outage = Outage(self._channel)  # others may have sent since an old one
        self._pace.pause(self._monotonic() + lease.pause_left)
        self.running = self._claims_forgotten = True
        try:
            while not self._stopping:
                await self._with_records(self._round)
        finally:
            await self._finish()
            self._lost.discard(self._channel.account)  # whoever sends from now on finds out anew
            self.running = self._stopping = False

    def stop(self, grace: float = GRACE_SECONDS) -> None:
        """Ask `run` to end within `grace` seconds."""
        self._stopping, self._grace = True, grace
        self._wake.set()

    # --- rounds -----------------------------------------------------------------------------------------------------

    async def _with_records(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Do the work; without the records nothing is sent, and what was sent stays to be written down."""
        try:
            await work()
        except DatabaseUnavailable as failure:
            if not self._records_lost:
                log.info("database.away", account=self._channel.account, reason=failure.kind)
            self._records_lost = self._claims_forgotten = True
            await asyncio.sleep(RECORDS_SECONDS)
            return False
        self._records_lost = False
        return True

    async def _round(self) -> None:
        """Settle what ended and claim what may be sent, in one transaction; then wait for news."""
        self._lease.check()  # asking the platform for a sign of life needs it too
        room, now = await self._room(), self._monotonic()
        await self._reroute(now)
        letters: list[Letter] = []
        if room or self._ended:
            letters = await self._exchange(room, now)
            for letter in letters:
                self._pace.take(letter.lane, letter.address.chat, now)
                self._in_flight[letter.address.chat] = asyncio.create_task(self._send(letter))
        soon = self._pace.next_at(now) - self._monotonic()  # the records took their time too
        await self._rest(soon if letters or soon > 0 else LOOK_SECONDS)

    async def _room(self) -> int:
        """How many letters may be claimed now; after a loss, only once the platform gives a sign of life."""
        now = self._monotonic()
        if self._stopping or not await self._outage.over(now):
            return 0
        return max(0, min(self._window.size - len(self._in_flight), self._pace.room(now)))

    async def _exchange(self, room: int, now: float) -> list[Letter]:
        lease, ended, at = self._lease, tuple(self._ended), self._clock.now()
        in_flight, forgotten = tuple(self._in_flight), self._claims_forgotten
        busy = {*in_flight, *self._pace.resting(now)}
        bulk, pause = self._pace.bulk_room(now), self._judge.silence_asked

        def work(tx: Connection) -> list[Letter]:
            if pause:
                leases.pause(tx, lease, pause)
            _write_down(tx, ended, at)
            account = self._channel.account
            if forgotten:
                outbox.release_claimed(tx, account, except_chats=in_flight)
            return outbox.claim(tx, account, at, room, bulk=bulk, except_chats=busy) if room else []

        letters = await self._database.write(lease.guard(work))
        del self._ended[: len(ended)]
        self._claims_forgotten = False
        if self._judge.silence_asked == pause:  # else a longer one was asked for meanwhile
            self._judge.silence_asked = 0.0
        return letters

    async def _reroute(self, now: float) -> None:
        """While the platform has been lost for long, let people be reached elsewhere."""
        account = self._channel.account
        if not self._outage.is_long(now):
            return self._lost.discard(account)
        self._lost.add(account)
        if now >= self._reroute_at:
            leave = self._lease.guard(rerouting.leave_account)
            looked_at = await self._database.write(leave, account, tuple(self._lost), self._looked_at, MOST_REROUTED)
            self._looked_at, self._reroute_at = looked_at, now + (0 if looked_at else REROUTE_SECONDS)
        return None

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(min(max(seconds, 0.0), LOOK_SECONDS)):
                await self._wake.wait()
        self._wake.clear()

    async def _finish(self) -> None:
        self._stopping = True
        if self._in_flight:
            grace = self._grace if self._lease.holds() else 0.0
            _, late = await asyncio.wait(self._in_flight.values(), timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        if self._ended and self._lease.holds():
            await self._with_records(self._settle_last)
        self._ended.clear()

    async def _settle_last(self) -> None:
        await self._exchange(0, self._monotonic())

    # --- one letter -------------------------------------------------------------------------------------------------

    async def _send(self, letter: Letter) -> None:
        end: Outcome | Again = Again(counts=True)  # what holds if we are cancelled half-way
        began = self._monotonic()
        try:
            receipt = await self._say(letter)
            self._window.took(self._monotonic() - began)
            self._outage.heard_from()
            end = Outcome("sent", message_id=receipt.message_id)
        except ChannelError as error:
            end = self._judge.after(letter, error, self._monotonic())
        except LeaseLost:
            end = Again(counts=False)
        except DatabaseUnavailable as failure:
            end = self._judge.without_its_file(letter, failure, self._monotonic())
        except Exception:
            log.exception("letter.failed", account=self._channel.account, letter=letter.id)
            end = Outcome("failed", reason="a fault of the program")
        finally:
            self._ended.append((letter, end))
            del self._in_flight[letter.address.chat]
            self._wake.set()

    async def _say(self, letter: Letter) -> Receipt:
        self._lease.check()
        _, receipt = await asyncio.gather(
            self._acknowledge(letter.acknowledges), self._channel.send(letter.address, letter.said)
        )
        return receipt

    async def _acknowledge(self, callback: str) -> None:
        if callback:
            with suppress(ChannelError):  # a button that goes on spinning is no reason to say the words twice
                await self._channel.acknowledge(callback)


def _write_down(tx: Connection, ended: tuple[Ended, ...], at: datetime) -> None:
    for letter, end in ended:
        if isinstance(end, Again):
            outbox.put_back(tx, letter, counts=end.counts)
        else:
            outbox.settle(tx, letter, end, at)
