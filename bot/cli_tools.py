"""What every command needs: the settings, an order to whoever holds the records, words or data to print.

What takes long to load is imported where it is used: help is instant, and an order to a running process nearly so.
"""

from __future__ import annotations

import asyncio
import getpass
import json
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

from bot.clock import SystemClock
from bot.logs import set_up_logs
from conversation.messages import Json

if TYPE_CHECKING:
    from bot.control import Order
    from bot.main import Service
    from bot.settings import Settings

T = TypeVar("T")
FAILED = 1
NO_CHANNEL = (
    "Chưa có token: điền telegram_token hoặc zalo_bot_token trong caunoi.toml, "
    "hoặc CAUNOI_TELEGRAM_TOKEN, CAUNOI_ZALO_BOT_TOKEN. Chạy thử: caunoi demo"
)
AsJson = Annotated[bool, typer.Option("--json", help="In dữ liệu dạng JSON cho máy đọc.")]


def refuse(words: object) -> NoReturn:
    """Say in plain words why not, and end with a failure."""
    typer.echo(str(words), err=True)
    raise typer.Exit(FAILED)


def run_plainly(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end; what an operator can mend is told in one plain sentence."""
    from bot.control import OrderRefused
    from bot.settings import SettingsError
    from bot.starting import StartFailed
    from storage.unavailable import DatabaseUnavailable

    try:
        return asyncio.run(work)
    except (StartFailed, SettingsError, DatabaseUnavailable, OrderRefused) as known:
        refuse(known)
    except OSError as failure:
        if failure.filename is None:
            raise
        refuse(f"Không dùng được {failure.filename} ({failure.strerror}). Hãy sửa quyền, hoặc chọn thư mục khác.")


def settings_or_refuse(**given: Any) -> Settings:
    """The settings, or one plain sentence."""
    from bot.settings import SettingsError, load_settings

    try:
        return load_settings(**given)
    except SettingsError as wrong:
        refuse(wrong)


def stop_on_signals() -> asyncio.Event:
    """An event that SIGTERM and Ctrl+C set."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


@asynccontextmanager
async def order_taker(settings: Settings) -> AsyncIterator[Order]:
    """Who takes orders: the running process, or this one when none runs, with the records opened once for all."""
    from bot import control

    async with AsyncExitStack() as opened:
        here: Service | None = None

        async def give(name: str, what: Json) -> Json:
            nonlocal here
            if here is None:
                answer = await control.pass_on(settings.data_dir, name, what)
                if answer is not None:
                    return answer
                here = await _service(settings)
                opened.push_async_callback(here.close)
            return await here.order(name, what)

        yield give


async def _service(settings: Settings) -> Service:
    from bot.main import Service
    from storage.sqlite_file import sqlite_file
    from storage.sqlite_open import require_file

    if file := sqlite_file(settings.database_url):
        require_file(file)  # in a wrong folder a new, empty ward would answer
    return await Service.open(settings, SystemClock())


async def order(settings: Settings, name: str, what: Json) -> Json:
    """Give one order."""
    async with order_taker(settings) as give:
        return await give(name, what)


def give_order(name: str, what: Json) -> Json:
    """The answer to an order, or a plain refusal."""
    set_up_logs(human=True)
    return run_plainly(order(settings_or_refuse(), name, what))


def whoami() -> str:
    """The name under which the operator is logged in, for the log."""
    return getpass.getuser()


def show(data: Json | list[Json], as_json: bool, plain: str) -> None:
    """Print data for machines or words for people."""
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2) if as_json else plain)
