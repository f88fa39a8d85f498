"""JSON over HTTP: an answer is one whatever its status, and a file is never fetched from inside our own network."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.channels import json_request
from bot.channels.channel import ChannelError, Refused, Throttled, Unreachable
from bot.channels.json_request import Answer, JsonRequest

OUTSIDE = "https://bot-api.zaloplatforms.com"


async def say(request: web.Request) -> web.Response:
    """Answer with the status, the words and the header that the path names."""
    status, words = int(request.match_info["status"]), request.match_info["words"]
    return web.Response(status=status, text=words, headers={"Retry-After": "7"})


async def redirect(request: web.Request) -> web.Response:
    raise web.HTTPFound(f"/200/{request.match_info['words']}")


@pytest.fixture
async def base() -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{status:\\d+}/{words:.+}", say)
    app.router.add_route("*", "/to/{words}", redirect)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
async def requests(base: str) -> AsyncIterator[JsonRequest]:
    made = JsonRequest(base)
    yield made
    await made.close()


@pytest.mark.parametrize("status", [200, 400, 429, 502])
async def test_a_json_object_is_an_answer_whatever_its_status(base: str, requests: JsonRequest, status: int) -> None:
    assert await requests.post(f'{base}/{status}/{{"ok": 1}}', {}) == Answer(status, {"ok": 1}, 7.0)


@pytest.mark.parametrize(("path", "error"), [("200/[1]", Unreachable), ("403/html", Unreachable),
                                             ("429/html", Throttled), ("to/x", Unreachable)])  # fmt: skip
async def test_anything_else_comes_from_something_in_between(
    base: str, requests: JsonRequest, path: str, error: type[ChannelError]
) -> None:
    with pytest.raises(error) as caught:
        await requests.post(f"{base}/{path}", {})
    assert "127.0.0.1" not in f"{caught.value!r} {caught.value.__context__!r} {caught.value.__cause__!r}"
    assert getattr(caught.value, "maybe_sent", True)


async def test_a_page_without_end_is_no_refusal(
    base: str, requests: JsonRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_request, "ANSWER_BYTES", 4)
    with pytest.raises(Unreachable):
        await requests.post(f"{base}/200/a-long-page", {})


async def test_a_file_is_fetched_through_a_redirection_and_within_its_limit(base: str, requests: JsonRequest) -> None:
    assert await requests.download(f"{base}/to/photo", 5, 3) == b"photo"
    for path in ("200/photo!", "404/x", "403/x", "410/x"):
        with pytest.raises(Refused):
            await requests.download(f"{base}/{path}", 5, 3)
    with pytest.raises(Unreachable):
        await requests.download(f"{base}/500/x", 5, 3)


@pytest.mark.parametrize(
    "url",
    ["http://169.254.169.254/latest", "http://10.0.0.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
     "http://[64:ff9b::a9fe:a9fe]/", "http://[2002:7f00:1::]/", "http://[fec0::1]/", "http://224.0.0.1/",
     "http://2130706433/", "http://0177.0.0.1/", "http://localhost/", "file:///etc/passwd", "http:///x", "ftp://example.vn/x"],
)  # fmt: skip
async def test_a_file_inside_our_own_network_is_refused(base: str, url: str) -> None:
    outside = JsonRequest(OUTSIDE)
    for each in (url, f"{base}/200/photo"):
        with pytest.raises(Refused):
            await outside.download(each, 9, 3)
    await outside.close()
