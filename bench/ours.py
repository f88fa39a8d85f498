"""Cầu Nối: its sender, and durable turns from the bytes of an update to the committed reply."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NoReturn

from sqlalchemy import Connection, func, select

from bench.child import Result, Stopwatch
from bench.people import crowd
from bench.sends import RECIPIENT, TEXT, Send
from bench.talk import ACCOUNT, LINES, NOW, ROWS, TOKEN, Still
from bot.channels.channel import Refused
from bot.channels.telegram import Telegram
from bot.features import registry
from bot.runner import Intake
from bot.turns import Desk
from conversation.messages import Address, Said
from storage import schema
from storage.database import Database, open_database


@asynccontextmanager
async def sending(api: str) -> AsyncIterator[Send]:
    """The channel of the product."""
    channel, to, said = Telegram(TOKEN, nothing, nothing, api=api), Address(ACCOUNT, str(RECIPIENT)), Said(TEXT)
    yield lambda: channel.send(to, said)
    await channel.close()


async def turns(url: str, folder: str, first: int, chats: int, in_flight: int, beside: int | None = None) -> Result:
    """So many people, registered already, send feedback, after a twentieth as many to warm up."""
    database = await open_database(url, Path(folder), now=NOW)
    intake, warm = _intake(database), chats // 20

    async def take(line: bytes) -> None:
        await intake.take(json.loads(line))

    async with crowd(first, warm, in_flight) as people:
        await people.speak(take)  # everything is compiled and cached by now
    before = await database.read(_rows)
    async with crowd(first + warm, chats, in_flight) as people:
        with Stopwatch(beside) as watch:
            await people.speak(take)
    after, count = await database.read(_rows), chats * len(LINES)
    await database.close()
    rows = {name: after[name] - before[name] for name in after}
    return watch.of(count, load_us=people.cpu / count * 1e6, rows=rows)


def _intake(database: Database) -> Intake:
    channel = Telegram(TOKEN, nothing, nothing)
    return Intake(database, channel, Desk(registry()), Still(), lambda: None)


async def nothing(*_: object) -> NoReturn:
    """No file is ever sent here."""
    raise Refused("no files here")


def _rows(tx: Connection) -> dict[str, int]:
    tables = schema.metadata.tables
    return {name: tx.execute(select(func.count()).select_from(tables[name])).scalar_one() for name in ROWS}
