"""Several channels in one service: what is wrong with one is told, and stops no other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot import lines
from bot.channels.channel import Channel, ChannelError, Misconfigured, Unreachable
from bot.main import Service
from bot.settings import Settings
from bot.starting import StartFailed
from conversation.messages import Address, Said
from storage import outbox
from tests.bot.mute import NOW, FixedClock, Mute


class Given(Service):
    """A service with channels that were handed to it."""

    given: tuple[Mute, ...] = ()

    def _channels(self) -> list[Channel]:
        return list(self.given)


@asynccontextmanager
async def running(folder: Path, *channels: Mute) -> AsyncIterator[tuple[Given, asyncio.Task[None]]]:
    """Run a service until the block ends."""
    url = f"sqlite:///{folder / 'caunoi.db'}"
    service = await Given.open(Settings(database_url=url, data_dir=folder, web_port=0), FixedClock())
    service.given = channels
    stop = asyncio.Event()
    task = asyncio.create_task(service.run(stop))
    try:
        yield service, task
    finally:
        stop.set()
        await asyncio.gather(task, return_exceptions=True)
        await service.close()


def say(tx: Connection, channel: Mute, words: str) -> None:
    outbox.reply(tx, Address(channel.account, "5"), Said(words), NOW)


async def until_said(service: Given, *channels: Mute) -> None:
    for channel in channels:
        await service.database.write(say, channel, "chào")
    service.committed()
    async with asyncio.timeout(5):
        while not all(channel.said for channel in channels):  # noqa: ASYNC110 - a mute channel calls nobody
            await asyncio.sleep(0.01)


async def test_each_channel_has_its_own_sender(tmp_path: Path) -> None:
    channels = Mute(account="telegram:1"), Mute(account="zalo_bot:1", name="zalo_bot")
    async with running(tmp_path, *channels) as (service, _):
        await until_said(service, *channels)
        status = await service.order("status", {})
        assert status["channels"] == {"telegram:1": "up", "zalo_bot:1": "up"}
        held = {lease["name"] for lease in status["leases"] if lease["held"]}
        assert held == {f"{what}:{each.account}" for what in ("sender", "poller") for each in channels} | {"worker"}


@pytest.mark.parametrize(("fault", "state"), [(Misconfigured("no"), "misconfigured"), (Unreachable("away"), "lost")])
async def test_a_channel_that_cannot_be_opened_stops_no_other_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: ChannelError, state: str
) -> None:
    monkeypatch.setattr(lines, "OPEN_AGAIN_SECONDS", 0.3)
    monkeypatch.setattr(lines, "MISCONFIGURED_SECONDS", 0.3)
    well, ill = Mute(account="telegram:1"), Mute(account="zalo_bot:1", name="zalo_bot", opening=[fault])
    async with running(tmp_path, well, ill) as (service, task):
        await until_said(service, well)
        assert service.health.channels == {"telegram:1": "up", "zalo_bot:1": state}
        await asyncio.sleep(0.4)
        assert service.health.channels["zalo_bot:1"] == "up"
        assert not task.done()


async def test_where_there_is_no_other_channel_a_wrong_setting_ends_the_process(tmp_path: Path) -> None:
    ill = Mute(account="zalo_bot:1", name="zalo_bot", opening=[Misconfigured("no")])
    async with running(tmp_path, ill) as (_, task):
        with pytest.raises(StartFailed, match="CAUNOI_ZALO_BOT_TOKEN"):
            await task
