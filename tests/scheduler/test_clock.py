"""The alarm clock: stopped in the middle of a call, it has nothing to complain of."""

from __future__ import annotations

import asyncio

import pytest

from scheduler.clock import AlarmClock


async def test_a_call_cut_short_by_the_stop_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def endless() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def nothing() -> None: ...

    alarm = AlarmClock(nothing, nothing, endless)
    alarm.start()
    async with asyncio.timeout(5):
        await begun.wait()
        alarm.stop()
        await ended.wait()
    await asyncio.sleep(0.05)
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []
