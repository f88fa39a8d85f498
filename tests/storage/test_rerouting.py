"""Letters on their way to another chat: never in two places, and never round in circles."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, delete, insert, select, text

from conversation.messages import Address, Said
from storage import outbox, people, rerouting
from storage.database import Database
from storage.outbox import Outcome
from storage.schema import channel_accounts, deliveries
from storage.schema import outbox as letters
from storage.schema import people as everybody

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
OA, BOT = Address("zalo_oa:9", "hoa"), Address("zalo_bot:7", "hoa")
HOA = 41


def hoa_has_both(tx: Connection) -> None:
    tx.execute(insert(everybody).values(id=HOA, registered_at=0))
    for place, chat in enumerate((BOT, OA)):  # she is written to on the Official Account first
        row = {"account": chat.account, "chat": chat.chat, "person_id": HOA, "linked_at": place}
        tx.execute(insert(channel_accounts).values(row))
    people.consent(tx, HOA, "news", "Đồng ý", OA, "1", NOW)
    outbox.post(tx, HOA, Said("Mai họp ạ."), key="meeting", at=NOW)


def where(tx: Connection) -> tuple[str, bool] | None:
    row = tx.execute(select(letters.c.account, letters.c.claimed)).one_or_none()
    return (row.account, row.claimed) if row else None


def outcome(tx: Connection) -> tuple[str, str | None]:
    row = tx.execute(select(deliveries.c.status, deliveries.c.reason)).one()
    return row.status, row.reason


def not_allowed(tx: Connection) -> None:
    [letter] = outbox.claim(tx, OA.account, NOW, 1)
    outbox.settle(tx, letter, Outcome("skipped", "window"), NOW)
    assert where(tx) == (BOT.account, False)


async def test_what_was_not_allowed_in_one_chat_waits_in_the_other_while_that_is_lost(database: Database) -> None:
    def work(tx: Connection) -> None:
        hoa_has_both(tx)
        not_allowed(tx)
        rerouting.leave_account(tx, BOT.account, [BOT.account], 0, 10)
        assert where(tx) == (BOT.account, False)
        [letter] = outbox.claim(tx, BOT.account, NOW, 1)
        outbox.settle(tx, letter, Outcome("sent", message_id="1"), NOW)
        assert outcome(tx) == ("sent", None)

    await database.write(work)


async def test_what_was_not_allowed_in_one_chat_ends_in_the_other_when_that_is_switched_off(database: Database) -> None:
    def work(tx: Connection) -> None:
        hoa_has_both(tx)
        not_allowed(tx)
        assert rerouting.close_account(tx, BOT.account, [BOT.account], NOW, 10) == 1
        assert (where(tx), outcome(tx)) == (None, ("skipped", "window"))

    await database.write(work)


async def test_what_may_be_said_here_later_is_said_there_at_once(database: Database) -> None:
    def work(tx: Connection) -> None:
        hoa_has_both(tx)
        [letter] = outbox.claim(tx, OA.account, NOW, 1)
        outbox.settle(tx, letter, Outcome("skipped", "quota", until=NOW + timedelta(days=1)), NOW)
        assert where(tx) == (BOT.account, False)
        assert outbox.claim(tx, BOT.account, NOW, 1)

    await database.write(work)


async def test_what_neither_chat_may_be_told_goes_there_once_and_ends(database: Database) -> None:
    def work(tx: Connection) -> None:
        hoa_has_both(tx)
        not_allowed(tx)
        [letter] = outbox.claim(tx, BOT.account, NOW, 1)
        outbox.settle(tx, letter, Outcome("skipped", "inactive"), NOW)
        assert (where(tx), outcome(tx)) == (None, ("skipped", "inactive"))

    await database.write(work)


async def test_what_neither_chat_may_be_told_today_waits_in_the_second(database: Database) -> None:
    def work(tx: Connection) -> None:
        hoa_has_both(tx)
        not_allowed(tx)
        [letter] = outbox.claim(tx, BOT.account, NOW, 1)
        outbox.settle(tx, letter, Outcome("skipped", "night", until=NOW + timedelta(hours=9)), NOW)
        assert where(tx) == (BOT.account, False)
        assert outbox.claim(tx, BOT.account, NOW, 1) == []
        assert outbox.claim(tx, BOT.account, NOW + timedelta(hours=9), 1)

    await database.write(work)


@pytest.mark.parametrize("outcome", [Outcome("skipped", "window"), Outcome("blocked")])
async def test_what_went_elsewhere_stays_there_when_its_end_is_written_down_twice(
    database: Database, outcome: Outcome
) -> None:
    """The answer of the records to the first time was lost."""

    def work(tx: Connection) -> None:
        hoa_has_both(tx)
        [letter] = outbox.claim(tx, OA.account, NOW, 1)
        for _ in range(2):
            outbox.settle(tx, letter, outcome, NOW)
        assert where(tx) == (BOT.account, False)
        assert outbox.claim(tx, BOT.account, NOW, 1)

    await database.write(work)


async def test_an_answer_stays_while_its_channel_is_lost_and_ends_when_that_is_switched_off(database: Database) -> None:
    def work(tx: Connection) -> None:
        hoa_has_both(tx)
        tx.execute(delete(letters))
        outbox.reply(tx, OA, Said("Đã ghi ạ."), NOW)
        outbox.reply(tx, BOT, Said("Chào bác."), NOW)
        rerouting.leave_account(tx, OA.account, [OA.account], 0, 10)
        assert rerouting.waiting_by_account(tx) == {OA.account: 1, BOT.account: 1}
        assert rerouting.close_account(tx, OA.account, [OA.account], NOW, 10) == 1
        assert rerouting.waiting_by_account(tx) == {BOT.account: 1}

    await database.write(work)


async def test_a_letter_that_is_being_sent_stays_when_its_chat_is_let_go_at_that_moment(database: Database) -> None:
    await database.write(hoa_has_both)
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def claim(tx: Connection) -> None:
        assert outbox.claim(tx, OA.account, NOW, 1)
        loop.call_soon_threadsafe(begun.set)
        if tx.dialect.name == "postgresql":  # SQLite has one writer
            tx.execute(text("SELECT pg_sleep(0.2)"))

    claiming = asyncio.create_task(database.write(claim))
    await begun.wait()
    await database.write(rerouting.leave_chat, OA, NOW, "unlinked")
    await claiming
    assert await database.read(where) == (OA.account, True)
