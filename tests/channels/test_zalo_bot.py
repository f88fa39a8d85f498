"""What only Zalo Bot has: polls that keep nothing, photos by link, codes in answers whose status says nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from structlog.testing import capture_logs

from bot.channels import zalo_bot
from bot.channels.channel import ChannelError, Gone, Misconfigured, Refused, Throttled, Unreachable
from bot.channels.json_request import Answer, JsonRequest
from bot.channels.zalo_bot import SECRET_HEADER, ZaloBot
from bot.channels.zalo_bot_calls import Calls
from bot.fetching import cleaned
from bot.media import Media
from conversation.messages import BOLD, PLAIN, Address, Choice, Heard, Json, Said, Words
from sandbox.clock import MovableClock
from sandbox.server import serving
from sandbox.world import World
from sandbox.zalo.bot import TOKEN
from sandbox.zalo.bot import ZaloBot as Platform
from sandbox.zalo.phone import ZaloPhone
from tests.channels.conftest import NOW, stored
from tests.crash.bench import free_port
from web.server import add_media

CHOICES = (Choice("r1:coming:yes", "Tôi đi"), Choice("r1:coming:no", "Tôi bận"))
SECRET = "mat-khau-bi-mat"


async def wording(_to: Address, words: Words) -> str:
    return str(words)


async def no_link(_file: str) -> str:
    return ""


async def dead_link(_file: str) -> str:
    return "http://127.0.0.1:9/photo.jpg"


@dataclass
class Bench:
    """The adapter, its pretend platform, somebody with a phone there, and our photos on the web."""

    channel: ZaloBot
    platform: Platform
    sau: ZaloPhone
    api: str

    @property
    def to_sau(self) -> Address:
        return Address(self.channel.account, self.sau.id)

    @asynccontextmanager
    async def another(
        self, *, token: str = TOKEN, links: Callable[[str], Awaitable[str]] = no_link, webhook: str = ""
    ) -> AsyncIterator[ZaloBot]:
        """Give a second adapter of the same bot, or of none."""
        channel = ZaloBot(token, stored, links, wording, api=self.api, webhook_url=webhook, webhook_secret=SECRET)
        try:
            yield channel
        finally:
            await channel.close()

    async def hears(self, do: Callable[[], object]) -> Heard:
        """Have the adapter ask, then do something it hears of."""
        asking = asyncio.create_task(self.channel.updates())
        async with asyncio.timeout(5):
            while self.platform.poll is None:  # noqa: ASYNC110 - the platform tells nobody
                await asyncio.sleep(0.005)
            do()
            [update] = await asking
        event = self.channel.hear(update, NOW)
        assert event is not None
        return event


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    world, app, port = World(MovableClock(frozen=True), pace=False), web.Application(), free_port()
    media = Media(stored, world.clock, f"http://127.0.0.1:{port}", TOKEN)
    add_media(app, "/-/media/", media.open)
    async with serving(world) as base, TestServer(app, port=port):
        channel = ZaloBot(TOKEN, stored, media.link, wording, api=f"{base}/zalo_bot")
        yield Bench(channel, world.zalo_bot, world.zalo_bot.add_person("Chị Sáu"), f"{base}/zalo_bot")
        await channel.close()
    assert not world.zalo_bot.complaints


# --- hearing --------------------------------------------------------------------------------------------------------


async def test_all_that_people_send_is_heard(bench: Bench) -> None:
    assert (await bench.hears(lambda: bench.sau.type("Đường hẻm 47 hư"))).text == "Đường hẻm 47 hư"
    assert (await bench.hears(bench.sau.send_sticker)).other == "sticker"
    assert (await bench.hears(bench.sau.send_unsupported)).other == "unsupported"
    assert (await bench.hears(lambda: bench.platform.mention(bench.sau, "@Bot lịch"))).group


async def test_photos_and_voices_are_fetched_from_where_they_lie(bench: Bench) -> None:
    photo = await bench.hears(lambda: bench.sau.send_photo(caption="Ổ gà"))
    assert photo.text == "Ổ gà"
    assert photo.file is not None
    content = await bench.channel.fetch(photo.file, 2**20)
    assert cleaned(photo.file, content)[1] == "image/jpeg"
    with pytest.raises(Refused):
        await bench.channel.fetch(photo.file, len(content) - 1)
    voice = await bench.hears(bench.sau.send_voice)
    assert voice.file is not None
    assert cleaned(voice.file, await bench.channel.fetch(voice.file, 2**20))[1] == "audio/aac"


async def test_a_poll_in_which_nothing_came_is_no_trouble(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zalo_bot, "POLL_SECONDS", 0)
    assert await bench.channel.updates() == []


async def test_a_list_of_events_is_one_too(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    async def told(*_: object, **__: object) -> list[object]:
        return [{"event_name": "x"}, None, {"event_name": "y"}]

    monkeypatch.setattr(Calls, "call", told)
    assert await bench.channel.updates() == [{"event_name": "x"}, {"event_name": "y"}]


# --- speaking -------------------------------------------------------------------------------------------------------


async def test_a_photo_arrives_by_link_with_its_words(bench: Bench) -> None:
    await bench.channel.send(bench.to_sau, Said(f"Ảnh {BOLD}đây{PLAIN} ạ.", CHOICES[:1], file="1"))
    assert bench.sau.last["caption"] == "Ảnh đây ạ.\n\n1. Tôi đi\n\nTrả lời bằng số ạ."
    assert "photo" in bench.sau.last
    await bench.channel.send(bench.to_sau, Said("à" * 1800 + "\n\n" + "b" * 300, file="1"))
    photo, *words = bench.sau.heard[-3:]
    assert "caption" not in photo
    assert [message["text"] for message in words] == ["à" * 1800, "b" * 300]


async def test_what_zalo_cannot_show_is_told_and_the_words_arrive(bench: Bench) -> None:
    async with bench.another() as homeless:
        await homeless.send(bench.to_sau, Said("Ảnh ạ.", file="1"))
    async with bench.another(links=dead_link) as broken:
        await broken.send(bench.to_sau, Said("Ảnh nữa ạ.", CHOICES, file="1"))
    await bench.channel.send(bench.to_sau, Said("Ghi âm ạ.", file="2"))
    await bench.channel.send(bench.to_sau, Said("Tệp ạ.", document=("dữ liệu.json", b"{}")))
    told = [message["text"] for message in bench.sau.heard]
    assert [text.partition("\n")[0] for text in told] == ["Ảnh ạ.", "Ảnh nữa ạ.", "Ghi âm ạ.", "Tệp ạ."]
    assert all("Zalo chưa gửi được tệp này" in text for text in told)
    assert "1. Tôi đi" in told[1]


# --- errors ---------------------------------------------------------------------------------------------------------


async def refusal(bench: Bench, to: Address | None = None, words: str = "x") -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        await bench.channel.send(to or bench.to_sau, Said(words))
    error: BaseException | None = caught.value
    while error is not None:  # what a log would print of it
        assert TOKEN.partition(":")[2] not in f"{error!r}"
        error = error.__cause__ or error.__context__
    return caught.value


@pytest.mark.parametrize("statuses", [False, True])
async def test_each_refusal_is_one_of_the_closed_set_whatever_its_status(bench: Bench, statuses: bool) -> None:
    bench.platform.manner.statuses = statuses
    bench.platform.faults.throttle(1)
    throttled = await refusal(bench)
    assert isinstance(throttled, Throttled)
    assert throttled.after == 5
    assert isinstance(await refusal(bench, Address(bench.channel.account, "nobody")), Gone)
    assert isinstance(await refusal(bench, Address(bench.channel.account, "")), Refused)
    bench.sau.block()
    assert isinstance(await refusal(bench), Gone)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"ok": False, "error_code": 400, "description": f"Bad {TOKEN}\x00 request"}, Refused),
        ({"ok": False, "error_code": 400, "description": "no photo at https://bot.example/-/media/1.2.f"}, Refused),
        ({"ok": False, "error_code": 401, "description": "x"}, Misconfigured),
        ({"ok": False, "error_code": 403}, Unreachable),
        ({"ok": False, "error_code": 404, "description": "all of the API, not one person"}, Misconfigured),
        ({"ok": False, "error_code": 408}, Unreachable),
        ({"ok": False, "errorCode": 426}, Throttled),
        ({"ok": False, "error_code": 429, "parameters": {"retry_after": 9}}, Throttled),
        ({"ok": False, "error_code": 599}, Unreachable),
        ({"ok": False}, Unreachable),
        ({"ok": "true", "result": {"message_id": "1"}}, Unreachable),
        ({"ok": True}, Unreachable),
        ({"ok": True, "result": {}}, Unreachable),
        ({"ok": True, "result": None}, Unreachable),
    ],
)
async def test_whatever_the_answer_it_is_one_of_the_closed_set(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, answer: Json, error: type[ChannelError]
) -> None:
    async def say(*_: object, **__: object) -> Answer:
        return Answer(200, answer, 5.0)

    monkeypatch.setattr(JsonRequest, "post", say)
    caught = await refusal(bench)
    assert isinstance(caught, error)
    assert str(caught).isprintable()
    assert "/-/media/" not in str(caught)  # a link that holds for a while does not stay in a log


# --- opening --------------------------------------------------------------------------------------------------------


async def test_a_second_poller_is_the_operators_to_mend(bench: Bench) -> None:
    async with bench.another() as second:
        asking = asyncio.create_task(bench.channel.updates())
        async with asyncio.timeout(5):
            while bench.platform.poll is None:  # noqa: ASYNC110 - the platform tells nobody
                await asyncio.sleep(0.005)
        other = asyncio.create_task(second.updates())
        with pytest.raises(Misconfigured):
            await asking
        other.cancel()


async def test_a_webhook_is_set_once_and_its_secret_compared_in_whole(bench: Bench) -> None:
    url = f"{bench.api}/nobody-there"
    async with bench.another(webhook=url) as channel:
        with capture_logs() as logs:
            await channel.open()
            await channel.open()  # as the sender does, for a sign of life
        assert [(entry["event"], entry["outcome"]) for entry in logs] == [("webhook.not_reached", "webhook.http.404")]
        assert bench.platform.calls("setWebhook") == [{"url": url, "secret_token": SECRET}]
        webhook = channel.webhook
        assert webhook is not None
        assert not webhook.comes_again
        assert webhook.probe(b"")
        assert not webhook.probe(b"{}")
        assert webhook.authentic({SECRET_HEADER: SECRET}, b"{}")
        wrong = [{}, *({SECRET_HEADER: secret} for secret in ["", SECRET[:-1], f"{SECRET}x", "ế", "\ud800"])]
        assert not [headers for headers in wrong if webhook.authentic(headers, b"{}")]
        assert await channel.posts_to() == url
    with capture_logs() as logs:
        await bench.channel.open()
        await bench.channel.open()
    assert await bench.channel.posts_to() == ""
    assert ["mất" in entry.get("words", "") for entry in logs] == [True]
