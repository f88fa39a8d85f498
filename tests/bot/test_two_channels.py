"""A channel is switched off, lost or blocked in the middle of a broadcast: each is reached once, where they can be."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import structlog
from sqlalchemy import Connection, delete, insert, select

from bot.channels.channel import Gone, NotAllowed, Throttled, Unreachable
from bot.forwarding import Forwarder
from bot.outage import LONG_OUTAGE_SECONDS
from bot.pace import MOST_IN_FLIGHT
from bot.sender import Sender
from conversation.messages import Address, Choice, Opening, Said
from storage import leases, outbox
from storage.database import Database, open_database
from storage.outbox import Lane
from storage.schema import channel_accounts, consents, deliveries, offers, people
from storage.schema import outbox as letters
from tests.bot.mute import BOT, NOW, FixedClock, Mute

ZALO = "zalo_bot:77"
EVERYBODY = range(1, 201)
WITH_ZALO = range(1, 121)
"""They have a second chat; the others write on Telegram only."""
YES = (Choice("yes", "Tôi đi"),)


@dataclass
class Town:
    """Two hundred people, two channels, and the senders that are at work."""

    database: Database
    telegram: Mute = field(default_factory=Mute)
    zalo: Mute = field(default_factory=lambda: Mute(name="zalo_bot", account=ZALO))
    seconds: float = 1000.0
    lost: set[str] = field(default_factory=set)

    def sender(self, channel: Mute) -> Sender:
        return Sender(self.database, channel, FixedClock(), asyncio.Event(), monotonic=self.now, lost=self.lost)

    def now(self) -> float:
        return self.seconds

    @asynccontextmanager
    async def sending(self, *channels: Mute) -> AsyncIterator[list[Sender]]:
        """Senders at work, and time that goes a hundred times faster than ours."""
        senders = [self.sender(channel) for channel in channels]
        works = [self.database.lead(f"sender:{c.account}", s.run) for c, s in zip(channels, senders, strict=True)]
        tasks = [asyncio.create_task(work) for work in (*works, self._tick())]
        yield senders
        for sender in senders:
            sender.stop(1)
        await asyncio.gather(*tasks[:-1])
        tasks[-1].cancel()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(0.001)
            self.seconds += 0.1

    async def until_settled(self, but: int = 0) -> None:
        async with asyncio.timeout(20):
            while sum((await self.database.read(outbox.waiting)).values()) > but:  # noqa: ASYNC110 - they tell nobody
                await asyncio.sleep(0.01)

    async def outcomes(self) -> Counter[tuple[str, str | None]]:
        query = select(deliveries.c.status, deliveries.c.reason)
        return Counter(await self.database.read(lambda tx: [tuple(row) for row in tx.execute(query)]))

    async def reached(self, status: str = "sent") -> set[int]:
        query = select(deliveries.c.person_id).where(deliveries.c.status == status)
        return set(await self.database.read(lambda tx: list(tx.execute(query).scalars())))

    def heard(self) -> Counter[int]:
        """How often each person was told, wherever."""
        return Counter(int(chat) for channel in (self.telegram, self.zalo) for chat, _ in channel.said)


def settle_in(tx: Connection) -> None:
    tx.execute(insert(people), [{"id": person, "registered_at": 0} for person in EVERYBODY])
    agreed = {"purpose": "news", "text": "", "text_sha256": "", "account": BOT, "evidence": "", "given_at": 0}
    tx.execute(insert(consents), [{"person_id": person, **agreed} for person in EVERYBODY])
    chats = [(BOT, person, 2) for person in EVERYBODY] + [(ZALO, person, 1) for person in WITH_ZALO]
    rows = [{"account": a, "chat": str(p), "person_id": p, "linked_at": at} for a, p, at in chats]
    tx.execute(insert(channel_accounts), rows)


def announce(tx: Connection) -> None:
    opens = Opening("rsvp", {"meeting": 1}, "coming")
    for person in EVERYBODY:
        said = Said("Mai họp ạ.", YES)
        outbox.post(tx, person, said, key=f"meeting:1:{person}", at=NOW, lane=Lane.BULK, opens=opens)


@pytest.fixture
async def town(new_database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    structlog.reset_defaults()
    database = await open_database(new_database_url, tmp_path / "data", now=NOW)
    await database.write(settle_in)
    await database.write(announce)
    yield Town(database)
    await database.close()


async def half_way(town: Town) -> None:
    async with asyncio.timeout(20):
        while len(town.telegram.said) < 60:  # noqa: ASYNC110 - the channel under test tells nobody
            await asyncio.sleep(0.002)


class _Forgetful(list):  # type: ignore[type-arg]
    """What ended is never written down: the process died between the platform's yes and the commit."""

    def append(self, _: object) -> None: ...


async def test_a_channel_that_is_switched_off_in_mid_broadcast(town: Town) -> None:
    town.telegram.delay = 0.005
    async with town.sending(town.telegram) as [sender]:
        await half_way(town)
        sender._ended = _Forgetful()
    await town.database.write(leases.leave_all)  # as when the records are opened by the next process
    forwarder = Forwarder(town.database, FixedClock(), lambda: {ZALO}, town.now)
    told = len(town.telegram.said)
    async with town.sending(town.zalo):
        await forwarder.look()
        assert town.zalo.said == []  # another process may be about to send them
        town.seconds += LONG_OUTAGE_SECONDS
        await forwarder.look()
        await town.until_settled()
    heard, unsure = town.heard(), await town.reached("uncertain")
    assert len(town.telegram.said) == told
    assert max(heard.values()) == 1
    assert set(WITH_ZALO) <= set(heard) | unsure
    assert await town.reached() | unsure == set(heard) | unsure
    assert await town.reached("skipped") == set(EVERYBODY) - set(heard) - unsure
    assert 0 < len(unsure) <= 2 * MOST_IN_FLIGHT  # with those that had arrived, and were not written down
    assert {reason for (status, reason) in await town.outcomes() if status != "sent"} == {"channel_off"}


async def test_a_channel_that_is_lost_for_long_and_comes_back(town: Town) -> None:
    async with town.sending(town.telegram, town.zalo):
        await half_way(town)
        town.telegram.opening = [Unreachable("no route")] * 10**6
        town.telegram.errors = {str(person): [Unreachable("no route")] for person in EVERYBODY}
        async with asyncio.timeout(20):
            while town.telegram.opened < 1:  # noqa: ASYNC110 - the channel under test tells nobody
                await asyncio.sleep(0.01)
        town.seconds += LONG_OUTAGE_SECONDS
        async with asyncio.timeout(20):
            while not town.zalo.said:  # noqa: ASYNC110 - the channel under test tells nobody
                await asyncio.sleep(0.01)
        without = set(EVERYBODY) - set(WITH_ZALO)
        await town.until_settled(but=len(without - set(town.heard())))
        assert set(WITH_ZALO) <= set(town.heard())
        await town.database.write(answered_on_telegram)
        town.telegram.opening, town.telegram.errors = [], {}
        await town.until_settled()
    assert town.heard() == Counter([*EVERYBODY, 1])  # the answer waited for the channel it belongs to
    assert ("1", "Đã ghi ạ.") in town.telegram.said
    assert await town.reached() == set(EVERYBODY)
    assert town.lost == set()


async def test_a_channel_that_asks_for_a_long_silence_is_as_good_as_lost(town: Town) -> None:
    town.telegram.errors = {str(person): [Throttled(7200)] for person in EVERYBODY}
    async with town.sending(town.telegram, town.zalo), asyncio.timeout(20):
        while all(town.telegram.errors.values()):  # noqa: ASYNC110 - the channel under test tells nobody
            await asyncio.sleep(0.01)
        town.seconds += LONG_OUTAGE_SECONDS
        while len(town.zalo.said) < len(WITH_ZALO):  # noqa: ASYNC110 - nor does the other
            await asyncio.sleep(0.01)
        assert town.heard() == Counter(WITH_ZALO)
        await town.database.write(lambda tx: tx.execute(delete(letters)))  # nothing else may show that it is over
        town.telegram.errors = {}
        town.seconds += 7200
        while town.lost:  # noqa: ASYNC110 - a letter that comes before its sender looks at the clock goes elsewhere
            await asyncio.sleep(0.01)
        await town.database.write(lambda tx: outbox.post(tx, 1, Said("Hoãn họp ạ."), key="off", at=NOW))
        await town.until_settled()
    assert town.telegram.said == [("1", "Hoãn họp ạ.")]


async def test_a_sender_that_ends_leaves_no_word_of_its_outage_to_the_others(town: Town) -> None:
    town.telegram.opening = [Unreachable("no route")] * 10**6
    town.telegram.errors = {str(person): [Unreachable("no route")] for person in EVERYBODY}
    async with town.sending(town.telegram), asyncio.timeout(20):
        while not town.telegram.opened:  # noqa: ASYNC110 - the channel under test tells nobody
            await asyncio.sleep(0.01)
        town.seconds += LONG_OUTAGE_SECONDS
        while not town.lost:  # noqa: ASYNC110 - nor does the town
            await asyncio.sleep(0.01)
    assert town.lost == set()


async def test_a_sender_that_begins_again_has_forgotten_an_old_outage(town: Town) -> None:
    town.telegram.opening = [Unreachable("no route")] * 10**6
    town.telegram.errors = {str(person): [Unreachable("no route")] for person in EVERYBODY}
    async with town.sending(town.telegram) as [sender], asyncio.timeout(20):
        while not town.telegram.opened:  # noqa: ASYNC110 - the channel under test tells nobody
            await asyncio.sleep(0.01)
    town.telegram.opening, town.telegram.errors = [], {}
    town.seconds += LONG_OUTAGE_SECONDS  # another process sent meanwhile
    works = [asyncio.create_task(work) for work in (town.database.lead(f"sender:{BOT}", sender.run), town._tick())]
    await town.until_settled()
    sender.stop(1)
    await works[0]
    works[1].cancel()
    assert Counter(int(chat) for chat, _ in town.telegram.said) == Counter(EVERYBODY)


def answered_on_telegram(tx: Connection) -> None:
    outbox.reply(tx, Address(BOT, "1"), Said("Đã ghi ạ."), NOW)


async def test_who_blocked_one_chat_is_reached_in_the_other_with_the_question(town: Town) -> None:
    """One of them in the middle of a letter, which is then said whole: nobody understands a letter's second half."""
    blocked = [str(person) for person in (1, 2, 199, 200)]
    town.telegram.errors = {chat: [Gone("bot was blocked by the user")] for chat in blocked}
    town.telegram.errors["2"][0].partly = True  # type: ignore[attr-defined]
    async with town.sending(town.telegram, town.zalo):
        await town.until_settled()
    assert town.heard() == Counter(range(1, 199))
    assert sorted(chat for chat, _ in town.zalo.said) == ["1", "2"]
    assert await town.outcomes() == {("sent", None): 198, ("blocked", "bot was blocked by the user"): 2}
    where = select(offers.c.account).where(offers.c.chat.in_(blocked)).order_by(offers.c.id)
    asked = await town.database.read(lambda tx: list(tx.execute(where).scalars()))
    assert asked == [ZALO, ZALO, BOT, BOT]


async def test_what_is_not_allowed_in_one_chat_is_said_in_the_other_and_nobody_counts_as_gone(town: Town) -> None:
    for person in EVERYBODY:
        town.telegram.errors[str(person)] = [NotAllowed("window")]
    async with town.sending(town.telegram, town.zalo):
        await town.until_settled()
    assert town.heard() == Counter(WITH_ZALO)
    assert await town.outcomes() == {("sent", None): len(WITH_ZALO), ("skipped", "window"): 80}
    blocked = select(channel_accounts.c.chat).where(channel_accounts.c.blocked_at.is_not(None))
    assert await town.database.read(lambda tx: tx.execute(blocked).all()) == []
