"""Whether the platform of a bot account is lost, and how long it is left in peace then."""

from __future__ import annotations

import asyncio
import random

import structlog

from bot.channels.channel import Channel, ChannelError, Misconfigured, Unreachable

log = structlog.get_logger(__name__)

LONGEST_BACKOFF = 60.0
MISCONFIGURED_SECONDS = 30.0
SIGN_OF_LIFE_SECONDS = 5.0
LONG_OUTAGE_SECONDS = 600.0
"""After so long without the platform, letters go to people's other chats."""


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


def backoff(failures: int) -> float:
    """Seconds to wait after so many failures in a row: doubling from 1 to 60, a little at random."""
    longest = min(LONGEST_BACKOFF, 2.0 ** min(failures - 1, 6))
    return longest * random.uniform(0.75, 1.0)  # noqa: S311 - spreading load is no secret
