"""What the process answers over HTTP: webhooks, and how it is doing."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from aiohttp import web

from conversation.messages import Json
from storage.database import DatabaseUnavailable

log = structlog.get_logger(__name__)

LARGEST_BODY = 256 * 1024
MEDIA_HEADERS = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
RETRY_AFTER = {"Retry-After": "5"}


class Answers(Protocol):
    """Where the introspection pages get their answers."""

    async def ready(self) -> tuple[bool, str]:
        """Whether the process can serve, and what is missing."""

    async def metrics(self) -> bytes:
        """Prometheus' text."""


class Guard(Protocol):
    """How a platform knocks."""

    @property
    def path(self) -> str:
        """Where it posts."""

    @property
    def authentic(self) -> Callable[[Mapping[str, str], bytes], bool]:
        """Whether headers and body prove who it is."""

    @property
    def probe(self) -> Callable[[bytes], bool]:
        """Whether it only asks if anybody is there."""


@dataclass(frozen=True, slots=True)
class Door:
    """One platform's way in: how it knocks, and who takes its updates."""

    guard: Guard
    take: Callable[[Json], Awaitable[None]]


Media = Callable[[str], Awaitable[tuple[bytes, str] | None]]
"""Opens what a link leads to: its content and MIME type."""


def add_routes(app: web.Application, answers: Answers, versions: Json) -> None:
    """Add the introspection pages to an application."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def readyz(_request: web.Request) -> web.Response:
        ready, why = await answers.ready()
        return web.json_response({"status": why}, status=200 if ready else 503)

    async def metrics(request: web.Request) -> web.Response:
        _only_from_here(request)
        try:
            figures = await answers.metrics()
        except DatabaseUnavailable:
            return _come_again()
        return web.Response(body=figures, content_type="text/plain", charset="utf-8")

    async def versions_json(request: web.Request) -> web.Response:
        _only_from_here(request)
        return web.json_response(versions)

    app.router.add_get("/-/healthz", healthz)
    app.router.add_get("/-/readyz", readyz)
    app.router.add_get("/-/metrics", metrics)
    app.router.add_get("/-/versions.json", versions_json)


def add_doors(app: web.Application, doors: Iterable[Door]) -> None:
    """Add the webhooks."""
    for door in doors:
        app.router.add_post(door.guard.path, _receiver(door))


def add_media(app: web.Application, path: str, media: Media) -> None:
    """Hand out what a platform was given a link to."""

    async def hand_out(request: web.Request) -> web.Response:
        try:
            found = await media(request.match_info["token"])
        except DatabaseUnavailable:
            return _come_again()
        if found is None:
            raise web.HTTPNotFound
        content, mime = found
        return web.Response(body=content, content_type=mime, headers=MEDIA_HEADERS)

    app.router.add_get(path + "{token}", hand_out)


def application(answers: Answers, versions: Json) -> web.Application:
    """The process's own web server; bodies are capped after decompression."""
    app = web.Application(client_max_size=LARGEST_BODY)
    add_routes(app, answers, versions)
    return app


def _only_from_here(request: web.Request) -> None:
    """Refuse strangers, and whatever a proxy passes on for them."""
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    if forwarded or not request.remote or not ipaddress.ip_address(request.remote).is_loopback:
        raise web.HTTPForbidden(text="loopback only")


def _receiver(webhook: Door) -> Callable[[web.Request], Awaitable[web.Response]]:
    guard = webhook.guard

    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        if guard.probe(body):
            return web.Response(status=200)
        if not guard.authentic(request.headers, body):
            raise web.HTTPUnauthorized(text="wrong secret")
        update = _parse(body)
        if update is None:
            log.warning("update.unreadable", bytes=len(body))
            return web.Response(status=200, text="set aside")  # asking again would bring the same
        try:
            await webhook.take(update)
        except DatabaseUnavailable:
            return _come_again()
        return web.Response(status=200)

    return receive


def _come_again() -> web.Response:
    return web.Response(status=503, headers=RETRY_AFTER)


def _parse(body: bytes) -> Json | None:
    try:
        update: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return update if isinstance(update, dict) else None
