"""How a bot asks for updates: one long poll at a time."""

import asyncio
from typing import Any

from sandbox.call import Call
from sandbox.errors import conflict
from sandbox.records import Bot
from sandbox.world import World

Json = dict[str, Any]
MAX_LIMIT = 100
MAX_POLL = 50
TERMINATED = "terminated by other getUpdates request; make sure that only one bot instance is running"
HOOKED = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


class Polls:
    """Lets one getUpdates at a time wait for a bot's updates."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._waiting: dict[str, asyncio.Event] = {}

    async def get_updates(self, call: Call) -> list[Json]:
        """Confirm what came before the offset and return what waits, or wait for it."""
        bot = call.bot
        if bot.webhook:
            raise conflict(HOOKED)
        self._stop(bot.token)
        if call.get("allowed_updates") is not None:
            bot.updates.allow(call.get("allowed_updates"))
        bot.updates.confirm(call.get("offset") or 0)
        limit = min(max(call.get("limit") or MAX_LIMIT, 1), MAX_LIMIT)
        return await self._wait(bot, limit, min(call.get("timeout") or 0, MAX_POLL))

    async def _wait(self, bot: Bot, limit: int, timeout: float) -> list[Json]:  # noqa: ASYNC109  (the API's own)
        stopped, happened = asyncio.Event(), asyncio.Event()
        self._waiting[bot.token] = stopped
        with self.world.watched(happened.set):
            try:
                async with asyncio.timeout(timeout):
                    while not (found := bot.updates.take(limit)):
                        happened.clear()
                        await happened.wait()
                        _check(bot, stopped)
            except TimeoutError:
                return []
            finally:
                if self._waiting.get(bot.token) is stopped:
                    del self._waiting[bot.token]
        return found

    def _stop(self, token: str) -> None:
        if waiting := self._waiting.get(token):
            waiting.set()
            self.world.changed()


def _check(bot: Bot, stopped: asyncio.Event) -> None:
    if stopped.is_set():
        raise conflict(TERMINATED)
    if bot.webhook:
        raise conflict("terminated by setWebhook request")
