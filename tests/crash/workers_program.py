"""`caunoi run --workers 2` with the deeds of the crash tests: `CAUNOI_…=… python -m tests.crash.workers_program`."""

from __future__ import annotations

import asyncio
from typing import Self

from bot.clock import Clock
from bot.logs import set_up_logs
from bot.settings import Settings, load_settings
from bot.workers import run_workers
from handlers.feature import Registry
from tests.crash.deeds import DEEDS
from tests.unpaced import UnpacedService


class DeedsService(UnpacedService):
    """The service, with deeds that can be counted."""

    @classmethod
    async def open(cls, settings: Settings, clock: Clock) -> Self:
        """Add them."""
        service = await super().open(settings, clock)
        service.registry = Registry([*service.registry.features, DEEDS])
        return service


if __name__ == "__main__":
    set_up_logs()
    asyncio.run(run_workers(load_settings(), 2, DeedsService))
