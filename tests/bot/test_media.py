"""Links to our photos: nobody makes one up, and none holds for long."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.channels.channel import Refused
from bot.media import Media
from sandbox.clock import MovableClock
from tests.channels.conftest import FILES, stored
from web.server import add_media

PUBLIC = "https://bot.example.vn/caunoi"


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(frozen=True)


@pytest.fixture
def media(clock: MovableClock) -> Media:
    return Media(stored, clock, PUBLIC, "a secret")


async def token_of(media: Media, file: str = "1") -> str:
    return (await media.link(file)).removeprefix(f"{PUBLIC}/-/media/")


async def test_a_link_is_opened_many_times_by_every_process_until_it_is_too_old(
    media: Media, clock: MovableClock
) -> None:
    token, another = await token_of(media), Media(stored, clock, PUBLIC, "a secret")
    for _ in range(3):
        assert await another.open(token) == (FILES["1"].content, "image/jpeg")
    clock.move(31 * 60)
    assert await another.open(token) is None


async def test_a_changed_or_made_up_link_leads_nowhere(media: Media, clock: MovableClock) -> None:
    token = await token_of(media)
    file, until, mark = token.split(".")
    forged = [
        "",
        "1",
        f"2.{until}.{mark}",
        f"{file}.{int(until) + 9}.{mark}",
        f"{token}0",
        f"{file}.{until}.{'0' * 64}",
    ]
    assert [await media.open(each) for each in forged] == [None] * len(forged)
    assert await Media(stored, clock, PUBLIC, "another secret").open(token) is None


async def test_without_a_secret_there_is_no_link_and_none_can_be_made_up(clock: MovableClock) -> None:
    keyless, until = Media(stored, clock, PUBLIC, ""), int(clock.now().timestamp()) + 60
    mark = hmac.new(b"media ", f"1.{until}".encode(), hashlib.sha256).hexdigest()
    assert await keyless.link("1") == ""
    assert await keyless.open(f"1.{until}.{mark}") is None


async def test_there_is_no_link_without_a_public_address_or_to_what_is_not_there(
    media: Media, clock: MovableClock
) -> None:
    assert await Media(stored, clock, "", "a secret").link("1") == ""
    with pytest.raises(Refused):
        await media.link("404")


async def test_over_http_the_photo_is_handed_out_and_anything_else_is_not_found(media: Media) -> None:
    app = web.Application()
    add_media(app, "/caunoi/-/media/", media.open)
    async with TestClient(TestServer(app)) as client:
        answer = await client.get(f"/caunoi/-/media/{await token_of(media)}")
        assert (answer.status, answer.content_type) == (200, "image/jpeg")
        assert await answer.read() == FILES["1"].content
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert (await client.get("/caunoi/-/media/1.1.1")).status == 404
