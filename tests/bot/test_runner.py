"""Updates on their way into the records: none lost, none twice, a poisonous one set aside, each person's in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, text
from structlog.testing import capture_logs

from bot import runner
from bot.channels.channel import Rate
from bot.channels.telegram import Telegram
from bot.channels.telegram_updates import hear
from bot.features import registry
from bot.gate import Gate
from bot.runner import Intake, Latecomers, Poller, Turnstile
from bot.turns import Desk, Event
from conversation.messages import Address, Heard, Json
from conversation.speech import Speech
from handlers.feature import Registry
from sandbox.clock import MovableClock
from sandbox.server import serving
from sandbox.world import World
from storage import inbox, leases, people
from storage.database import Database, DatabaseUnavailable, open_database
from storage.schema import outbox
from tests.bot.mute import BOT, NOW, FixedClock, Mute
from tests.channels.conftest import plainly, stored


class Ears(Mute):
    """A mute channel that hears what Telegram sends."""

    def hear(self, update: Json, at: Any) -> Any:
        return hear(update, BOT, at)


@dataclass(frozen=True)
class Listening(Desk):
    """Notes what took effect, after whatever trouble is ordered."""

    registry: Registry = field(default_factory=registry)
    trouble: dict[str, list[Exception]] = field(default_factory=dict)
    """For a text, what its next turns end in."""
    heard: list[str] = field(default_factory=list)
    at: list[datetime] = field(default_factory=list)

    def take(self, tx: Connection, event: Event) -> bool:
        assert isinstance(event, Heard)
        if self.trouble.get(event.text):
            raise self.trouble[event.text].pop(0)
        if not inbox.first_time(tx, event.address.account, event.update, event.at):
            return False
        self.heard.append(event.text)
        self.at.append(event.at)
        return True


@pytest.fixture
async def database(new_database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_database(new_database_url, tmp_path / "data", now=NOW)
    yield opened
    await opened.close()


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Listening:
    monkeypatch.setattr(runner, "RETRY_SECONDS", 0.0)
    return Listening()


@pytest.fixture
def intake(database: Database, desk: Listening) -> Intake:
    return Intake(database, Ears(), desk, FixedClock(), lambda: None)


def message(number: int, text: str, who: int = 5) -> Json:
    person = {"id": who, "first_name": "Hoa"}
    return {"update_id": number, "message": {"chat": {"id": who, "type": "private"}, "from": person, "text": text}}


def poison(times: int = 3) -> list[Exception]:
    return [RuntimeError("poison") for _ in range(times)]


async def replies(database: Database) -> list[str]:
    def query(tx: Connection) -> list[str]:
        return [payload["text"] for payload in tx.scalars(select(outbox.c.payload))]

    return await database.read(query)


@pytest.mark.parametrize("text", ["thuốc độc", "nửa chữ \ud800 và \x00"])
async def test_a_poisonous_update_is_set_aside_its_sender_told_and_others_go_on(
    database: Database, intake: Intake, desk: Listening, text: str
) -> None:
    heard = intake.channel.hear(message(1, text), NOW)
    assert isinstance(heard, Heard)
    desk.trouble[heard.text] = poison()
    await intake.take_all([message(1, text), message(2, "chào", who=6)])
    assert desk.heard == ["chào"]
    (failure,) = await database.read(inbox.open_failures)
    assert (failure.state, failure.attempts) == ("quarantined", 3)
    (said,) = await replies(database)
    assert "gặp trục trặc" in said
    await intake.take(message(1, text))  # once more by the platform
    assert desk.heard == ["chào"]
    assert await replies(database) == [said]


@dataclass(frozen=True)
class Speechless(Listening):
    """Knows no words for anybody, as when what is known of them is broken."""

    def speech(self, tx: Connection, heard: Heard) -> Speech:
        tx.execute(text("SELECT nothing FROM nowhere"))
        raise AssertionError


async def test_a_poisonous_update_is_set_aside_even_if_its_sender_cannot_be_told(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "RETRY_SECONDS", 0.0)
    desk = Speechless(trouble={"thuốc độc": poison()})
    await Intake(database, Ears(), desk, FixedClock(), lambda: None).take_all(
        [message(1, "thuốc độc"), message(2, "chào", who=6)]
    )
    assert desk.heard == ["chào"]
    assert [failure.state for failure in await database.read(inbox.open_failures)] == ["quarantined"]


async def test_a_registered_person_is_told_in_their_own_language(
    database: Database, intake: Intake, desk: Listening
) -> None:
    def register(tx: Connection) -> None:
        people.change(tx, people.register(tx, Address(BOT, "5"), "bac", None, NOW), language="en")

    await database.write(register)
    desk.trouble["hello"] = poison()
    await intake.take(message(1, "hello"))
    (said,) = await replies(database)
    assert "trục trặc" not in said


async def test_two_failures_and_then_success_leave_no_trace(
    database: Database, intake: Intake, desk: Listening
) -> None:
    desk.trouble["chào"] = poison(2)
    await intake.take(message(1, "chào"))
    assert desk.heard == ["chào"]
    assert await database.read(inbox.open_failures) == []
    assert await replies(database) == []


async def test_records_that_are_away_are_no_fault_of_the_update_and_keep_the_order(
    database: Database, intake: Intake, desk: Listening
) -> None:
    desk.trouble["1"] = [DatabaseUnavailable("full", "x") for _ in range(4)]
    batch = [message(1, "1"), message(2, "2"), message(3, "của người khác", who=6)]
    for _ in range(4):
        with pytest.raises(DatabaseUnavailable):
            await intake.take_all(batch)
        assert await database.read(inbox.open_failures) == []
    await intake.take_all(batch)
    assert [text for text in desk.heard if text in ("1", "2")] == ["1", "2"]
    assert len(desk.heard) == 3


async def test_a_flood_is_read_to_a_bound_told_once_and_others_are_read(
    database: Database, intake: Intake, desk: Listening
) -> None:
    intake.gate = Gate(Rate(0.001, burst=5))
    await intake.take_all([message(number, f"tin {number}") for number in range(50)] + [message(50, "chào", who=6)])
    assert [text for text in desk.heard if text != "chào"] == [f"tin {number}" for number in range(5)]
    assert "chào" in desk.heard
    (said,) = await replies(database)
    assert "nhắn nhanh quá" in said


async def test_trying_again_while_the_records_are_away_is_not_a_flood(intake: Intake, desk: Listening) -> None:
    intake.gate = Gate(Rate(0.001, burst=3))
    desk.trouble["1"] = [DatabaseUnavailable("full", "x") for _ in range(10)]
    for _ in range(10):
        with pytest.raises(DatabaseUnavailable):
            await intake.take_all([message(1, "1"), message(2, "2"), message(3, "3")])
    await intake.take_all([message(1, "1"), message(2, "2"), message(3, "3")])
    assert desk.heard == ["1", "2", "3"]


async def test_what_comes_again_after_its_commit_is_no_haste(intake: Intake, desk: Listening) -> None:
    intake.gate = Gate(Rate(0.001, burst=3))
    desk.trouble["3"] = [DatabaseUnavailable("full", "x") for _ in range(10)]
    batch = [message(1, "1"), message(2, "2"), message(3, "3")]
    for _ in range(10):
        with pytest.raises(DatabaseUnavailable):
            await intake.take_all(batch)
    await intake.take_all(batch)
    assert desk.heard == ["1", "2", "3"]


def in_a_group(number: int, group: int = -7) -> Json:
    sender, chat = {"id": 5, "first_name": "Hoa"}, {"id": group, "type": "supergroup", "title": "Khu phố 4"}
    return {"update_id": number, "message": {"chat": chat, "from": sender, "text": f"/menu {number}"}}


async def test_a_group_that_chatters_is_read_once_a_minute_and_told_nothing_more(
    database: Database, intake: Intake, desk: Listening
) -> None:
    await intake.take_all([in_a_group(number) for number in range(40)] + [message(50, "chào")] + [in_a_group(51, -8)])
    assert len(desk.heard) == 3
    assert await replies(database) == []


async def test_a_poller_that_leads_again_confirms_nothing_that_it_left_behind(
    database: Database, desk: Listening
) -> None:
    world = World(MovableClock(frozen=True), pace=False)
    hoa, lease = world.add_person("Bác Hoa"), await database.write(leases.take, "poller", "this test")
    desk.trouble["một"] = [DatabaseUnavailable("unreachable", "x")]
    hoa.chat.started = True
    async with serving(world) as api, asyncio.timeout(20):
        channel = Telegram(world.bot.token, stored, plainly, api=api)
        hoa.type("một")
        for tried in (lambda: not desk.trouble["một"], lambda: desk.heard):
            polling = asyncio.create_task(
                Poller(channel, Intake(database, channel, desk, FixedClock(), lambda: None)).run(lease)
            )
            while not tried():  # noqa: ASYNC110 - neither tells anybody
                await asyncio.sleep(0.005)
            polling.cancel()  # the first time, before it has tried again
            await asyncio.gather(polling, return_exceptions=True)
        await channel.close()
    assert desk.heard == ["một"]


async def test_what_an_odd_update_calls_its_fields_is_not_logged(intake: Intake) -> None:
    with capture_logs() as logs:
        await intake.take({"update_id": 1, "poll": {}, "Đèn đường hư": 7, "0912345678": 7})
    assert [entry["kind"] for entry in logs] == ["poll,update_id"]


# --- what a webhook keeps first ---------------------------------------------------------------------------------------


async def test_what_is_kept_first_is_answered_before_its_turn_and_taken_once(
    database: Database, intake: Intake, desk: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "RETRY_SECONDS", 0.5)
    desk.trouble["chào"] = poison(1)
    await intake.keep(message(1, "chào"))
    assert desk.heard == []
    assert [failure.payload for failure in await database.read(inbox.open_failures)] == [message(1, "chào")]
    await intake.keep(message(1, "chào"))  # once more by the platform
    await asyncio.gather(*intake.begun)
    assert desk.heard == ["chào"]
    await intake.keep(message(1, "chào"))
    assert not intake.begun
    assert await database.read(inbox.open_failures) == []


async def test_what_is_kept_and_poisonous_is_set_aside(database: Database, intake: Intake, desk: Listening) -> None:
    desk.trouble["thuốc độc"] = poison()
    await intake.keep(message(1, "thuốc độc"))
    await asyncio.gather(*intake.begun)
    (failure,) = await database.read(inbox.open_failures)
    assert (failure.state, failure.attempts, failure.payload) == ("quarantined", 3, message(1, "thuốc độc"))


async def test_what_is_kept_and_comes_too_fast_is_forgotten(
    database: Database, intake: Intake, desk: Listening
) -> None:
    intake.gate = Gate(Rate(0.001, burst=1))
    for number in (1, 2, 3):
        await intake.keep(message(number, str(number)))
    await asyncio.gather(*intake.begun)
    assert desk.heard == ["1"]
    assert await database.read(inbox.open_failures) == []


async def test_what_was_let_in_and_waits_for_its_turn_is_not_turned_away_as_late(
    database: Database, intake: Intake, desk: Listening
) -> None:
    intake.clock = clock = MovableClock(frozen=True)
    intake.gate = Gate(Rate(0.001, burst=1))
    before_it = Turnstile(waiting=1)
    intake.turns[Address(BOT, "5")] = before_it
    async with before_it.lock:
        await intake.keep(message(1, "chào"))
        clock.move(11)
        late = asyncio.create_task(intake.take_late())
        await asyncio.wait({late}, timeout=0.1)
    await asyncio.gather(late, *intake.begun)
    assert desk.heard == ["chào"]
    assert await replies(database) == []


async def test_what_a_dead_process_kept_is_taken_before_anything_new(
    database: Database, intake: Intake, desk: Listening
) -> None:
    await database.write(inbox.keep, BOT, "1", NOW - timedelta(seconds=1), message(1, "một"))
    lease = await database.write(leases.take, "poller", "this test")
    looking = asyncio.create_task(Latecomers(intake).run(lease))
    async with asyncio.timeout(10):
        while not desk.heard:  # noqa: ASYNC110 - the desk tells nobody
            await asyncio.sleep(0.005)
    looking.cancel()
    assert (desk.heard, desk.at) == (["một"], [NOW - timedelta(seconds=1)])  # when it was received


async def test_what_a_dead_process_kept_is_taken_later(database: Database, intake: Intake, desk: Listening) -> None:
    clock = MovableClock(frozen=True)
    intake.clock = clock
    for number, update in enumerate([message(1, "chào"), {"nothing": "for us"}]):
        await database.write(inbox.keep, BOT, str(number + 1), clock.now(), update)
    await intake.take_late()
    assert desk.heard == []  # somebody may be at it
    clock.move(11)
    await intake.take_late()
    assert desk.heard == ["chào"]
    assert await database.read(inbox.open_failures) == []
