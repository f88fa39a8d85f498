"""One channel of the service with all that listens and speaks on it: what fails there stops no other."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.channels.channel import Channel, ChannelError, Misconfigured
from bot.health import Health
from bot.runner import Intake, Latecomers, Poller
from bot.sender import Sender
from bot.starting import StartFailed
from storage.database import Database
from web.server import Door

log = structlog.get_logger(__name__)

OPEN_AGAIN_SECONDS = 5.0
MISCONFIGURED_SECONDS = 30.0
GRACE_SECONDS = 6.0
MEND = {
    "telegram": "Telegram không nhận thiết đặt của bot: xem lại CAUNOI_TELEGRAM_TOKEN, và "
    "CAUNOI_TELEGRAM_WEBHOOK_URL nếu có",
    "zalo_bot": "Zalo không nhận thiết đặt của bot: xem lại CAUNOI_ZALO_BOT_TOKEN, và CAUNOI_PUBLIC_URL nếu có",
    "zalo_oa": "Zalo không nhận thiết đặt của OA: xem lại các thiết đặt CAUNOI_ZALO_OA_…, và CAUNOI_PUBLIC_URL",
}
"""What the operator looks at when a platform does not take the settings."""


@dataclass
class Line:
    """A channel, its intake and its sender."""

    database: Database
    health: Health
    channel: Channel
    intake: Intake
    sender: Sender
    alone: bool
    """Whether there is no other channel, so that without this one there is nothing to run for."""
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def loops(self, roles: Collection[str]) -> dict[str, Coroutine[Any, Any, object]]:
        """What runs all the time, each by a name of its own."""
        account, webhook = self.channel.account, self.channel.webhook
        loops: dict[str, Coroutine[Any, Any, object]] = {}
        if "send" in roles:
            loops[f"sender:{account}"] = self.database.lead(f"sender:{account}", self.sender.run)
        if "listen" in roles:
            loops[f"intake:{account}"] = self._listen()
        if "listen" in roles and webhook and not webhook.comes_again:
            loops[f"late:{account}"] = self.database.lead(f"poller:{account}", Latecomers(self.intake).run)
        return loops

    def door(self) -> Door | None:
        """Where its updates are posted, if they are."""
        webhook = self.channel.webhook
        return Door(webhook, self.intake.take if webhook.comes_again else self.intake.keep) if webhook else None

    async def close(self) -> None:
        """Give the connections back; what is on disk and not taken waits there."""
        begun = tuple(self.intake.begun)
        for task in begun:
            task.cancel()
        await asyncio.gather(*begun, return_exceptions=True)
        await self.channel.close()

    async def finish(self, sending: asyncio.Task[object]) -> None:
        """Let the sender finish what is in flight."""
        if self.sender.running:
            self.sender.stop(GRACE_SECONDS)
        else:
            sending.cancel()
        with suppress(asyncio.CancelledError, Exception):
            async with asyncio.timeout(GRACE_SECONDS + 1):  # it may lose its lease just now, and wait for another
                await sending

    async def _listen(self) -> None:
        """Open the channel, then poll it, or leave the rest to its webhook."""
        await self._open()
        if self.channel.webhook:
            await asyncio.Event().wait()
        await self.database.lead(f"poller:{self.channel.account}", Poller(self.channel, self.intake).run)

    async def _open(self) -> None:
        """Try until it is open; a wrong setting ends the process only where nothing else runs."""
        while (failure := await self._failure()) is not None:
            wrong = isinstance(failure, Misconfigured)
            if wrong and self.alone:
                raise StartFailed(f"{MEND[self.channel.name]} ({failure}).") from failure
            self._is("misconfigured" if wrong else "lost", str(failure))
            await asyncio.sleep(MISCONFIGURED_SECONDS if wrong else OPEN_AGAIN_SECONDS)
        self._is("up")

    async def _failure(self) -> ChannelError | None:
        try:
            await self.channel.open()
        except ChannelError as failure:
            return failure
        return None

    def _is(self, state: str, reason: str = "") -> None:
        """Note how it is, and tell when that changed."""
        account = self.channel.account
        before, self.health.channels[account] = self.health.channels.get(account, "up"), state
        if state != before:
            event = "platform.back" if state == "up" else f"platform.{state}"
            log.warning(event, channel=self.channel.name, account=account, reason=reason)
