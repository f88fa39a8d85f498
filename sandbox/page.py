"""The phones page and its small JSON API.

GET /api/state, GET /api/events (Server-Sent Events), GET /api/files/<path>,
POST /api/people {name, role?, app?: "telegram", "zalo_bot" or "zalo_oa"},
POST /api/people/<id>/<action> {…} with the actions of actions.ACTIONS,
POST /api/people/<id>/photo (the picture is the body), POST /api/clock {seconds} or {to: "morning"},
POST /api/faults {kind, …} or {clear: true}, POST /api/inject (an update), POST /api/repeat {update_id}.
"""

import asyncio
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from aiohttp import web

from sandbox.actions import Actions, answer
from sandbox.entities import detected
from sandbox.phone import Phone
from sandbox.world import World

Json = dict[str, Any]
STATIC = Path(__file__).with_name("static")
SHOWN = 200
GATHER_SECONDS = 0.03
KEEPALIVE_SECONDS = 15.0


class Hint(TypedDict):
    """A ready-made button: a deep link payload or words, for one person or for anybody."""

    label: str
    payload: NotRequired[str]
    text: NotRequired[str]
    person: NotRequired[int | str]


class Page:
    """Shows the world and lets people act in it."""

    def __init__(self, world: World, hints: list[Hint]) -> None:
        self.world = world
        self.hints = hints
        self.actions = Actions(world)
        self.closing = asyncio.Event()

    def add_to(self, app: web.Application) -> None:
        """Put the page's addresses into an application."""
        app.router.add_get("/", _index)
        app.router.add_static("/static/", STATIC)
        app.router.add_get("/favicon.ico", _favicon)
        app.router.add_get("/api/state", self._state)
        app.router.add_get("/api/events", self._events)
        app.router.add_get("/api/files/{path:.+}", self._file)
        self.actions.add_to(app)
        app.on_shutdown.append(self._close)

    def state(self) -> Json:
        """Return everything the page shows."""
        return {
            "version": self.world.changes,
            "now": self.world.clock.now().isoformat(),
            "bot": self.world.bot.user(),
            "about": self.world.bot.about,
            "hints": self.hints,
            "faults": self.world.kinds(),
            "complaints": sum(map(len, self.world.all_complaints())),
            "people": [self._person_state(phone) for phone in self.world.phones.values()],
        }

    def _person_state(self, phone: Phone) -> Json:
        messages = [self._shown(message) for message in phone.messages[-SHOWN:]]
        known = {"id": phone.number, "name": phone.name, "role": phone.role, "app": phone.app}
        return {**known, **phone.screen(), "messages": messages}

    def _shown(self, message: Json) -> Json:
        """Return a message with the addresses of its files, and its links, which phones find by themselves."""
        message = {**message, "entities": _with_links(message)} if "text" in message else message
        kind = next((name for name in ("photo", "voice", "sticker", "document") if name in message), None)
        if kind is None:
            return message
        shape = message[kind][-1] if kind == "photo" else message[kind]
        stored = self.world.files.get(shape["file_id"])
        return {**message, "file": f"/api/files/{stored.path}" if stored else None}

    async def _state(self, _: web.Request) -> web.Response:
        return answer(self.state())

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Tell the page each time something changes."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        happened = asyncio.Event()
        with self.world.watched(happened.set):
            while not self.closing.is_set():
                happened.clear()
                await response.write(f"data: {self.world.changes}\n\n".encode())
                await _one_of(happened, self.closing)
                await asyncio.sleep(GATHER_SECONDS)
        return response

    async def _file(self, request: web.Request) -> web.Response:
        stored = self.world.files.at(request.match_info["path"])
        if stored is None:
            raise web.HTTPNotFound
        shown = (
            stored.mime
            if stored.mime in ("image/jpeg", "image/webp", "audio/ogg", "audio/aac")
            else "application/octet-stream"
        )
        return web.Response(body=stored.data, content_type=shown)

    async def _close(self, _: web.Application) -> None:
        self.closing.set()


def _with_links(message: Json) -> list[Json]:
    found = [entity for entity in detected(message["text"]) if entity["type"] == "url"]
    known: list[Json] = message.get("entities", [])
    return known + [entity for entity in found if entity not in known]


async def _index(_: web.Request) -> web.FileResponse:
    return web.FileResponse(STATIC / "index.html")


async def _favicon(_: web.Request) -> web.FileResponse:
    return web.FileResponse(STATIC / "favicon.svg")


async def _one_of(*events: asyncio.Event) -> None:
    """Wait until one of the events happens, or long enough to say we are still here."""
    tasks = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(tasks, timeout=KEEPALIVE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
