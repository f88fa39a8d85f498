"""Cầu Nối as `caunoi run` starts it; told so by SIGUSR1, it also posts a letter to so many people."""

from __future__ import annotations

import asyncio
import signal
import sys

from sqlalchemy import Connection

from bench.talk import ACCOUNT, FIRST_CHAT
from bot.cli_tools import stop_on_signals
from bot.clock import SystemClock
from bot.logs import set_up_logs
from bot.main import Service
from bot.settings import load_settings
from conversation.messages import Address, Said
from storage import outbox
from storage.outbox import Lane

AT_ONCE = 100
"""Letters posted in one transaction; on SQLite turns wait for it, and a thousand take a seventh of a second."""
WORDS = "Thư mời họp: chi hội mời bác đến nhà văn hóa Khu phố 4 lúc 19 giờ thứ Bảy, bàn việc làm lại đường hẻm."


async def serve(letters: int) -> None:
    """Run until told to stop."""
    service = await Service.open(load_settings(), SystemClock())
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, told.set)

    async def post_when_told() -> None:
        await told.wait()
        for first in range(0, letters, AT_ONCE):
            await service.database.write(_post, range(first, min(first + AT_ONCE, letters)))
            service.committed()

    posting = asyncio.create_task(post_when_told())
    try:
        await service.run(stop_on_signals())
    finally:
        posting.cancel()
        await service.close()


def _post(tx: Connection, numbers: range) -> None:
    at = SystemClock().now()
    for number in numbers:
        to = Address(ACCOUNT, str(FIRST_CHAT + number))
        outbox.post(tx, to, Said(WORDS), key=f"bench:{number}", at=at, lane=Lane.BULK)


if __name__ == "__main__":
    set_up_logs()
    asyncio.run(serve(int(sys.argv[1])))
