"""Letters: posted once for ever, claimed in order, settled with everything that hangs on them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, func, insert, select

from conversation.messages import Address, Choice, Opening, Said
from storage import erasures, outbox
from storage.database import Database
from storage.deliveries import forget
from storage.outbox import Lane, Letter, Outcome
from storage.schema import channel_accounts, deliveries, offers, people
from storage.times import to_ms

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
BOT = "telegram:8123"
HOA = 41


def at(chat: str) -> Address:
    return Address(BOT, chat)


def someone(tx: Connection, person: int, *chats: str, blocked: tuple[str, ...] = ()) -> None:
    tx.execute(insert(people).values(id=person, registered_at=0))
    for place, chat in enumerate(chats):
        row = {"account": BOT, "chat": chat, "person_id": person, "linked_at": place}
        tx.execute(insert(channel_accounts).values(row | {"blocked_at": 1 if chat in blocked else None}))


def claimed(tx: Connection, limit: int = 10, now: datetime = NOW) -> list[Letter]:
    return outbox.claim(tx, BOT, now, limit)


def statuses(tx: Connection) -> list[tuple[str, str | None]]:
    rows = tx.execute(select(deliveries.c.status, deliveries.c.reason).order_by(deliveries.c.id))
    return [(status, reason) for status, reason in rows]


async def test_a_repeated_key_posts_nothing_even_after_the_letter_was_sent(database: Database) -> None:
    def work(tx: Connection) -> None:
        assert outbox.post(tx, at("7"), Said("Mai họp ạ."), key="meeting:1", at=NOW) == 1
        assert outbox.post(tx, at("7"), Said("Mai họp ạ."), key="meeting:1", at=NOW) is None
        [letter] = claimed(tx)
        outbox.settle(tx, letter, Outcome("sent", message_id="99"), NOW)
        assert outbox.post(tx, at("7"), Said("Mai họp ạ."), key="meeting:1", at=NOW) is None
        assert outbox.waiting(tx) == {}
        row = tx.execute(select(deliveries)).one()
        assert (row.status, row.message_id, row.settled_at) == ("sent", "99", to_ms(NOW))

    await database.write(work)


async def test_a_person_is_written_to_where_they_linked_last_and_did_not_block(database: Database) -> None:
    def work(tx: Connection) -> None:
        someone(tx, HOA, "old", "new", "newest", blocked=("newest",))
        outbox.post(tx, HOA, Said("Chào bác."), key="a", at=NOW)
        assert [letter.address for letter in claimed(tx)] == [at("new")]

    await database.write(work)


async def test_nobody_to_reach_is_told_at_once_with_the_reason(database: Database) -> None:
    def work(tx: Connection) -> None:
        someone(tx, HOA, "7", blocked=("7",))
        assert outbox.post(tx, HOA, Said("x"), key="a", at=NOW)
        assert outbox.post(tx, 99, Said("x"), key="b", at=NOW)
        assert outbox.post(tx, at("7"), Said("x"), key="c", at=NOW)
        assert statuses(tx) == [("skipped", "blocked"), ("skipped", "no_channel"), ("skipped", "blocked")]
        assert outbox.waiting(tx) == {}

    await database.write(work)


async def test_replies_overtake_letters_and_letters_overtake_broadcasts(database: Database) -> None:
    def work(tx: Connection) -> None:
        outbox.post(tx, at("1"), Said("bulk"), key="a", at=NOW, lane=Lane.BULK)
        outbox.post(tx, at("2"), Said("personal"), key="b", at=NOW)
        outbox.reply(tx, at("3"), Said("reply"), NOW)
        assert outbox.waiting(tx) == {Lane.REPLY: 1, Lane.PERSONAL: 1, Lane.BULK: 1}
        assert [letter.said.text for letter in claimed(tx)] == ["reply", "personal", "bulk"]

    await database.write(work)


async def test_no_more_is_claimed_than_the_budgets_allow(database: Database) -> None:
    def work(tx: Connection) -> None:
        for chat in "1234":
            outbox.post(tx, at(chat), Said("bulk"), key=chat, at=NOW, lane=Lane.BULK)
        outbox.reply(tx, at("9"), Said("reply"), NOW)
        assert [letter.address.chat for letter in outbox.claim(tx, BOT, NOW, 4, bulk=1)] == ["9", "1"]
        assert [letter.address.chat for letter in outbox.claim(tx, BOT, NOW, 2, except_chats={"2"})] == ["3", "4"]

    await database.write(work)


async def test_a_chat_gets_its_letters_one_by_one_in_order(database: Database) -> None:
    def work(tx: Connection) -> None:
        for words in ("một", "hai", "ba"):
            outbox.reply(tx, at("7"), Said(words), NOW)
        [first] = claimed(tx)
        outbox.put_back(tx, first, counts=True)
        [again] = claimed(tx)
        assert (again.said.text, again.attempts) == ("một", 1)
        outbox.settle(tx, again, Outcome("sent"), NOW)
        [second] = claimed(tx)
        assert second.said.text == "hai"

    await database.write(work)


async def test_what_may_be_said_later_waits_for_it_unless_that_is_too_late(database: Database) -> None:
    morning, hours = NOW + timedelta(hours=15), timedelta(hours=1)

    def work(tx: Connection) -> None:
        for chat, expires in (("1", None), ("2", morning + hours), ("3", morning)):
            outbox.post(tx, at(chat), Said("x"), key=chat, at=NOW, expires=expires)
        outbox.reply(tx, at("4"), Said("x"), NOW)
        for letter in claimed(tx):
            outbox.settle(tx, letter, Outcome("skipped", "night", until=morning), NOW)
        assert statuses(tx) == [("waiting", None), ("waiting", None), ("skipped", "night")]
        assert claimed(tx, now=morning - hours) == []
        assert [letter.address.chat for letter in claimed(tx, now=morning)] == ["4", "1", "2"]

    await database.write(work)


async def test_only_letters_that_tell_of_somebody_are_reworded_when_they_go(database: Database) -> None:
    def work(tx: Connection) -> None:
        choices = (Choice("call", "Gọi Hoa"),)
        outbox.post(tx, at("1"), Said("Hoa cần gọi lại.", choices), key="a", at=NOW, about=HOA)
        outbox.post(tx, at("2"), Said("Hoa khác cần gọi lại."), key="b", at=NOW, about=HOA + 1)
        erasures.clean_letters(tx, erasures.about(HOA), lambda words: words.replace("Hoa", "Ai đó"))
        mended, other = (letter.said for letter in claimed(tx))
        assert (mended.text, mended.choices[0].label) == ("Ai đó cần gọi lại.", "Gọi Ai đó")
        assert other.text == "Hoa khác cần gọi lại."

    await database.write(work)


async def test_what_can_never_be_said_is_given_up_after_some_days(database: Database) -> None:
    def work(tx: Connection) -> None:
        outbox.post(tx, at("1"), Said("x"), key="a", at=NOW)
        for day in range(1, 4):
            now = NOW + timedelta(days=day - 1)
            [letter] = claimed(tx, now=now)
            outbox.settle(tx, letter, Outcome("skipped", "quota", until=NOW + timedelta(days=day)), now)
        assert statuses(tx) == [("skipped", "quota")]

    await database.write(work)


async def test_a_letter_waits_for_its_time_and_expires_after_it(database: Database) -> None:
    def work(tx: Connection) -> None:
        due, expires = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
        outbox.post(tx, at("1"), Said("x"), key="a", at=NOW, due=due, expires=expires)
        outbox.post(tx, at("2"), Said("x"), key="b", at=NOW, due=due, expires=expires)
        assert claimed(tx) == []
        assert len(claimed(tx, 1, due)) == 1
        assert claimed(tx, 10, expires) == []
        assert statuses(tx) == [("waiting", None), ("expired", None)]

    await database.write(work)


async def test_a_letter_that_opens_a_talk_carries_the_offer_in_its_buttons(database: Database) -> None:
    def work(tx: Connection) -> None:
        said = Said("Mai họp, bác có đi không ạ?", (Choice("yes", "Tôi đi"), Choice("no", "Tôi bận")))
        delivery = outbox.post(tx, at("7"), said, key="a", at=NOW, opens=Opening("rsvp", {"meeting": 5}, "coming"))
        row = tx.execute(select(offers)).one()
        assert (row.talk, row.given, row.question, row.delivery_id) == ("rsvp", {"meeting": 5}, "coming", delivery)
        assert row.choices == [["yes", "Tôi đi"], ["no", "Tôi bận"]]
        assert row.delivered_at is None
        [letter] = claimed(tx)
        assert [choice.data for choice in letter.said.choices] == [f"o{row.id}:yes", f"o{row.id}:no"]
        outbox.settle(tx, letter, Outcome("sent", message_id="3"), NOW)
        assert tx.scalar(select(offers.c.delivered_at)) == to_ms(NOW)

    await database.write(work)


async def test_button_data_that_a_platform_would_refuse_is_refused_here(database: Database) -> None:
    def work(tx: Connection) -> None:
        outbox.reply(tx, at("7"), Said("x", (Choice("ế" * 30, "x"),)), NOW)

    with pytest.raises(ValueError, match="over 64 bytes"):
        await database.write(work)


async def test_somebody_gone_is_remembered_and_their_other_letters_are_skipped(database: Database) -> None:
    def work(tx: Connection) -> None:
        someone(tx, HOA, "7")
        for key in "ab":
            outbox.post(tx, HOA, Said("x"), key=key, at=NOW)
        outbox.reply(tx, at("7"), Said("x"), NOW)
        outbox.reply(tx, at("8"), Said("x"), NOW)
        first = next(letter for letter in claimed(tx) if letter.address.chat == "7")
        outbox.settle(tx, first, Outcome("sent"), NOW)
        second = next(letter for letter in claimed(tx) if letter.address.chat == "7")
        outbox.settle(tx, second, Outcome("blocked", reason="bot was blocked by the user"), NOW)
        assert statuses(tx) == [("blocked", "bot was blocked by the user"), ("skipped", "blocked")]
        assert tx.scalar(select(channel_accounts.c.blocked_at)) == to_ms(NOW)
        assert outbox.waiting(tx) == {Lane.REPLY: 1}

    await database.write(work)


async def test_letters_to_somebody_erased_wait_no_more_and_are_forgotten_in_their_time(database: Database) -> None:
    def work(tx: Connection) -> None:
        outbox.post(tx, at("7"), Said("x"), key="a", at=NOW)
        erasures.forget_letters(tx, at("7"), NOW)
        assert (outbox.waiting(tx), statuses(tx)) == ({}, [("skipped", "erased")])
        assert forget(tx, NOW + timedelta(days=1)) == 1

    await database.write(work)


async def test_a_new_sender_takes_over_what_the_old_one_had_claimed(database: Database) -> None:
    def work(tx: Connection) -> None:
        outbox.reply(tx, at("7"), Said("x"), NOW)
        outbox.reply(tx, Address("telegram:2", "7"), Said("x"), NOW)
        assert len(claimed(tx)) == 1
        assert len(outbox.claim(tx, "telegram:2", NOW, 9)) == 1
        assert claimed(tx) == []
        assert outbox.release_claimed(tx, BOT) == 1
        assert len(claimed(tx)) == 1

    await database.write(work)


async def test_a_reply_brings_its_callback_and_leaves_no_delivery(database: Database) -> None:
    def work(tx: Connection) -> None:
        outbox.reply(tx, at("7"), Said(""), NOW, acknowledges="cb1", secret=True)
        [letter] = claimed(tx)
        assert (letter.acknowledges, letter.secret, letter.delivery) == ("cb1", True, None)
        outbox.settle(tx, letter, Outcome("sent"), NOW)
        assert tx.scalar(select(func.count()).select_from(deliveries)) == 0

    await database.write(work)


async def test_two_claimers_never_get_the_same_letter(database: Database) -> None:
    def fill(tx: Connection) -> None:
        for chat in range(40):
            outbox.reply(tx, at(str(chat)), Said("x"), NOW)

    await database.write(fill)
    found = await asyncio.gather(*(database.write(outbox.claim, BOT, NOW, 10) for _ in range(8)))
    ids = [letter.id for some in found for letter in some]
    assert len(ids) == len(set(ids)) == 40
