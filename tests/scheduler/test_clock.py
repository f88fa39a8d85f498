"""The alarm clock: it never stops ticking, whatever is done to the clock, and makes nothing up."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from scheduler import clock
from scheduler.clock import AlarmClock

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Bells:
    """A clock that is set by hand, and how often each bell rang."""

    def __init__(self) -> None:
        self.now, self.rung = NOON, Counter[str]()
        self.fails = False

    def bell(self, name: str) -> Callable[[], Awaitable[None]]:
        async def ring() -> None:
            self.rung[name] += 1
            if self.fails:
                raise ValueError(name)

        return ring

    @asynccontextmanager
    async def ringing(self) -> AsyncIterator[None]:
        alarm = AlarmClock(lambda: self.now, self.bell("tick"), self.bell("clean"), self.bell("back_up"))
        alarm.start()
        await self.ticks(1)
        yield
        alarm.stop()

    async def ticks(self, number: int) -> None:
        wanted = self.rung["tick"] + number
        async with asyncio.timeout(5):
            while self.rung["tick"] < wanted:  # noqa: ASYNC110 - the bells tell nobody
                await asyncio.sleep(0.001)


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> Bells:
    monkeypatch.setattr(clock, "TICK_SECONDS", 0.002)
    return Bells()


@pytest.mark.parametrize("jump", [timedelta(hours=-3), timedelta(days=-1), timedelta(days=1), timedelta(days=4200)])
async def test_it_ticks_on_when_the_clock_is_set_and_makes_nothing_up(bells: Bells, jump: timedelta) -> None:
    async with bells.ringing():
        await bells.ticks(3)
        assert (bells.rung["clean"], bells.rung["back_up"]) == (0, 1)
        bells.now += jump
        before = bells.rung["tick"]
        await bells.ticks(20)
        assert bells.rung["tick"] - before < 60
        assert (bells.rung["clean"], bells.rung["back_up"]) == (1, 2)


async def test_the_hourly_ones_ring_once_an_hour(bells: Bells) -> None:
    async with bells.ringing():
        for _ in range(24):
            bells.now += timedelta(hours=1)
            await bells.ticks(5)
        assert (bells.rung["clean"], bells.rung["back_up"]) == (24, 25)


async def test_one_that_fails_is_logged_and_rung_again(bells: Bells) -> None:
    bells.fails = True
    async with bells.ringing():
        await bells.ticks(3)


async def test_a_call_cut_short_by_the_stop_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def endless() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def nothing() -> None: ...

    alarm = AlarmClock(lambda: NOON, nothing, nothing, endless)
    alarm.start()
    async with asyncio.timeout(5):
        await begun.wait()
        alarm.stop()
        await ended.wait()
    await asyncio.sleep(0.05)
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []
