"""What the page may do to the world: act as a person, move the clock, order troubles."""

import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from sandbox.clock import seconds_until_morning
from sandbox.errors import ApiError
from sandbox.phone import Phone
from sandbox.world import World

Json = dict[str, Any]
MAX_PHOTO = 20 * 2**20
MAX_MOVE = 366 * 24 * 3600
MAX_PEOPLE = 40
MAX_NAME = 64
MAX_VOICE = 60

ACTIONS: dict[str, Callable[[Any, Json], object]] = {
    "type": lambda person, given: person.type(_words(given["text"])),
    "tap": lambda person, given: person.tap(given["message_id"], str(given["button"])),
    "press": lambda person, given: person.press(str(given["label"])),
    "link": lambda person, given: person.open_link(str(given.get("payload", ""))),
    "voice": lambda person, given: person.send_voice(duration=min(int(given.get("seconds", 1)), MAX_VOICE)),
    "sticker": lambda person, _: person.send_sticker(),
    "contact": lambda person, given: person.share_contact(own=bool(given.get("own", True))),
    "edit": lambda person, given: person.edit(int(given["message_id"]), _words(given["text"])),
    "block": lambda person, _: person.block(),
    "follow": lambda person, _: person.follow(),
    "unsupported": lambda person, _: person.send_unsupported(),
    "unblock": lambda person, _: person.unblock(),
}


class Actions:
    """Does what the page asks."""

    def __init__(self, world: World) -> None:
        self.world = world

    def add_to(self, app: web.Application) -> None:
        """Put the actions' addresses into an application."""
        app.router.add_post("/api/people", self._add_person)
        app.router.add_post("/api/people/{id:\\d+}/photo", self._photo)
        app.router.add_post("/api/people/{id:\\d+}/{action}", self._act)
        app.router.add_post("/api/clock", self._clock)
        app.router.add_post("/api/faults", self._faults)
        app.router.add_post("/api/inject", self._inject)
        app.router.add_post("/api/repeat", self._repeat)

    async def _add_person(self, request: web.Request) -> web.Response:
        given = await _body(request)
        name = str(given.get("name", "")).strip()[:MAX_NAME]
        if not name or len(self.world.phones) >= MAX_PEOPLE:
            raise web.HTTPBadRequest
        add: dict[str, Callable[..., Phone]] = {
            "telegram": self.world.add_person,
            "zalo_bot": self.world.zalo_bot.add_person,
            "zalo_oa": self.world.zalo_oa.add_person,
        }
        if (app := given.get("app", "telegram")) not in add:
            raise web.HTTPBadRequest
        phone = add[app](name, role=str(given.get("role", ""))[:MAX_NAME])
        return answer({"id": phone.number})

    async def _act(self, request: web.Request) -> web.Response:
        person = self._person(request)
        action = ACTIONS.get(request.match_info["action"])
        if action is None:
            raise web.HTTPNotFound
        given = await _body(request)
        try:
            result = action(person, given)
        except (ValueError, KeyError, TypeError, AttributeError, StopIteration) as problem:
            raise web.HTTPConflict(text=str(problem)) from None
        return answer({"ok": True, "result": result})

    async def _photo(self, request: web.Request) -> web.Response:
        person = self._person(request)
        data = await request.read()
        if len(data) > MAX_PHOTO:
            raise web.HTTPRequestEntityTooLarge(MAX_PHOTO, len(data))
        try:
            return answer({"ok": True, "result": person.send_photo(data or None)})
        except ValueError as problem:
            raise web.HTTPConflict(text=str(problem)) from None

    async def _clock(self, request: web.Request) -> web.Response:
        given = await _body(request)
        wanted = given.get("seconds", 0)
        seconds = seconds_until_morning(self.world.clock.now()) if given.get("to") == "morning" else float(wanted)
        if not 0 < seconds <= MAX_MOVE:
            raise web.HTTPBadRequest
        self.world.move(seconds)
        return answer({"now": self.world.clock.now().isoformat()})

    async def _faults(self, request: web.Request) -> web.Response:
        given = await _body(request)
        try:
            set_fault(self.world, given)
        except (TypeError, AttributeError) as problem:
            raise web.HTTPBadRequest(text=str(problem)) from None
        self.world.changed()
        return answer({"faults": self.world.kinds()})

    async def _inject(self, request: web.Request) -> web.Response:
        try:
            return answer({"update_id": self.world.inject(await _body(request))})
        except ApiError as refusal:
            raise web.HTTPBadRequest(text=refusal.description) from None

    async def _repeat(self, request: web.Request) -> web.Response:
        try:
            self.world.repeat(int((await _body(request))["update_id"]))
        except (StopIteration, KeyError, ValueError):
            raise web.HTTPNotFound from None
        return answer({"ok": True})

    def _person(self, request: web.Request) -> Any:
        """Return the phone; what it can do depends on its app, and is asked of it."""
        person = self.world.phones.get(int(request.match_info["id"]))
        if person is None:
            raise web.HTTPNotFound
        return person


def set_fault(world: World, given: Json) -> None:
    """Order a trouble on every platform by name: {kind, …its arguments}, or clear them all or one."""
    kind = given.pop("kind", None)
    if given.pop("clear", False):
        for faults in world.troubles():
            faults.clear(kind)
        return
    if kind not in ("throttle", "network_down", "swallow", "html", "false_ok", "slow"):
        raise TypeError(f"no such trouble: {kind}")
    for faults in world.troubles():
        getattr(faults, kind)(**given)


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


def _words(text: object) -> str:
    words = str(text).strip()
    if not words:
        raise ValueError("nothing was written")
    return words


def answer(body: Json) -> web.Response:
    """Return an answer in JSON."""
    return web.json_response(body, dumps=lambda value: json.dumps(value, ensure_ascii=False))
