"""The pretend Zalo Bot Platform does what was observed of the real one, its oddities first."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import RawTestServer

from sandbox.clock import MovableClock
from sandbox.samples import photo
from sandbox.server import serving
from sandbox.world import World
from sandbox.zalo.bot import ZaloBot
from sandbox.zalo.phone import ZaloPhone
from tests.sandbox.hook import Hook, hook

Json = dict[str, Any]
SECRET = "bi-mat-khung-thu"


@dataclass
class Bench:
    """The platform, somebody with Zalo, and a bare HTTP client."""

    base: str
    bot: ZaloBot
    sau: ZaloPhone
    http: aiohttp.ClientSession

    async def call(self, method: str, **params: Any) -> Json:
        """The whole answer; its status says 200 whatever it holds."""
        async with self.http.post(f"{self.base}/zalo_bot/bot{self.bot.token}/{method}", json=params) as answer:
            assert answer.status == 200
            return dict(await answer.json())

    async def refusal(self, method: str, **params: Any) -> tuple[int, str]:
        answer = await self.call(method, **params)
        assert not answer["ok"]
        return answer["error_code"], answer["description"]

    async def send(self, text: str, **params: Any) -> Json:
        return await self.call("sendMessage", chat_id=self.sau.id, text=text, **params)

    async def polling(self) -> asyncio.Task[Json]:
        """A poll that the platform holds open."""
        poll = asyncio.create_task(self.call("getUpdates", timeout="5"))
        async with asyncio.timeout(5):
            while self.bot.poll is None:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        return poll

    async def settled(self) -> None:
        async with asyncio.timeout(5):
            while not self.bot.postman.idle:  # noqa: ASYNC110
                await asyncio.sleep(0.005)


@pytest.fixture
async def api() -> AsyncIterator[Bench]:
    world = World(MovableClock(frozen=True))
    async with serving(world) as base, aiohttp.ClientSession() as http:
        yield Bench(base, world.zalo_bot, world.zalo_bot.add_person("Chị Sáu"), http)


@pytest.fixture
async def hooked(api: Bench) -> AsyncIterator[Hook]:
    async with hook() as made:
        answer = await api.call("setWebhook", url=made.url, secret_token=SECRET)
        assert answer["result"]["verification"]["outcome"] == "webhook.ok"
        assert (made.bodies.pop(), "Content-Type" in made.headers.pop()) == (b"", False)  # the probe
        yield made


# --- sending --------------------------------------------------------------------------------------------------------


async def test_words_arrive(api: Bench) -> None:
    answer = await api.send("Chào chị", text_styles=[{"start": 0, "len": 4, "st": ["b", "c_db342e"]}])
    assert answer["ok"]
    assert answer["result"]["message_id"] == api.sau.last["message_id"]
    assert answer["result"]["date"] > 10**12
    assert api.sau.last["entities"] == [{"type": "bold", "offset": 0, "length": 4}]


@pytest.mark.parametrize("text", ["ế" * 2000, "👋" * 1000])
async def test_two_thousand_units_fit_and_no_more(api: Bench, text: str) -> None:
    assert (await api.send(text))["ok"]
    assert (await api.refusal("sendMessage", chat_id=api.sau.id, text=text + "."))[0] == 400


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("sendMessage", {"text": "x"}, 400),
        ("sendMessage", {"chat_id": "", "text": "x"}, 400),
        ("sendMessage", {"chat_id": 12, "text": "x"}, 400),
        ("sendMessage", {"chat_id": "nobody", "text": "x"}, 404),
        ("sendMessage", {"chat_id": "sau", "text": " "}, 400),
        ("sendMessage", {"chat_id": "sau", "text": "x", "parse_mode": "MarkdownV2"}, 400),
        ("sendPhoto", {"chat_id": "sau", "photo": "data:image/png;base64,AAAA"}, 400),
        ("sendPhoto", {"chat_id": "sau", "photo": "https://anh.example/a.jpg"}, 400),
        ("sendChatAction", {"chat_id": "sau", "action": "upload_photo"}, 400),
        ("setWebhook", {"url": "https://cau-noi.example/zalo", "secret_token": SECRET}, 400),
        ("setWebhook", {"url": "http://127.0.0.1:9/", "secret_token": "ngan"}, 400),
        ("editMessageText", {"chat_id": "sau", "text": "x"}, 404),
    ],
)
async def test_what_it_does_not_take(api: Bench, method: str, params: Json, code: int) -> None:
    if params.get("chat_id") == "sau":
        params = params | {"chat_id": api.sau.id}
    assert (await api.refusal(method, **params))[0] == code
    assert api.sau.heard == []


@pytest.mark.parametrize(
    "style",
    [
        {"start": 0, "len": 2},
        {"start": -1, "len": 2, "st": ["b"]},
        {"start": 0, "len": 9, "st": ["b"]},
        {"start": 0, "len": 1, "st": ["b"]},  # half of the first character, which counts twice
        {"start": 0, "len": 2, "st": ["bold"]},
        "b",
    ],
)
async def test_styles_that_mean_nothing_are_refused(api: Bench, style: object) -> None:
    assert (await api.refusal("sendMessage", chat_id=api.sau.id, text="👋 Chào", text_styles=[style]))[0] == 400


async def test_only_json_is_read(api: Bench) -> None:
    url = f"{api.base}/zalo_bot/bot{api.bot.token}/sendMessage"
    form = {"chat_id": api.sau.id, "text": "x"}
    multipart = aiohttp.FormData(form, default_to_multipart=True)
    for body in (form, multipart):
        async with api.http.post(url, data=body) as answer:
            assert (await answer.json())["description"] == "The chat_id must not be empty"


async def test_a_wrong_token_is_told_from_a_wrong_name(api: Bench) -> None:
    async with api.http.post(f"{api.base}/zalo_bot/bot1:x/getMe", json={}) as answer:
        assert (await answer.json())["error_code"] == 401
    assert (await api.call("getMe"))["result"]["can_join_groups"]


async def test_a_photo_is_fetched_from_its_address_more_than_once(api: Bench) -> None:
    asked = []

    async def handler(request: web.BaseRequest) -> web.Response:
        asked.append(request.path)
        return web.Response(body=photo(), content_type="image/jpeg")

    async with RawTestServer(handler) as server:
        address = f"http://127.0.0.1:{server.port}/anh"
        answer = await api.call("sendPhoto", chat_id=api.sau.id, photo=address, caption="Ổ gà")
    assert answer["result"]["message_type"] == "CHAT_PHOTO"
    assert (api.sau.last["caption"], asked) == ("Ổ gà", ["/anh", "/anh"])


async def test_too_much_is_told_in_the_body_alone(api: Bench) -> None:
    api.bot.faults.throttle(2, retry_after=5)
    for _ in range(2):
        assert await api.refusal("sendMessage", chat_id=api.sau.id, text="x") == (429, "Quota exceeded")
    assert (await api.send("x"))["ok"]


async def test_somebody_who_blocked_it_is_not_reached_and_nobody_told_it(api: Bench, hooked: Hook) -> None:
    api.sau.block()
    assert (await api.refusal("sendMessage", chat_id=api.sau.id, text="x"))[0] == 404
    await api.settled()
    assert hooked.bodies == []


# --- hearing --------------------------------------------------------------------------------------------------------


async def test_a_poll_brings_one_event_and_what_came_before_it_is_lost(api: Bench) -> None:
    first = api.sau.type("không ai nghe")
    poll = await api.polling()
    api.sau.type("có người nghe")
    second = api.sau.type("lại không ai nghe")
    assert (await poll)["result"]["message"]["text"] == "có người nghe"
    assert api.bot.lost == [first["message_id"], second["message_id"]]
    assert (await api.refusal("getUpdates", timeout="0"))[0] == 408
    assert (await api.refusal("getUpdates", timeout=1))[0] == 400


async def test_polls_end_each_other_and_are_refused_beside_a_webhook(api: Bench) -> None:
    poll = await api.polling()
    another = asyncio.create_task(api.refusal("getUpdates", timeout="5"))
    assert (await poll)["error_code"] == 409
    answer = await api.call("setWebhook", url="http://127.0.0.1:9/", secret_token=SECRET)
    assert not answer["result"]["verification"]["ok"]
    assert (await another)[0] == 409
    assert (await api.refusal("getUpdates", timeout="0"))[0] == 409
    assert (await api.call("deleteWebhook"))["result"]["url"] == ""
    assert (await api.refusal("getUpdates", timeout="0"))[0] == 408


async def test_the_webhook_can_be_tried_but_not_all_the_time(api: Bench, hooked: Hook) -> None:
    assert (await api.call("getWebhookInfo"))["result"]["url"] == hooked.url
    hooked.planned = [403]
    answer = await api.call("testWebhook")
    assert (answer["ok"], answer["result"]["outcome"]) == (True, "webhook.http.403")
    assert (await api.refusal("testWebhook"))[0] == 426


async def test_events_are_posted_with_the_secret_in_order_and_never_again(api: Bench, hooked: Hook) -> None:
    hooked.planned = [200, 500]
    words = [api.sau.type(f"tin {number}")["text"] for number in range(5)]
    await api.settled()
    assert [json.loads(body)["message"]["text"] for body in hooked.bodies] == words
    assert {headers["X-Bot-Api-Secret-Token"] for headers in hooked.headers} == {SECRET}
    assert len(api.bot.lost) == 1


async def test_every_kind_is_told_as_it_was_captured(api: Bench, hooked: Hook) -> None:
    api.sau.type("Góp ý")
    api.sau.send_photo(caption="Ổ gà")
    api.sau.send_voice()
    api.sau.send_sticker()
    api.sau.send_unsupported()
    api.bot.mention(api.sau, "@Bot Cầu Nối lịch họp")
    await api.settled()
    text, image, voice, sticker, unsupported, mention = [json.loads(body) for body in hooked.bodies]
    assert text["event_name"] == "message.text.received"
    assert text["message"]["from"] == {"id": api.sau.id, "display_name": "Chị Sáu", "is_bot": False}
    assert text["message"]["chat"] == {"id": api.sau.id, "chat_type": "PRIVATE"}
    assert text["message"]["date"] > 10**12
    assert (image["event_name"], image["message"]["caption"]) == ("message.image.received", "Ổ gà")
    assert [voice["message"]["message_type"], "url" in sticker["message"]] == ["CHAT_VOICE", True]
    assert set(unsupported["message"]) == {"date", "chat", "message_id", "from"}
    assert mention["message"]["chat"]["chat_type"] == "GROUP"
    async with api.http.get(image["message"]["photo_url"]) as answer:
        assert (await answer.read()).startswith(b"\xff\xd8")
    async with api.http.get(voice["message"]["voice_url"]) as answer:
        assert (await answer.read()).startswith(b"\xff\xf1")


async def test_where_the_sources_contradict_each_other_it_can_be_either(api: Bench, hooked: Hook) -> None:
    manner = api.bot.manner
    manner.enveloped, manner.photo, manner.seconds, manner.times, manner.proof = True, "photo", True, 2, "wrong"
    api.sau.send_photo()
    await api.settled()
    first, again = [json.loads(body) for body in hooked.bodies]
    assert first == again
    assert first["result"]["message"]["photo"].startswith(api.base)
    assert first["result"]["message"]["date"] < 10**12
    assert hooked.headers[0]["X-Bot-Api-Secret-Token"] == f"{SECRET}x"
    manner.times, manner.proof = 1, "missing"
    api.sau.type("không có gì làm chứng")
    await api.settled()
    assert "X-Bot-Api-Secret-Token" not in hooked.headers[-1]
