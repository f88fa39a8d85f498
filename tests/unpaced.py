"""The real service for tests, in a hurry: at Telegram's pace of 28 messages a second they would take patience."""

from __future__ import annotations

from dataclasses import replace

from bot.channels.channel import Channel, Pace, Rate
from bot.gate import Gate
from bot.main import Service
from bot.runner import Intake

TOKEN = "1000000001:khung-thu-cua-chuong-trinh"
AT_ONCE = Rate(100_000, burst=1000)


class UnpacedService(Service):
    """Cầu Nối, whole, for a platform that takes everything at once."""

    def _channels(self) -> list[Channel]:
        channels = super()._channels()
        for channel in channels:
            channel.limits = replace(channel.limits, pace=Pace(AT_ONCE, AT_ONCE, AT_ONCE))
        return channels

    def _intake(self, channel: Channel) -> Intake:
        intake = super()._intake(channel)
        intake.gate = Gate(AT_ONCE)
        return intake
