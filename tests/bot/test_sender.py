"""The sender on both databases: order, what follows each error, what a crash or a stop leaves behind."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

import pytest
import structlog
from sqlalchemy import Connection
from structlog.testing import capture_logs

from bot.channels.channel import (
    ChannelError,
    Gone,
    Misconfigured,
    NotAllowed,
    Reason,
    Refused,
    Throttled,
    Unreachable,
)
from bot.channels.telegram import Telegram
from bot.outage import backoff
from bot.pace import MOST_IN_FLIGHT
from bot.sender import Sender
from bot.verdict import MOST_ATTEMPTS
from conversation.messages import Address, Said
from sandbox.clock import MovableClock
from sandbox.server import serving
from sandbox.world import World
from scheduler.civil_zone import VIETNAM
from storage import outbox
from storage.database import DatabaseUnavailable, open_database
from storage.outbox import Lane
from tests.bot.mute import BOT, NOW, FixedClock, Mute, Post, all_settled, tick
from tests.channels.conftest import plainly, stored


@pytest.fixture
async def post(new_database_url: str, tmp_path: Path) -> AsyncIterator[Post]:
    structlog.reset_defaults()
    database = await open_database(new_database_url, tmp_path / "data", now=NOW)
    yield Post(database, Mute(), asyncio.Event(), [1000.0])
    await database.close()


@pytest.fixture
async def running(post: Post) -> AsyncIterator[Post]:
    ticking = asyncio.create_task(tick(post))
    async with post.sending():
        yield post
    ticking.cancel()


# --- order ----------------------------------------------------------------------------------------------------------


async def test_a_chat_hears_in_order_and_chats_do_not_wait_for_each_other(running: Post) -> None:
    running.channel.delay = 0.01
    for chat in "abcdef":
        await running.reply(chat, *(f"{number:02}" for number in range(10)))
    await running.settled()
    for chat in "abcdef":
        assert [words for to, words in running.channel.said if to == chat] == [f"{number:02}" for number in range(10)]
    assert 1 < running.channel.most_busy <= MOST_IN_FLIGHT


async def test_a_reply_overtakes_a_broadcast(post: Post) -> None:
    for number in range(30):
        await post.post(str(number), "tin", Lane.BULK)
    await post.reply("hoa", "chào bác")
    ticking = asyncio.create_task(tick(post))
    async with post.sending():
        await post.settled()
    ticking.cancel()
    assert ("hoa", "chào bác") in post.channel.said[:2]
    assert set(await post.outcomes()) == {("sent", None)}


async def test_a_press_is_acknowledged_once_and_nothing_is_said_twice_for_it(running: Post) -> None:
    await running.reply("a", "Đã ghi ạ.", acknowledges="cb")
    await running.settled()
    assert (running.channel.said, running.channel.acknowledged) == ([("a", "Đã ghi ạ.")], ["cb"])


# --- errors ---------------------------------------------------------------------------------------------------------


async def test_a_refused_letter_fails_with_its_reason_and_the_others_go_on(running: Post) -> None:
    running.channel.errors["a"] = [Refused("BUTTON_DATA_INVALID"), ValueError("a bug")]
    with capture_logs() as logs:
        await running.post("a", "một")
        await running.post("a", "hai")
        await running.post("a", "ba")
        await running.settled()
    assert await running.outcomes() == [
        ("failed", "BUTTON_DATA_INVALID"), ("failed", "a fault of the program"), ("sent", None)
    ]  # fmt: skip
    assert [entry["event"] for entry in logs] == ["letter.refused", "letter.failed"]


async def test_a_letter_whose_file_cannot_be_read_now_is_said_later(running: Post) -> None:
    running.channel.errors["a"] = [DatabaseUnavailable("unreachable", "x") for _ in range(MOST_ATTEMPTS - 1)]
    await running.post("a", "có ảnh")
    await running.settled()
    assert (await running.outcomes(), running.channel.said) == ([("sent", None)], [("a", "có ảnh")])


async def test_a_letter_whose_file_can_never_be_read_holds_nobody_up(running: Post) -> None:
    running.channel.errors["a"] = [DatabaseUnavailable("full", "x") for _ in range(MOST_ATTEMPTS)]
    await running.post("a", "có ảnh")
    await running.post("a", "chỉ có lời")
    await running.settled()
    assert await running.outcomes() == [("failed", "its file cannot be read"), ("sent", None)]


async def test_somebody_gone_gets_nothing_more(running: Post) -> None:
    running.channel.errors["a"] = [Gone("bot was blocked by the user")]
    running.channel.delay = 0.05
    for words in ("một", "hai"):
        await running.post("a", words)
    await running.settled()
    assert await running.outcomes() == [("blocked", "bot was blocked by the user"), ("skipped", "blocked")]
    assert running.channel.said == []


async def test_what_the_platform_does_not_allow_is_skipped_with_its_reason_and_the_person_stays(running: Post) -> None:
    running.channel.errors["a"] = [NotAllowed("window")]
    for words in ("một", "hai"):
        await running.post("a", words)
    await running.settled()
    assert await running.outcomes() == [("skipped", "window"), ("sent", None)]


@pytest.mark.parametrize("reason", ["night", "quota"])
async def test_what_the_platform_does_not_allow_today_waits_for_the_morning(running: Post, reason: Reason) -> None:
    running.channel.errors["a"] = [NotAllowed(reason)]
    await running.post("a", "một")
    await running.post("a", "hai")
    await running.until(lambda: bool(running.channel.said))
    [letter] = await running.database.write(outbox.claim, BOT, datetime(2026, 11, 24, 6, 30, tzinfo=VIETNAM), 9)
    assert (letter.said.text, running.channel.said) == ("một", [("a", "hai")])


async def test_a_throttled_account_is_silent_for_as_long_as_it_was_told(post: Post) -> None:
    post.channel.errors["a"] = [Throttled(40)]
    async with post.sending():
        await post.reply("a", "một")
        await post.until(lambda: not post.channel.errors["a"])
        await post.reply("b", "hai")
        for step in (0, 20, 19.9):
            post.seconds[0] += step
            await asyncio.sleep(0.15)
            assert post.channel.said == []
        post.seconds[0] += 0.2
        await post.settled()
    assert sorted(post.channel.said) == [("a", "một"), ("b", "hai")]


async def test_a_silence_asked_for_while_another_is_written_down_is_written_down_too(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, answer, written = post.database.write, asyncio.Event(), asyncio.Event()

    async def slow(work: Callable[..., object], *args: object) -> object:
        if not post.channel.busy["a"]:
            written.set()
            await post.until(lambda: not post.channel.errors["b"])
        return await write(work, *args)

    post.channel.errors = {"a": [Throttled(20)], "b": [Throttled(60)]}
    post.channel.slow = {"a": answer, "b": written}
    async with post.sending():
        await post.reply("a", "một")
        await post.until(lambda: post.channel.busy["a"] == 1)
        post.seconds[0] += 1
        await post.reply("b", "hai")
        await post.until(lambda: post.channel.busy["b"] == 1)
        monkeypatch.setattr(post.database, "write", slow)
        answer.set()
        await post.until(lambda: not post.channel.errors["b"])
        await asyncio.sleep(0.15)
    assert (await post.lease()).pause_left > 55


@pytest.mark.parametrize("error", [Throttled(1), Unreachable("no route")])
async def test_a_letter_that_never_gets_past_its_first_message_is_not_begun_for_ever(
    running: Post, error: ChannelError
) -> None:
    error.partly = True
    running.channel.errors["a"] = [error] * (MOST_ATTEMPTS + 1)
    await running.post("a", "hai tin")
    await running.settled()
    assert await running.outcomes() == [("uncertain", str(error))]
    assert len(running.channel.errors["a"]) == 1


async def test_a_lost_platform_is_told_once_and_nothing_is_lost(running: Post) -> None:
    running.channel.errors["a"] = [Unreachable("ClientConnectorError")] * 3
    running.channel.opening = [Unreachable("ClientConnectorError")] * 4
    with capture_logs() as logs:
        await running.post("a", "một")
        await running.post("a", "hai")
        await running.settled()
    assert running.channel.said == [("a", "một"), ("a", "hai")]
    assert [entry["event"] for entry in logs] == ["platform.lost", "platform.back"]
    assert running.channel.opened == 7  # each time it was asked for a sign of life before a letter was tried


async def test_a_letter_that_may_have_arrived_is_said_again_but_not_for_ever(running: Post) -> None:
    lost = Unreachable("timed out", maybe_sent=True)
    running.channel.errors = {"a": [lost] * (MOST_ATTEMPTS - 1), "b": [lost] * MOST_ATTEMPTS}
    for chat in "abc":
        await running.post(chat, "tin")
    await running.settled()
    assert await running.outcomes() == [("sent", None), ("uncertain", "timed out"), ("sent", None)]


async def test_a_wrong_token_stops_the_sending_and_is_told_once(running: Post) -> None:
    wrong = Misconfigured("Telegram does not accept the token")
    running.channel.errors["a"] = [wrong]
    running.channel.opening = [wrong, wrong]
    began = running.seconds[0]
    with capture_logs() as logs:
        await running.reply("a", "một")
        await running.settled()
    assert running.channel.said == [("a", "một")]
    assert [entry["event"] for entry in logs] == ["platform.lost", "platform.back"]
    assert running.seconds[0] - began > 3 * 30


async def test_when_the_records_are_away_what_was_sent_is_still_written_down(
    running: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, away = running.database.write, [True]

    async def failing(work: Callable[..., object], *args: object) -> object:
        if away[0] and running.channel.said:
            raise DatabaseUnavailable("full", "disk")
        return await write(work, *args)

    with capture_logs() as logs:
        await running.post("a", "một")
        monkeypatch.setattr(running.database, "write", failing)
        await running.until(lambda: any(entry["event"] == "database.away" for entry in logs))
        away[0] = False
        await running.settled()
    assert running.channel.said == [("a", "một")]
    assert await running.outcomes() == [("sent", None)]


async def test_letters_claimed_when_the_answer_of_the_records_was_lost_are_sent_all_the_same(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = post.database.write

    async def committed_but_cut(work: Callable[..., object], *args: object) -> object:
        done = await write(work, *args)
        if isinstance(done, list) and done:
            monkeypatch.undo()
            raise DatabaseUnavailable("unreachable", "server")
        return done

    for chat in "abc":
        await post.reply(chat, "tin")
    monkeypatch.setattr(post.database, "write", committed_but_cut)
    ticking = asyncio.create_task(tick(post))
    async with post.sending():
        await post.settled()
    ticking.cancel()
    assert sorted(post.channel.said) == [(chat, "tin") for chat in "abc"]


def test_the_backoff_doubles_to_a_minute_and_never_overflows() -> None:
    assert 0.75 <= backoff(1) <= 1
    assert 3 <= backoff(3) <= 4
    assert 45 <= backoff(10**6) <= 60


# --- stopping and crashing ------------------------------------------------------------------------------------------


async def test_a_stop_finishes_what_is_in_flight_and_gives_the_rest_back(post: Post) -> None:
    post.channel.delay = 0.3
    for chat in range(MOST_IN_FLIGHT + 4):
        await post.reply(str(chat), "tin")
    ticking = asyncio.create_task(tick(post))
    async with post.sending():
        await post.until(lambda: post.channel.busy.total() == MOST_IN_FLIGHT)
    ticking.cancel()
    assert len(post.channel.said) == MOST_IN_FLIGHT
    assert len(await post.database.write(outbox.claim, BOT, NOW, 20)) == 4


async def test_a_stop_does_not_wait_for_ever(post: Post) -> None:
    post.channel.delay = 60
    async with post.sending() as sender:
        await post.reply("a", "tin")
        await post.until(lambda: post.channel.busy.total() == 1)
        sender.stop(0.1)
    [letter] = await post.database.write(outbox.claim, BOT, NOW, 20)
    assert letter.attempts == 1


async def test_a_stop_before_the_first_step_holds_and_the_next_run_sends(post: Post) -> None:
    await post.reply("a", "tin")
    sender = post.sender()
    sender.stop(1)
    await asyncio.wait_for(sender.run(await post.lease()), 5)
    assert post.channel.said == []
    running = asyncio.create_task(sender.run(await post.lease()))
    await post.settled()
    sender.stop(1)
    await running
    assert post.channel.said == [("a", "tin")]


async def test_a_crash_loses_nothing_and_repeats_only_what_was_in_flight(post: Post) -> None:
    """A crash: the sending stops between the platform's yes and our writing it down."""
    ticking = asyncio.create_task(tick(post))
    post.channel.delay = 0.01
    for chat in range(60):
        await post.post(str(chat), "tin")
    for crash in range(1, 4):
        sender = post.sender()
        running = asyncio.create_task(sender.run(await post.lease()))
        await post.until(lambda crash=crash: len(post.channel.said) >= crash * 10)  # type: ignore[misc]
        sender._ended = _Forgetful()
        sender.stop(1)
        await running
    async with post.sending():
        await post.settled()
    ticking.cancel()
    times = Counter(chat for chat, _ in post.channel.said)
    assert len(times) == 60
    assert 0 < sum(times.values()) - 60 <= 3 * MOST_IN_FLIGHT


class _Forgetful(list):  # type: ignore[type-arg]
    """What ended is never written down."""

    def append(self, _: object) -> None: ...


# --- the real adapter against the strict server ---------------------------------------------------------------------


async def test_letters_through_telegram_keep_its_pace(new_database_url: str, tmp_path: Path) -> None:
    world = World(MovableClock(), pace=True)
    people = [world.add_person(f"Người {number}") for number in range(20)]
    database = await open_database(new_database_url, tmp_path / "data", now=NOW)
    async with serving(world) as base:
        channel = Telegram(world.bot.token, stored, plainly, api=base)
        await channel.open()
        for person in people:
            person.open_link()

        def work(tx: Connection) -> None:
            for number in range(60):
                address = Address(channel.account, str(people[number % 20].id))
                outbox.post(tx, address, Said(f"Tin {number}"), key=str(number), at=NOW, lane=Lane.BULK)

        await database.write(work)
        sender = Sender(database, channel, FixedClock(), asyncio.Event())
        task = asyncio.create_task(database.lead("sender", sender.run))
        await all_settled(database, 20)
        sender.stop()
        await task
        await channel.close()
    assert world.bot.pace.refused == 0
    assert sorted(person.heard[-1]["text"] for person in people) == sorted(f"Tin {n}" for n in range(40, 60))
    await database.close()
