"""How updates reach a bot: long polls, and webhooks in order."""

import asyncio
import json
import random
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from sandbox.call import Call
from sandbox.errors import ApiError, conflict
from sandbox.methods import perform, spelled
from sandbox.spec import decode
from sandbox.updates import Pending
from sandbox.world import Bot, Webhook, World

Json = dict[str, Any]
MAX_LIMIT = 100
MAX_POLL = 50
MAX_RETRY_AFTER = 3600
CUT_OFF_CHECK = 0.05
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


@dataclass(slots=True)
class _Line:
    """Updates of one chat or person, sent one at a time."""

    task: asyncio.Task[None]
    failures: int = 0


@dataclass(slots=True)
class Courier:
    """Posts updates to webhooks: in order within a queue, queues side by side, again until accepted."""

    world: World
    lines: dict[tuple[str, str], _Line] = field(default_factory=dict)

    async def run(self) -> None:
        """Deliver until cancelled."""
        happened = asyncio.Event()
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as http:
            with self.world.watched(happened.set):
                try:
                    while True:
                        happened.clear()
                        self._start_lines(http)
                        await happened.wait()
                finally:
                    await self._end()

    def _start_lines(self, http: aiohttp.ClientSession) -> None:
        for bot in tuple(self.world.bots.values()):
            if bot.webhook is None:
                continue
            for queue in dict.fromkeys(item.queue for item in bot.updates.pending):
                key = (bot.token, queue)
                if key in self.lines or len(self.lines) >= bot.webhook.max_connections:
                    continue
                self.lines[key] = _Line(asyncio.create_task(self._run_line(http, bot, queue)))

    async def _run_line(self, http: aiohttp.ClientSession, bot: Bot, queue: str) -> None:
        delay = 0.0
        try:
            while (hook := bot.webhook) and (item := _first(bot, queue)):
                delay = await self._post(http, bot, hook, item, delay)
                await asyncio.sleep(delay * self.world.second)
        finally:
            self.lines.pop((bot.token, queue), None)
            self.world.changed()

    async def _post(
        self, http: aiohttp.ClientSession, bot: Bot, hook: Webhook, item: Pending, delay: float
    ) -> float:
        """Post one update; return how long to wait before the next try, 0 when it was accepted."""
        if self.world.faults.cut_off:
            await asyncio.sleep(CUT_OFF_CHECK)
            return 0.0
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
        try:
            async with http.post(
                hook.url, json=item.update, headers=headers, allow_redirects=False
            ) as answer:
                if answer.ok and answer.status < 300:  # noqa: PLR2004  (2xx only)
                    bot.updates.done(item)
                    self._answered(bot, await answer.read(), answer.content_type)
                    return 0.0
                words = f"Wrong response from the webhook: {answer.status} {answer.reason}"
                wait = _retry_after(answer.headers.get("Retry-After"))
        except (aiohttp.ClientError, TimeoutError) as problem:
            words, wait = f"Connection failed: {problem}", None
        hook.last_error, hook.last_error_date = words, self.world.seconds()
        bot.updates.forget_old()
        return wait if wait is not None else min(max(1.0, delay * 2), random.uniform(60, 120))  # noqa: S311

    def _answered(self, bot: Bot, body: bytes, mime: str) -> None:
        """Perform the method a webhook may put in its answer."""
        if mime != "application/json" or b'"method"' not in body:
            return
        try:
            raw = json.loads(body)
            method = spelled(str(raw.pop("method")))
            params, complaints = decode(method, raw)
            self.world.complain(complaints)
            perform(Call(self.world, bot, method, params, {}))
        except (ApiError, ValueError, KeyError) as problem:
            self.world.complain([f"webhook answer: {problem}"])

    async def _end(self) -> None:
        tasks = [line.task for line in self.lines.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _first(bot: Bot, queue: str) -> Pending | None:
    return next((item for item in bot.updates.pending if item.queue == queue), None)


def _retry_after(value: str | None) -> float | None:
    return float(min(int(value), MAX_RETRY_AFTER)) if value and value.isdigit() else None
