"""A bare HTTP client for the pretend Bot API: no bot library in between."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from sandbox.clock import MovableClock
from sandbox.people import Person
from sandbox.server import serving
from sandbox.world import World

Json = dict[str, Any]


class Bench:
    """A world, its server, one person who has pressed start, and a client."""

    def __init__(self, world: World, base: str, http: aiohttp.ClientSession) -> None:
        self.world = world
        self.base = base
        self.http = http
        self.hoa: Person = world.add_person("Bác Hoa")

    async def call(self, method: str, *, token: str = "", **params: Any) -> Json:
        """Call a method with a JSON body and return the whole answer."""
        url = f"{self.base}/bot{token or self.world.bot.token}/{method}"
        async with self.http.post(url, json=params) as answer:
            body: Json = await answer.json()
            assert answer.status == body.get("error_code", 200)
            return body

    async def ok(self, method: str, **params: Any) -> Any:
        """Call a method that must succeed and return its result."""
        body = await self.call(method, **params)
        assert body["ok"], body
        return body["result"]

    async def send(self, text: str = "Chào bác", **params: Any) -> Json:
        """Call sendMessage to the person and return the whole answer."""
        return await self.call("sendMessage", chat_id=self.hoa.id, text=text, **params)


@asynccontextmanager
async def bench(*, pace: bool = False) -> AsyncIterator[Bench]:
    """Serve a fresh world with a frozen clock."""
    world = World(MovableClock(frozen=True), pace=pace)
    async with serving(world) as base, aiohttp.ClientSession() as http:
        made = Bench(world, base, http)
        made.hoa.open_link()
        yield made
