"""The process's own web server: probes for everybody, figures for this machine, a guarded door for the platform."""

from __future__ import annotations

import gzip
import hmac
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.channels.channel import Webhook
from conversation.messages import Json
from storage.database import DatabaseUnavailable
from web.server import LARGEST_BODY, Door, add_doors, application

SECRET = "the-secret"
SECRET_HEADER = "X-Secret"


class Doors:
    """What the server is given: a database that may be away, and a list of what came in."""

    def __init__(self) -> None:
        self.away = False
        self.taken: list[Json] = []

    async def ready(self) -> tuple[bool, str]:
        return not self.away, "unreachable" if self.away else "ready"

    async def metrics(self) -> bytes:
        if self.away:
            raise DatabaseUnavailable("unreachable", "máy chủ")
        return b"caunoi_people 3.0\n"

    async def take(self, update: Json) -> None:
        if self.away:
            raise DatabaseUnavailable("unreachable", "máy chủ")
        self.taken.append(update)


@pytest.fixture
def doors() -> Doors:
    return Doors()


@pytest.fixture
async def base(doors: Doors) -> AsyncIterator[str]:
    def authentic(headers: Mapping[str, str], body: bytes) -> bool:
        return hmac.compare_digest(headers.get(SECRET_HEADER, "").encode(), SECRET.encode()) and body != b"forged"

    webhook = Webhook("https://bot.example.vn/tg/door", authentic, probe=lambda body: body == b"{}")
    app = application(doors, {"caunoi": "0"})
    add_doors(app, [Door(webhook, doors.take)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def ask(method: str, url: str, **how: Any) -> tuple[int, bytes, Any]:
    async with aiohttp.ClientSession() as session, session.request(method, url, **how) as response:
        return response.status, await response.read(), response.headers


async def knock(base: str, body: bytes, secret: str | None = SECRET, **headers: str) -> tuple[int, bytes, Any]:
    given = {SECRET_HEADER: secret} if secret is not None else {}
    return await ask("POST", f"{base}/tg/door", data=body, headers={**given, **headers})


async def test_the_process_says_it_is_alive_even_without_its_database(base: str, doors: Doors) -> None:
    doors.away = True
    assert (await ask("GET", f"{base}/-/healthz"))[0] == 200
    assert (await ask("GET", f"{base}/-/readyz"))[0] == 503


@pytest.mark.parametrize("path", ["/-/metrics", "/-/versions.json"])
async def test_figures_are_for_this_machine_only(base: str, path: str) -> None:
    assert (await ask("GET", base + path))[0] == 200
    assert (await ask("GET", base + path, headers={"X-Forwarded-For": "203.0.113.9"}))[0] == 403


async def test_figures_nobody_can_count_are_asked_for_again(base: str, doors: Doors) -> None:
    doors.away = True
    status, _, headers = await ask("GET", f"{base}/-/metrics")
    assert (status, headers["Retry-After"]) == (503, "5")


async def test_an_update_with_the_secret_is_taken(base: str, doors: Doors) -> None:
    status, _, _ = await knock(base, json.dumps({"update_id": 1}).encode())
    assert (status, doors.taken) == (200, [{"update_id": 1}])


@pytest.mark.parametrize("secret", [None, "", "the-secre", "the-secrets", "THE-SECRET", "bí mật"])
async def test_a_wrong_secret_takes_nothing(base: str, doors: Doors, secret: str | None) -> None:
    encoded = secret.encode("utf-8", "surrogateescape").decode("latin-1") if secret else secret
    assert (await knock(base, b'{"update_id": 1}', encoded))[0] == 401
    assert doors.taken == []


async def test_the_body_is_judged_too_and_a_probe_is_answered_and_not_taken(base: str, doors: Doors) -> None:
    assert (await knock(base, b"forged"))[0] == 401
    assert (await knock(base, b"{}", None))[0] == 200
    assert (await knock(base, b"{ }", None))[0] == 401
    assert doors.taken == []


async def test_the_platform_is_asked_to_come_again_while_the_database_is_away(base: str, doors: Doors) -> None:
    doors.away = True
    status, _, headers = await knock(base, b'{"update_id": 1}')
    assert (status, headers["Retry-After"]) == (503, "5")


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b"1", b'"x"', b"[" * 100_000, b"\xff\xfe"])
async def test_what_nobody_can_read_is_acknowledged_and_set_aside(base: str, doors: Doors, body: bytes) -> None:
    with capture_logs() as logs:
        assert (await knock(base, body))[0] == 200
    assert doors.taken == []
    assert [(entry["event"], entry["bytes"]) for entry in logs] == [("update.unreadable", len(body))]


async def test_a_body_over_the_cap_is_refused_also_when_it_only_unpacks_to_it(base: str, doors: Doors) -> None:
    assert (await knock(base, b"x" * (LARGEST_BODY + 1)))[0] == 413
    bomb = gzip.compress(b"x" * 50_000_000)
    assert (await knock(base, bomb, **{"Content-Encoding": "gzip"}))[0] in (400, 413)
    assert doors.taken == []


async def test_only_post_opens_the_door(base: str) -> None:
    assert (await ask("GET", f"{base}/tg/door", headers={SECRET_HEADER: SECRET}))[0] == 405
