"""How updates are posted to webhooks: in order, again until accepted."""

import asyncio
import json
import random
from dataclasses import dataclass, field

import aiohttp

from sandbox.call import Call
from sandbox.errors import ApiError
from sandbox.methods import perform, spelled
from sandbox.records import Bot, Webhook
from sandbox.spec import decode
from sandbox.updates import Pending
from sandbox.world import World

MAX_RETRY_AFTER = 3600
CUT_OFF_CHECK = 0.05


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

    async def _post(self, http: aiohttp.ClientSession, bot: Bot, hook: Webhook, item: Pending, delay: float) -> float:
        """Post one update; return how long to wait before the next try, 0 when it was accepted."""
        if self.world.faults.cut_off:
            await asyncio.sleep(CUT_OFF_CHECK)
            return 0.0
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
        try:
            async with http.post(hook.url, json=item.update, headers=headers, allow_redirects=False) as answer:
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
