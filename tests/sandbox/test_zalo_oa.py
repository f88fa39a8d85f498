"""The pretend Official Account: tokens expire, windows close, events are signed and come again until accepted."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from sandbox.clock import MovableClock
from sandbox.samples import photo
from sandbox.server import serving
from sandbox.world import World
from sandbox.zalo.oa import ZaloOA
from sandbox.zalo.phone import ZaloPhone
from tests.sandbox.hook import Hook, hook

Json = dict[str, Any]
DAY = 24 * 3600


@dataclass
class Bench:
    """The platform, somebody who has just written, and a bare HTTP client with a good token."""

    base: str
    oa: ZaloOA
    sau: ZaloPhone
    http: aiohttp.ClientSession
    token: str = ""

    async def renew(self, refresh: str = "") -> Json:
        form = {"app_id": self.oa.app_id, "refresh_token": refresh or self.oa.tokens.refresh}
        form |= {"grant_type": "refresh_token"}
        headers = {"secret_key": self.oa.app_secret}
        async with self.http.post(f"{self.base}/zalo_oa/v4/oa/access_token", data=form, headers=headers) as answer:
            assert answer.status == 200
            pair: Json = await answer.json()
        self.token = pair.get("access_token", self.token)
        return pair

    async def post(self, path: str, **how: Any) -> Json:
        headers = {"access_token": self.token}
        async with self.http.post(f"{self.base}/zalo_oa/{path}", headers=headers, **how) as answer:
            assert answer.status == 200
            return dict(await answer.json())

    async def send(self, to: str = "", **message: Any) -> Json:
        body = {"recipient": {"user_id": to or self.sau.id}, "message": message}
        return await self.post("v3.0/oa/message/cs", json=body)

    async def settled(self) -> None:
        async with asyncio.timeout(5):
            while not self.oa.postman.idle:  # noqa: ASYNC110
                await asyncio.sleep(0.005)


@pytest.fixture
async def api() -> AsyncIterator[Bench]:
    world = World(MovableClock(frozen=True))
    async with serving(world) as base, aiohttp.ClientSession() as http:
        bench = Bench(base, world.zalo_oa, world.zalo_oa.add_person("Chị Sáu"), http)
        await bench.renew()
        bench.sau.follow()
        yield bench


@pytest.fixture
async def hooked(api: Bench) -> AsyncIterator[Hook]:
    async with hook() as made:
        api.oa.hook(made.url)
        await api.settled()
        assert made.bodies.pop() == b"{}"
        assert not [name for name in made.headers.pop() if name.startswith("X-ZEvent")]
        yield made


# --- tokens ---------------------------------------------------------------------------------------------------------


async def test_a_refresh_token_is_good_once(api: Bench) -> None:
    used = api.oa.tokens.refresh
    pair = await api.renew()
    assert pair["expires_in"] == "90000"
    assert (await api.renew(used))["error"] == -118
    assert "access_token" in await api.renew(pair["refresh_token"])


async def test_an_access_token_ends_by_the_clock_and_when_told_to(api: Bench) -> None:
    assert (await api.send(text="x"))["error"] == 0
    api.oa.world.move(90_001)
    assert (await api.send(text="x"))["error"] == -216
    await api.renew()
    assert (await api.send(text="x"))["error"] == 0
    api.oa.tokens.expire()
    assert (await api.send(text="x"))["error"] == -216


# --- sending --------------------------------------------------------------------------------------------------------


async def test_words_arrive_while_the_window_is_open(api: Bench) -> None:
    quotas = []
    for _ in range(3):
        answer = await api.send(text="Chào chị")
        quotas.append(answer["data"]["quota"]["quota_type"])
        assert answer["data"]["message_id"] == api.sau.last["message_id"]
        api.oa.world.move(2 * DAY + 1)
        await api.renew()
    assert quotas == ["reply", "purchase_quota", "purchase_quota"]
    api.oa.world.move(DAY)
    await api.renew()
    assert (await api.send(text="x"))["error"] == -230
    api.oa.seen(api.sau)
    assert (await api.send(text="x"))["error"] == -230
    api.sau.type("Chào")
    assert (await api.send(text="x"))["error"] == 0


async def test_who_does_not_follow_is_not_reached(api: Bench) -> None:
    huy = api.oa.add_person("Anh Huy")
    huy.type("Chào")
    assert (await api.send(huy.id, text="x"))["error"] == 0
    api.oa.manner.must_follow = True
    assert (await api.send(huy.id, text="x"))["error"] == -213
    api.sau.block()
    assert (await api.send(text="x"))["error"] == -213
    api.sau.unblock()
    assert (await api.send(text="x"))["error"] == 0


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"text": "👋" * 1000 + "."}, -210),
        ({"text": ""}, -201),
        ({}, -201),
        ({"text": "x", "buttons": []}, -201),
        ({"text": "x", "attachment": {"type": "image", "payload": {"url": "http://127.0.0.1:9/a.jpg"}}}, -201),
        ({"attachment": {"type": "file", "payload": {"token": "không có"}}}, -100),
    ],
)
async def test_what_it_does_not_take(api: Bench, message: Json, code: int) -> None:
    assert (await api.send(**message))["error"] == code
    assert api.sau.heard == []


async def test_other_refusals(api: Bench) -> None:
    assert (await api.send("ai đó", text="x"))["error"] == -201
    assert (await api.post("v2.0/oa/message", json={}))["error"] == -240
    api.oa.faults.throttle(1)
    assert (await api.send(text="x"))["error"] == -32
    api.oa.faults.false_ok(1)
    assert (await api.send(text="x"))["error"] == -200


async def test_a_button_says_what_a_person_would_type_or_is_no_parameter_at_all(api: Bench, hooked: Hook) -> None:
    button = {"title": "2. Tôi bận", "type": "oa.query.show", "payload": "2"}
    attachment = {"type": "template", "payload": {"buttons": [button]}}
    await api.send(text="Đi không ạ?", attachment=attachment)
    api.sau.tap(None, "2. Tôi bận")
    await api.settled()
    assert json.loads(hooked.bodies[-1])["message"]["text"] == "2"
    api.oa.manner.buttons = False
    assert (await api.send(text="Đi không ạ?", attachment=attachment))["error"] == -201


async def test_a_picture_and_a_file_are_uploaded_first(api: Bench) -> None:
    image = aiohttp.FormData()
    image.add_field("file", photo(), filename="a.jpg")
    number = (await api.post("v2.0/oa/upload/image", data=image))["data"]["attachment_id"]
    element = {"media_type": "image", "attachment_id": number}
    payload = {"template_type": "media", "elements": [element]}
    await api.send(text="Ảnh ạ", attachment={"type": "template", "payload": payload})
    assert "photo" in api.sau.last
    document = aiohttp.FormData()
    document.add_field("file", b"%PDF-1.7", filename="thu.pdf")
    token = (await api.post("v2.0/oa/upload/file", data=document))["data"]["token"]
    await api.send(attachment={"type": "file", "payload": {"token": token}})
    assert api.sau.last["document"]["file_name"] == "thu.pdf"
    wrong = aiohttp.FormData()
    wrong.add_field("file", b"#!/bin/sh", filename="thu.sh")
    assert (await api.post("v2.0/oa/upload/file", data=wrong))["error"] == -201


# --- events ---------------------------------------------------------------------------------------------------------


def mac(api: Bench, first: str, body: bytes) -> str:
    stamp = json.loads(body)["timestamp"]
    return "mac=" + hashlib.sha256(first.encode() + body + stamp.encode() + api.oa.oa_secret.encode()).hexdigest()


async def test_the_signature_is_that_of_the_worked_example(api: Bench) -> None:
    """The example of platforms/zalo.md, B5."""
    api.oa.oa_secret = "demoOaSecretKey_Abc123"
    event = {
        "app_id": api.oa.app_id, "sender": {"id": "7012345678901234567"}, "recipient": {"id": api.oa.oa_id},
        "user_id_by_app": "5512345678901234567", "event_name": "user_send_text",
        "message": {"text": "Đăng ký", "msg_id": "8f3c1e5ab7d94c20a6e1"}, "timestamp": "1795406400123",
    }  # fmt: skip
    async with hook() as made:
        api.oa.postman.url = made.url
        api.oa.inject(event)
        api.oa.manner.signed = "oa_id"
        api.oa.inject(event)
        await api.settled()
    assert [headers["X-ZEvent-Signature"] for headers in made.headers] == [
        "mac=9645ae60d61b700d3dc8453a0efe2acfe2b21919b3afef4a187712971463c965",
        "mac=d74af1fe3b235309b327ad03033d215434acfda3b9399d528068511422b93fc5",
    ]


async def test_events_are_signed_over_their_bytes(api: Bench, hooked: Hook) -> None:
    for signed in ("app_id", "oa_id", "wrong", "reserialised", "missing"):
        api.oa.manner.signed = signed
        api.sau.type("Đèn hỏng")
        await api.settled()
    by_app, by_oa, wrong, again, none = zip(hooked.bodies, hooked.headers, strict=True)
    assert by_app[1]["X-ZEvent-Signature"] == mac(api, api.oa.app_id, by_app[0])
    assert by_oa[1]["X-ZEvent-Signature"] == mac(api, api.oa.oa_id, by_oa[0])
    for body, headers in (wrong, again):
        assert headers["X-ZEvent-Signature"] not in {mac(api, api.oa.app_id, body), mac(api, api.oa.oa_id, body)}
    assert "X-ZEvent-Signature" not in none[1]
    assert json.loads(again[0])["message"]["text"] == "Đèn hỏng"


async def test_every_kind_is_told(api: Bench, hooked: Hook) -> None:
    api.sau.send_photo(caption="Ổ gà")
    api.sau.send_voice()
    api.sau.send_sticker()
    api.sau.send_unsupported()
    api.sau.block()
    api.sau.unblock()
    api.oa.submit_info(api.sau, "84900000001")
    await api.send(text="Dạ")
    api.oa.seen(api.sau)
    await api.settled()
    events = [json.loads(body) for body in hooked.bodies]
    assert [event["event_name"] for event in events] == [
        "user_send_image", "user_send_audio", "user_send_sticker", "user_send_file", "unfollow", "follow",
        "user_submit_info", "oa_send_text", "user_seen_message",
    ]  # fmt: skip
    assert all(isinstance(event["timestamp"], str) for event in events)
    assert (events[0]["sender"]["id"], events[0]["message"]["text"]) == (api.sau.id, "Ổ gà")
    assert events[7]["sender"]["id"] == api.oa.oa_id
    async with api.http.get(events[0]["message"]["attachments"][0]["payload"]["url"]) as answer:
        assert (await answer.read()).startswith(b"\xff\xd8")


async def test_what_is_refused_comes_again_when_it_is_due(api: Bench, hooked: Hook) -> None:
    hooked.planned = [503, 503]
    api.sau.type("một")
    api.sau.type("hai")
    while len(api.oa.postman.tries) < 3:  # the probe was one  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    api.oa.world.move(29)
    await asyncio.sleep(0.05)
    assert len(hooked.bodies) == 2
    api.oa.world.move(1)
    await api.settled()
    words = [json.loads(body)["message"]["text"] for body in hooked.bodies]
    assert sorted(words) == ["hai", "hai", "một", "một"]
    assert [headers.get("num_retry") for headers in hooked.headers] == [None, None, "1", "1"]


async def test_what_is_never_accepted_is_lost_and_slowness_complained_of(api: Bench, hooked: Hook) -> None:
    api.oa.world.second, api.oa.postman.patience, hooked.delay = 0.00001, 0.02, 0.1
    message = api.sau.type("một")
    await api.settled()
    assert api.oa.lost == [message["message_id"]]
    assert list(api.oa.complaints) == ["the webhook took more than 0.02 s"] * 6
