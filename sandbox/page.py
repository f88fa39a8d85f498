"""The phones page and its small JSON API.

GET /api/state, GET /api/events (Server-Sent Events), GET /api/files/<path>,
POST /api/people {name, role?}, POST /api/people/<id>/<action> {…} with the actions of ACTIONS,
POST /api/people/<id>/photo (the picture is the body), POST /api/clock {seconds} or {to: "morning"},
POST /api/faults {kind, …} or {clear: true}, POST /api/inject (an update), POST /api/repeat {update_id}.
"""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from aiohttp import web

from sandbox.clock import seconds_until_morning
from sandbox.errors import ApiError
from sandbox.people import Person
from sandbox.profile import menu
from sandbox.world import World

Json = dict[str, Any]
STATIC = Path(__file__).with_name("static")
MAX_PHOTO = 20 * 2**20
MAX_MOVE = 366 * 24 * 3600
MAX_PEOPLE = 40
MAX_NAME = 64
SHOWN = 200
GATHER_SECONDS = 0.03
KEEPALIVE_SECONDS = 15.0


class Hint(TypedDict):
    """A ready-made button: a deep link payload or words, for one person or for anybody."""

    label: str
    payload: NotRequired[str]
    text: NotRequired[str]
    person: NotRequired[int | str]


ACTIONS: dict[str, Callable[[Person, Json], object]] = {
    "type": lambda person, given: person.type(_words(given["text"])),
    "tap": lambda person, given: person.tap(int(given["message_id"]), str(given["button"])),
    "press": lambda person, given: person.press(str(given["label"])),
    "link": lambda person, given: person.open_link(str(given.get("payload", ""))),
    "voice": lambda person, given: person.send_voice(duration=min(int(given.get("seconds", 1)), 60)),
    "sticker": lambda person, _: person.send_sticker(),
    "contact": lambda person, given: person.share_contact(own=bool(given.get("own", True))),
    "edit": lambda person, given: person.edit(int(given["message_id"]), _words(given["text"])),
    "block": lambda person, _: person.block(),
    "unblock": lambda person, _: person.unblock(),
}


class Page:
    """Shows the world and lets people act in it."""

    def __init__(self, world: World, hints: list[Hint]) -> None:
        self.world = world
        self.hints = hints
        self.closing = asyncio.Event()

    def add_to(self, app: web.Application) -> None:
        """Put the page's addresses into an application."""
        app.router.add_get("/", _index)
        app.router.add_static("/static/", STATIC)
        app.router.add_get("/favicon.ico", _favicon)
        app.router.add_get("/api/state", self._state)
        app.router.add_get("/api/events", self._events)
        app.router.add_get("/api/files/{path:.+}", self._file)
        app.router.add_post("/api/people", self._add_person)
        app.router.add_post("/api/people/{id:\\d+}/photo", self._photo)
        app.router.add_post("/api/people/{id:\\d+}/{action}", self._act)
        app.router.add_post("/api/clock", self._clock)
        app.router.add_post("/api/faults", self._faults)
        app.router.add_post("/api/inject", self._inject)
        app.router.add_post("/api/repeat", self._repeat)
        app.on_shutdown.append(self._close)

    def state(self) -> Json:
        """Return everything the page shows."""
        return {
            "version": self.world.changes,
            "now": self.world.clock.now().isoformat(),
            "bot": self.world.bot.user(),
            "about": self.world.bot.about,
            "hints": self.hints,
            "faults": self.world.faults.kinds(),
            "complaints": len(self.world.complaints),
            "people": [self._person_state(person) for person in self.world.people.values()],
        }

    def _person_state(self, person: Person) -> Json:
        chat = person.chat
        return {
            "id": person.id,
            "name": person.name,
            "role": person.role,
            "started": chat.started,
            "blocked": chat.blocked,
            "typing": chat.typing_until > self.world.monotonic(),
            "keyboard": chat.keyboard,
            "notice": chat.notice,
            "commands": menu(self.world.bot, person.id, person.user["language_code"]),
            "messages": [self._shown(message) for message in person.messages[-SHOWN:]],
        }

    def _shown(self, message: Json) -> Json:
        """Return a message with the addresses of its files."""
        kind = next((name for name in ("photo", "voice", "sticker", "document") if name in message), None)
        if kind is None:
            return message
        shape = message[kind][-1] if kind == "photo" else message[kind]
        stored = self.world.files.get(shape["file_id"])
        return {**message, "file": f"/api/files/{stored.path}" if stored else None}

    async def _state(self, _: web.Request) -> web.Response:
        return _answer(self.state())

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
            if stored.mime in ("image/jpeg", "image/webp", "audio/ogg")
            else "application/octet-stream"
        )
        return web.Response(body=stored.data, content_type=shown)

    async def _add_person(self, request: web.Request) -> web.Response:
        given = await _body(request)
        name = str(given.get("name", "")).strip()[:MAX_NAME]
        if not name or len(self.world.people) >= MAX_PEOPLE:
            raise web.HTTPBadRequest
        person = self.world.add_person(name, role=str(given.get("role", ""))[:MAX_NAME])
        return _answer({"id": person.id})

    async def _act(self, request: web.Request) -> web.Response:
        person = self._person(request)
        action = ACTIONS.get(request.match_info["action"])
        if action is None:
            raise web.HTTPNotFound
        given = await _body(request)
        try:
            result = action(person, given)
        except (ValueError, KeyError, TypeError, StopIteration) as problem:
            raise web.HTTPConflict(text=str(problem)) from None
        return _answer({"ok": True, "result": result})

    async def _photo(self, request: web.Request) -> web.Response:
        person = self._person(request)
        data = await request.read()
        if len(data) > MAX_PHOTO:
            raise web.HTTPRequestEntityTooLarge(MAX_PHOTO, len(data))
        try:
            return _answer({"ok": True, "result": person.send_photo(data or None)})
        except ValueError as problem:
            raise web.HTTPConflict(text=str(problem)) from None

    async def _clock(self, request: web.Request) -> web.Response:
        given = await _body(request)
        wanted = given.get("seconds", 0)
        seconds = (
            seconds_until_morning(self.world.clock.now()) if given.get("to") == "morning" else float(wanted)
        )
        if not 0 < seconds <= MAX_MOVE:
            raise web.HTTPBadRequest
        self.world.move(seconds)
        return _answer({"now": self.world.clock.now().isoformat()})

    async def _faults(self, request: web.Request) -> web.Response:
        given = await _body(request)
        try:
            set_fault(self.world, given)
        except (TypeError, AttributeError) as problem:
            raise web.HTTPBadRequest(text=str(problem)) from None
        self.world.changed()
        return _answer({"faults": self.world.faults.kinds()})

    async def _inject(self, request: web.Request) -> web.Response:
        try:
            return _answer({"update_id": self.world.inject(await _body(request))})
        except ApiError as refusal:
            raise web.HTTPBadRequest(text=refusal.description) from None

    async def _repeat(self, request: web.Request) -> web.Response:
        try:
            self.world.repeat(int((await _body(request))["update_id"]))
        except (StopIteration, KeyError, ValueError):
            raise web.HTTPNotFound from None
        return _answer({"ok": True})

    async def _close(self, _: web.Application) -> None:
        self.closing.set()

    def _person(self, request: web.Request) -> Person:
        person = self.world.people.get(int(request.match_info["id"]))
        if person is None:
            raise web.HTTPNotFound
        return person


def set_fault(world: World, given: Json) -> None:
    """Order a trouble by name: {kind, …its arguments}, or clear them all or one."""
    kind = given.pop("kind", None)
    if given.pop("clear", False):
        world.faults.clear(kind)
        return
    if kind not in ("throttle", "network_down", "swallow", "html", "false_ok", "slow"):
        raise TypeError(f"no such trouble: {kind}")
    getattr(world.faults, kind)(**given)


async def _index(_: web.Request) -> web.FileResponse:
    return web.FileResponse(STATIC / "index.html")


async def _favicon(_: web.Request) -> web.FileResponse:
    return web.FileResponse(STATIC / "favicon.svg")


async def _body(request: web.Request) -> Json:
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    try:
        given = await request.json()
    except ValueError:
        raise web.HTTPBadRequest from None
    if not isinstance(given, dict):
        raise web.HTTPBadRequest
    return given


async def _one_of(*events: asyncio.Event) -> None:
    """Wait until one of the events happens, or long enough to say we are still here."""
    tasks = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(tasks, timeout=KEEPALIVE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


def _words(text: object) -> str:
    words = str(text).strip()
    if not words:
        raise ValueError("nothing was written")
    return words


def _answer(body: Json) -> web.Response:
    return web.json_response(body, dumps=lambda value: json.dumps(value, ensure_ascii=False))
