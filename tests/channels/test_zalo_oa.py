"""A Zalo Official Account against a strict pretend one: what is posted to us, what is said, and what is not allowed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import Connection, func, select
from structlog.testing import capture_logs

from bot.channels.channel import ChannelError, Misconfigured, NotAllowed, Refused, Throttled, Unreachable
from bot.channels.zalo_oa import ZaloOA
from bot.features import registry
from bot.runner import Intake
from bot.sender import Sender
from bot.turns import Desk
from conversation.answers import Picked, read_choice
from conversation.messages import Address, Choice, Contact, FileRef, Said
from sandbox.clock import MovableClock
from sandbox.server import serving
from sandbox.world import World
from sandbox.zalo.phone import ZaloPhone
from storage import outbox
from storage.database import Database, open_database
from storage.outbox import Lane
from storage.schema import deliveries, inbox_updates
from storage.schema import outbox as letters
from tests.channels.official_account import HOOK, official_account
from web.server import Door, add_doors

DAY = 24 * 3600
CHOICES = (Choice("r1:coming:yes", "Tôi đi"), Choice("r1:coming:no", "Tôi bận"))


@dataclass
class Bench:
    """An account, its platform, records, and somebody who has just written."""

    world: World
    database: Database
    channel: ZaloOA
    sau: ZaloPhone

    @property
    def to_sau(self) -> Address:
        return Address(self.channel.account, self.sau.id)

    async def say(self, said: Said) -> str:
        return (await self.channel.send(self.to_sau, said)).message_id

    async def failing(self, said: Said | None = None) -> ChannelError:
        with pytest.raises(ChannelError) as caught:
            await self.channel.send(self.to_sau, said or Said("x"))
        shown = f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}"
        assert "-khung-thu-" not in shown
        return caught.value

    def texts(self) -> list[str]:
        return [message.get("text", "") for message in self.sau.heard]


@asynccontextmanager
async def platform(url: str, folder: Path) -> AsyncIterator[tuple[World, Database]]:
    world = World(MovableClock(frozen=True), pace=False)
    database = await open_database(url, folder, now=world.clock.now())
    async with serving(world):
        yield world, database
    await database.close()


@pytest.fixture
async def bench(loaded_sqlite_url: str, tmp_path: Path) -> AsyncIterator[Bench]:
    async with platform(loaded_sqlite_url, tmp_path / "data") as (world, database):
        sau = world.zalo_oa.add_person("Chị Sáu")
        sau.follow()
        async with official_account(world, database) as channel:
            yield Bench(world, database, channel, sau)


# --- what is posted to us -------------------------------------------------------------------------------------------


@dataclass
class Hooked:
    """The account with its webhook open."""

    bench: Bench
    url: str

    async def settled(self) -> int:
        """The status of the last post."""
        async with asyncio.timeout(5):
            while self.bench.world.zalo_oa.postman.pending or not self.bench.world.zalo_oa.postman.tries:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
            await asyncio.sleep(0.05)
        return self.bench.world.zalo_oa.postman.tries[-1].status

    async def counts(self) -> tuple[int, int]:
        """Updates that took effect, and replies to them."""
        return await self.bench.database.read(_counts)


def _counts(tx: Connection) -> tuple[int, int]:
    done = select(func.count()).select_from(inbox_updates).where(inbox_updates.c.state == "done")
    return tx.scalar(done) or 0, tx.scalar(select(func.count()).select_from(letters)) or 0


@pytest.fixture
async def hooked(bench: Bench) -> AsyncIterator[Hooked]:
    intake = Intake(bench.database, bench.channel, Desk(registry()), bench.world.clock, lambda: None)
    assert bench.channel.webhook is not None
    app = web.Application()
    add_doors(app, [Door(bench.channel.webhook, intake.keep)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}{HOOK.removeprefix('https://cau-noi.example')}"
    bench.world.zalo_oa.hook(url)
    made = Hooked(bench, url)
    assert await made.settled() == 200  # the probe, which is not signed
    yield made
    await asyncio.gather(*intake.begun)
    await runner.cleanup()


async def test_words_are_kept_answered_and_taken_once_however_often_they_come(hooked: Hooked) -> None:
    hooked.bench.world.zalo_oa.manner.times = 3
    hooked.bench.sau.type("xin chào")
    assert await hooked.settled() == 200
    assert await hooked.counts() == (1, 1)
    hooked.bench.world.zalo_oa.manner.message_id = "message_id"
    hooked.bench.sau.type("xin chào")
    await hooked.settled()
    assert (await hooked.counts())[0] == 2


@pytest.mark.parametrize("signed", ["wrong", "reserialised", "missing"])
async def test_what_is_not_signed_as_it_came_is_refused_and_changes_nothing(hooked: Hooked, signed: str) -> None:
    hooked.bench.world.zalo_oa.manner.signed = signed  # type: ignore[assignment]
    with capture_logs() as logs:
        hooked.bench.sau.type("đường hẻm 47 hư")
        assert await hooked.settled() == 401
    assert await hooked.counts() == (0, 0)
    assert [entry["event"] for entry in logs] == ["webhook.refused"]
    assert "hẻm" not in str(logs)


@pytest.mark.parametrize("first", ["app_id", "oa_id"])
async def test_whichever_id_comes_first_in_a_signature_it_is_noted_once(hooked: Hooked, first: str) -> None:
    hooked.bench.world.zalo_oa.manner.signed = first  # type: ignore[assignment]
    hooked.bench.world.zalo_oa.manner.timestamp_header = False
    hooked.bench.world.zalo_oa.manner.numbers = True
    with capture_logs() as logs:
        for words in ("một", "hai"):
            hooked.bench.sau.type(words)
            assert await hooked.settled() == 200
    assert [entry["first"] for entry in logs if entry["event"] == "webhook.signed"] == [first]
    assert (await hooked.counts())[0] == 2


async def test_an_old_post_does_not_come_again(hooked: Hooked) -> None:
    hooked.bench.sau.type("xin chào")
    assert await hooked.settled() == 200
    event = hooked.bench.world.zalo_oa.history[-1]
    hooked.bench.world.move(3 * DAY)
    hooked.bench.world.zalo_oa.inject(event)
    assert await hooked.settled() == 401


async def test_our_own_words_and_reading_them_are_nobodys_doing(hooked: Hooked) -> None:
    await hooked.bench.say(Said("Đã ghi nhận ạ."))
    hooked.bench.world.zalo_oa.seen(hooked.bench.sau)
    assert await hooked.settled() == 200
    assert await hooked.counts() == (0, 0)


async def test_who_leaves_and_comes_back_is_known(hooked: Hooked) -> None:
    hooked.bench.sau.block()
    hooked.bench.sau.unblock()
    assert await hooked.settled() == 200
    assert (await hooked.counts())[0] == 2


async def test_what_people_send_is_heard_and_fetched(bench: Bench) -> None:
    bench.sau.send_photo(caption="Ổ gà đầu ngõ")
    bench.sau.send_voice()
    bench.world.zalo_oa.submit_info(bench.sau, "84900000001")
    now = bench.world.clock.now()
    photo, voice, info = (bench.channel.hear(event, now) for event in bench.world.zalo_oa.history[-3:])
    assert photo.text == "Ổ gà đầu ngõ"  # type: ignore[union-attr]
    assert (await bench.channel.fetch(photo.file, 2**20)).startswith(b"\xff\xd8")  # type: ignore[union-attr, arg-type]
    assert voice.file.kind == "voice"  # type: ignore[union-attr]
    assert info.contact == Contact("84900000001", own=True)  # type: ignore[union-attr]
    with pytest.raises(Refused):
        await bench.channel.fetch(FileRef("photo", f"{bench.world.address}/zalo_oa/files/khong-co.jpg"), 2**20)


# --- what is said ---------------------------------------------------------------------------------------------------


async def test_choices_are_numbered_lines_whatever_happens(bench: Bench) -> None:
    number = await bench.say(Said("Bác có đi họp không ạ?", CHOICES))
    assert bench.texts() == ["Bác có đi họp không ạ?\n\n1. Tôi đi\n2. Tôi bận\n\nTrả lời bằng số ạ."]
    assert (bench.sau.last["message_id"], bench.sau.buttons()) == (number, [])


async def test_buttons_say_what_a_person_would_type(bench: Bench) -> None:
    async with official_account(bench.world, bench.database, buttons=True) as channel:
        await channel.send(bench.to_sau, Said("Bác có đi họp không ạ?", CHOICES))
        typed = bench.sau.tap(None, "2. Tôi bận")["text"]
        assert read_choice(typed, [(choice.data, choice.label) for choice in CHOICES]) == Picked("r1:coming:no")
        await channel.send(bench.to_sau, Said("Sáu việc", tuple(Choice(str(n), f"Việc {n}") for n in range(6))))
        assert bench.sau.buttons() == []
        long = Choice("a", "Ủy ban nhân dân " * 10)
        await channel.send(bench.to_sau, Said("Nơi nào ạ?", (long,)))
        assert bench.sau.buttons() == ["1"]


async def test_where_buttons_are_refused_the_words_go_plain_and_once(bench: Bench) -> None:
    bench.world.zalo_oa.manner.buttons = False
    async with official_account(bench.world, bench.database, buttons=True) as channel:
        with capture_logs() as logs:
            await channel.send(bench.to_sau, Said("Bác có đi họp không ạ?", CHOICES))
    assert len(bench.texts()) == 1
    assert "platform.buttons_refused" in [entry["event"] for entry in logs]


async def test_a_long_text_arrives_whole_in_pieces_that_fit(bench: Bench) -> None:
    paragraphs = [f"Đoạn {number}. " + "ế👋" * 500 for number in range(5)]
    await bench.say(Said("\n\n".join(paragraphs)))
    assert "".join(bench.texts()).replace("\n", "") == "".join(paragraphs)


async def test_a_photo_follows_its_words_uploaded_once_where_we_have_no_public_address(bench: Bench) -> None:
    for _ in range(2):
        await bench.say(Said("Ảnh đây ạ.", CHOICES, file="1"))
    words, photo, _, _ = bench.sau.heard
    assert words["text"].startswith("Ảnh đây ạ.")
    assert "photo" in photo
    assert len(bench.world.zalo_oa.calls("v2.0/oa/upload/image")) == 1


async def test_a_document_that_zalo_takes_is_uploaded_and_of_others_it_is_said(bench: Bench) -> None:
    await bench.say(Said("Bản của bác ạ.", document=("dữ liệu.csv", "tên\nHoa\n".encode())))
    assert bench.sau.last["document"]["file_name"] == "dữ liệu.csv"
    await bench.say(Said("Bản của bác ạ.", document=("dữ liệu.json", b"{}")))
    assert "Zalo chưa gửi được tệp này" in bench.texts()[-1]
    await bench.say(Said("Ghi âm ạ.", file="2"))
    assert "Zalo chưa gửi được tệp này" in bench.texts()[-1]


async def test_a_photo_that_is_refused_does_not_take_the_words_with_it(bench: Bench) -> None:
    async with official_account(bench.world, bench.database, link=f"{bench.world.address}/khong-co.jpg") as channel:
        await channel.send(bench.to_sau, Said("Ảnh đây ạ.", file="1"))
    assert bench.texts()[0] == "Ảnh đây ạ."
    assert "Zalo chưa gửi được tệp này" in bench.texts()[1]


async def test_what_was_uploaded_and_is_no_more_is_uploaded_anew(bench: Bench) -> None:
    await bench.say(Said("Ảnh đây ạ.", file="1"))
    bench.world.zalo_oa.uploads.clear()
    assert isinstance(await bench.failing(Said("Ảnh đây ạ.", file="1")), Unreachable)
    await bench.say(Said("Ảnh đây ạ.", file="1"))
    assert "photo" in bench.sau.last


async def test_nothing_to_say_is_nothing_sent(bench: Bench) -> None:
    assert await bench.say(Said("")) == ""
    assert bench.sau.heard == []


async def test_a_number_is_asked_for_in_words(bench: Bench) -> None:
    await bench.say(Said("Số của bác ạ?", (Choice("r1:phone:skip", "Bỏ qua"),), asks_contact="Gửi số"))
    assert bench.texts()[-1].splitlines()[-3:] == ["Bác gõ số điện thoại vào đây giúp ạ.", "", "Trả lời bằng số ạ."]


# --- what is not allowed --------------------------------------------------------------------------------------------


async def test_after_seven_days_of_silence_a_letter_is_not_allowed(bench: Bench) -> None:
    bench.world.move(6 * DAY)
    assert await bench.say(Said("Sau sáu ngày ạ."))
    bench.world.move(2 * DAY)
    error = await bench.failing()
    assert isinstance(error, NotAllowed)
    assert error.reason == "window"
    bench.sau.type("chào")
    assert await bench.say(Said("Chào bác ạ."))


async def test_who_does_not_follow_any_more_is_not_written_to(bench: Bench) -> None:
    bench.sau.block()
    error = await bench.failing()
    assert isinstance(error, NotAllowed)
    assert error.reason == "not_following"


async def test_faults_are_of_the_closed_set(bench: Bench) -> None:
    bench.world.zalo_oa.faults.throttle(1)
    assert isinstance(await bench.failing(), Throttled)
    bench.world.zalo_oa.faults.false_ok(1)
    assert isinstance(await bench.failing(), Unreachable)
    nobody = Address(bench.channel.account, "7000000000000000000")
    with pytest.raises(Refused):
        await bench.channel.send(nobody, Said("x"))


async def test_it_opens_for_its_own_account_only_and_is_never_asked_for_updates(bench: Bench) -> None:
    await bench.channel.open()
    assert (bench.channel.facts()["verified"], bench.channel.facts()["token_dead"]) == (True, False)
    with pytest.raises(Misconfigured):
        await bench.channel.updates()
    bench.world.zalo_oa.oa_id = "2468024680246802468"
    with pytest.raises(Misconfigured):
        await bench.channel.open()


# --- tokens in the middle of it -------------------------------------------------------------------------------------


async def test_an_access_token_that_dies_is_replaced_and_the_words_are_said_once(bench: Bench) -> None:
    await bench.say(Said("một"))
    bench.world.zalo_oa.tokens.expire()
    await asyncio.gather(*(bench.say(Said(f"hai {n}")) for n in range(5)))
    assert len(bench.texts()) == 6
    assert bench.world.zalo_oa.tokens.count == 3


async def test_a_process_with_an_old_token_takes_that_of_the_other_and_if_that_is_dead_too_a_new_one(
    bench: Bench,
) -> None:
    async with official_account(bench.world, bench.database) as other:
        await other.open()
        await bench.channel.open()
        for dead in (1, 2):
            bench.world.zalo_oa.tokens.expire()
            await other.open()
            if dead == 2:
                bench.world.zalo_oa.tokens.expire()
            await bench.say(Said(f"lần {dead}"))
            assert bench.world.zalo_oa.tokens.count == 2 + (1, 3)[dead - 1]


async def test_a_token_that_is_refused_though_new_is_the_operators_to_mend(bench: Bench) -> None:
    await bench.channel.open()
    bench.world.zalo_oa.tokens.good = lambda access: False  # type: ignore[method-assign]
    assert isinstance(await bench.failing(), Misconfigured)
    assert bench.world.zalo_oa.tokens.count == 3  # asked for once, not for ever


async def test_a_token_dies_in_mid_broadcast_of_two_processes_and_nothing_is_lost(
    loaded_postgres_url: str, tmp_path: Path
) -> None:
    async with platform(loaded_postgres_url, tmp_path) as (world, database), AsyncExitStack() as ending:
        other = await open_database(loaded_postgres_url, tmp_path, now=world.clock.now())
        ending.push_async_callback(other.close)
        phones = [world.zalo_oa.add_person(f"Bác {number}") for number in range(60)]
        for phone in phones:
            phone.follow()
        first_refresh, processes = world.zalo_oa.tokens.refresh, []
        for records in (database, other):
            channel = await ending.enter_async_context(official_account(world, records, refresh_token=first_refresh))
            processes.append((records, channel, Sender(records, channel, world.clock, asyncio.Event())))
        account = processes[0][1].account
        await database.write(post, account, [phone.id for phone in phones], world)
        senders = [
            asyncio.create_task(records.lead(f"sender:{account}", sender.run)) for records, _, sender in processes
        ]
        await said_to(phones, 15)
        used = world.zalo_oa.tokens.refresh
        world.zalo_oa.tokens.expire()
        await asyncio.gather(*(channel.open() for _, channel, _ in processes))
        await said_to(phones, 30)
        await handed_over(processes, senders)
        await said_to(phones, 60)
        assert Counter(len(phone.heard) for phone in phones) == {1: 60}
        assert (await settled(database)) == {"sent": 60}
        assert world.zalo_oa.tokens.count == 3  # the first pair, and one more
        assert await renewed_with(world, used) == {"error": -118}
        for sender in senders:
            sender.cancel()
        await asyncio.gather(*senders, return_exceptions=True)


def post(tx: Connection, account: str, chats: list[str], world: World) -> None:
    for chat in chats:
        outbox.post(tx, Address(account, chat), Said("Mời bác họp."), key=chat, at=world.clock.now(), lane=Lane.BULK)


async def said_to(phones: list[ZaloPhone], count: int) -> None:
    async with asyncio.timeout(20):
        while sum(bool(phone.heard) for phone in phones) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def handed_over(processes: list[tuple[Database, ZaloOA, Sender]], senders: list[asyncio.Task[None]]) -> None:
    """Stop the process that sends; the other takes over."""
    for (_, _, sender), task in zip(processes, senders, strict=True):
        if sender.running:
            sender.stop()
            await task
            return


async def settled(database: Database) -> dict[str, int]:
    async with asyncio.timeout(10):
        while "waiting" in (found := await database.read(_ended)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return found


def _ended(tx: Connection) -> dict[str, int]:
    counted = select(deliveries.c.status, func.count()).group_by(deliveries.c.status)
    return {status: count for status, count in tx.execute(counted)}


async def renewed_with(world: World, refresh: str) -> dict[str, object]:
    form = {"app_id": world.zalo_oa.app_id, "refresh_token": refresh, "grant_type": "refresh_token"}
    headers = {"secret_key": world.zalo_oa.app_secret}
    url = f"{world.address}/zalo_oa/v4/oa/access_token"
    async with aiohttp.ClientSession() as http, http.post(url, data=form, headers=headers) as answer:
        return {"error": (await answer.json()).get("error")}
