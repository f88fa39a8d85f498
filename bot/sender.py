"""The one sender of a bot account: claims what the pace allows, says it, and writes down how that ended.

Only here is it decided what follows an error of a channel. Nothing is lost: a letter leaves the outbox in the
transaction that settles it. What a crash may repeat is what was in flight.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, MutableSet
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection

from bot.channels.channel import (
    Channel,
    ChannelError,
    Gone,
    Misconfigured,
    NotAllowed,
    Reason,
    Receipt,
    Refused,
    Throttled,
    Unreachable,
)
from bot.clock import Clock
from bot.pace import Pace, Window
from scheduler.quiet_hours import next_morning, tomorrow_morning
from storage import leases, outbox, rerouting
from storage.database import Database, DatabaseUnavailable
from storage.leases import Lease, LeaseLost
from storage.outbox import Letter, Outcome

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 5
"""Times a letter that may have arrived is said, before its fate is called uncertain."""
LOOK_SECONDS = 0.1
"""How often the outbox is looked at when nobody wakes us: letters may come from another process."""
LONGEST_BACKOFF = 60.0
MISCONFIGURED_SECONDS = 30.0
SIGN_OF_LIFE_SECONDS = 5.0
RECORDS_SECONDS = 1.0
LONG_OUTAGE_SECONDS = 600.0
"""After so long without the platform, letters go to people's other chats."""
REROUTE_SECONDS = 5.0
MOST_REROUTED = 500
"""In one transaction."""
GRACE_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Again:
    """The letter goes back for another try; it `counts` when it may have arrived."""

    counts: bool


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
        self._in_flight: dict[str, asyncio.Task[None]] = {}
        self._ended: list[Ended] = []
        self._records_lost = False
        self._lost = set() if lost is None else lost
        self._reroute_at, self._looked_at = 0.0, 0
        self._claims_forgotten = True  # by the sender before us, or when an answer of the records was lost
        self._pause_to_tell = 0.0
        self._stopping, self._grace = False, GRACE_SECONDS
        self.running = False

    async def run(self, lease: Lease) -> None:
        """Send until stopped or cancelled; then finish what is in flight and give the rest back.

        Raises `LeaseLost`: then nothing is finished, because another sender does all of it.
        """
        self._lease, self._outage = lease, Outage(self._channel)  # others may have sent since an old one
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
        bulk, pause = self._pace.bulk_room(now), self._pause_to_tell

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
        if self._pause_to_tell == pause:  # else a longer one was asked for meanwhile
            self._pause_to_tell = 0.0
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
            end = self._after(letter, error)
        except LeaseLost:
            end = Again(counts=False)
        except DatabaseUnavailable as failure:
            end = self._without_its_file(letter, failure)
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

    def _after(self, letter: Letter, error: ChannelError) -> Outcome | Again:
        """Decide what follows an error."""
        now, account = self._monotonic(), self._channel.account
        match error:
            case Throttled(after=seconds):
                log.warning("platform.throttles", account=account, seconds=seconds)
                self._outage.keep_silent(now, seconds)
                self._pause_to_tell = max(self._pause_to_tell, seconds)
                self._pace.pause(now + seconds)  # each chat's pace is kept, so it is the account that is meant
                return self._maybe_sent(letter, now, str(error)) if error.partly else Again(counts=False)
            case Gone():
                self._outage.heard_from()
                return Outcome("blocked", reason=str(error))
            case NotAllowed(reason=reason):
                self._outage.heard_from()
                log.info("letter.not_allowed", account=account, letter=letter.id, reason=reason)
                return Outcome("skipped", reason=reason, until=self._allowed_from(reason))
            case Refused():
                self._outage.heard_from()
                log.error("letter.refused", account=account, letter=letter.id, reason=str(error))
                return Outcome("failed", reason=str(error))
            case Unreachable(maybe_sent=True) | ChannelError(partly=True):
                self._outage.begins(now, error)
                return self._maybe_sent(letter, now, str(error))
        self._outage.begins(now, error)
        return Again(counts=False)

    def _allowed_from(self, reason: Reason) -> datetime | None:
        match reason:
            case "night":
                return next_morning(self._clock.now())
            case "quota":
                return tomorrow_morning(self._clock.now())
        return None

    def _without_its_file(self, letter: Letter, failure: DatabaseUnavailable) -> Outcome | Again:
        """The file that goes with it cannot be read now; one that never can must not hold up the chat for ever."""
        if letter.attempts + 1 >= MOST_ATTEMPTS:
            log.error("letter.failed", account=self._channel.account, letter=letter.id, reason=failure.kind)
            return Outcome("failed", reason="its file cannot be read")
        self._pace.pause_chat(letter.address.chat, self._monotonic() + backoff(letter.attempts + 1))
        return Again(counts=True)

    def _maybe_sent(self, letter: Letter, now: float, reason: str) -> Outcome | Again:
        """Say it again: twice is better than never; but a letter that never gets through must not go on for ever."""
        if letter.attempts + 1 >= MOST_ATTEMPTS:
            log.error("letter.uncertain", account=self._channel.account, letter=letter.id, reason=reason)
            return Outcome("uncertain", reason=reason)
        self._pace.pause_chat(letter.address.chat, now + backoff(letter.attempts + 1))
        return Again(counts=True)


class Outage:
    """Knows whether the platform is lost; says so once, and once when it is back."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._losses = 0
        self._since: float | None = None
        """Since when the platform has taken nothing."""
        self._silent_until = 0.0
        self._must_ask = False

    def is_long(self, now: float) -> bool:
        """Tell whether the platform has taken nothing for so long that people are better reached elsewhere."""
        silent = self._must_ask or now < self._silent_until
        return silent and self._since is not None and now - self._since >= LONG_OUTAGE_SECONDS

    def keep_silent(self, now: float, seconds: float) -> None:
        """Send nothing for a while: the platform is lost, or asks for it."""
        self._since = now if self._since is None else self._since
        self._silent_until = now + seconds

    def begins(self, now: float, error: ChannelError) -> None:
        """Be silent for a while, longer each time; letters that fail together are one loss."""
        if self._must_ask and now < self._silent_until:
            return
        if self._losses == 0:
            log.warning("platform.lost", account=self._channel.account, reason=str(error))
        self._losses, self._must_ask = self._losses + 1, True
        self.keep_silent(now, MISCONFIGURED_SECONDS if isinstance(error, Misconfigured) else backoff(self._losses))

    def heard_from(self) -> None:
        """Note that the platform answered."""
        if self._losses:
            log.warning("platform.back", account=self._channel.account)
        self._losses, self._silent_until, self._must_ask, self._since = 0, 0.0, False, None

    async def over(self, now: float) -> bool:
        """Tell whether letters may be sent; after a loss the platform is first asked who we are."""
        if now < self._silent_until:
            return False
        if not self._must_ask:
            return True
        try:
            async with asyncio.timeout(SIGN_OF_LIFE_SECONDS):
                await self._channel.open()
        except (ChannelError, TimeoutError) as error:
            silence = error if isinstance(error, ChannelError) else Unreachable("no answer")
            self.begins(now, silence)
            return False
        self._must_ask = False
        return True


def _write_down(tx: Connection, ended: tuple[Ended, ...], at: datetime) -> None:
    for letter, end in ended:
        if isinstance(end, Again):
            outbox.put_back(tx, letter, counts=end.counts)
        else:
            outbox.settle(tx, letter, end, at)


def backoff(failures: int) -> float:
    """Seconds to wait after so many failures in a row: doubling from 1 to 60, a little at random."""
    longest = min(LONGEST_BACKOFF, 2.0 ** min(failures - 1, 6))
    return longest * random.uniform(0.75, 1.0)  # noqa: S311 - spreading load is no secret
