"""Durable turns of Cầu Nối: from the bytes of an update to the committed reply."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import Connection, Table, func, insert, select

from bench.child import Result, Stopwatch
from bench.talk import ACCOUNT, COMMUNE, FIRST_CHAT, LINES, NOW, TOKEN, Still, crowd, talks
from bot.channels.channel import Refused, StoredFile
from bot.channels.telegram import Telegram
from bot.features import registry
from bot.runner import Intake
from bot.turns import Desk
from conversation.messages import Address
from storage import people, schema, units
from storage.database import Database, open_database
from storage.times import to_ms

OFFICER = 1
AT_ONCE = 20_000
"""Rows of one INSERT ... VALUES list handed to the driver."""


async def prepare(url: str, folder: str) -> Result:
    """Today's schema, all units, and one officer who is told of every ticket."""
    database = await open_database(url, Path(folder), now=NOW)
    await database.write(units.load_units)
    await database.write(_officer)
    await database.close()
    return {}


async def populate(url: str, folder: str, first: int, count: int) -> Result:
    """Let so many people be registered, each with a session."""
    database = await open_database(url, Path(folder), now=NOW)
    for begin in range(first, first + count, AT_ONCE):
        await database.write(_residents, begin, min(begin + AT_ONCE, first + count))
    await database.close()
    return {}


async def turns(url: str, folder: str, first: int, chats: int, in_flight: int) -> Result:
    """So many people, registered already, send feedback."""
    database = await open_database(url, Path(folder), now=NOW)
    await database.read(_rows)
    intake = _intake(database)
    said = talks(first, chats)

    async def take(line: bytes) -> None:
        await intake.take(json.loads(line))

    await crowd(said[: chats // 20], in_flight, take)  # everything is compiled and cached by now
    before, rest = await database.read(_rows), said[chats // 20 :]
    with Stopwatch() as watch:
        await crowd(rest, in_flight, take)
    after = await database.read(_rows)
    await database.close()
    return watch.of(len(rest) * len(LINES), rows={name: after[name] - before[name] for name in after})


def _intake(database: Database) -> Intake:
    channel = Telegram(TOKEN, no_file)
    return Intake(database, channel, Desk(registry()), Still(), lambda: None)


async def no_file(_number: str) -> StoredFile:
    """No file is ever sent here."""
    raise Refused("no files here")


def _officer(tx: Connection) -> None:
    number = people.register(tx, Address(ACCOUNT, str(OFFICER)), "anh", COMMUNE, NOW)
    people.change(tx, number, name="Trần Văn Nam")
    people.grant(tx, number, "commune_officer", COMMUNE, NOW)


def _residents(tx: Connection, begin: int, end: int) -> None:
    at, ids = to_ms(NOW), [(n * 7919 + 13, str(FIRST_CHAT + n)) for n in range(begin, end)]
    known = {"name": "Nguyễn Thị Hoa", "name_fold": "nguyen thi hoa", "honorific": "bac", "unit_code": COMMUNE}
    here = {"account": ACCOUNT, "linked_at": at}
    tx.execute(insert(schema.people), [{"id": n, "registered_at": at, **known} for n, _ in ids])
    tx.execute(insert(schema.channel_accounts), [{"chat": chat, "person_id": n, **here} for n, chat in ids])
    tx.execute(insert(schema.chat_sessions), [{"account": ACCOUNT, "chat": c, "updated_at": at} for _, c in ids])


def _rows(tx: Connection) -> dict[str, int]:
    tables: tuple[Table, ...] = (
        schema.inbox_updates,
        schema.chat_sessions,
        schema.consents,
        schema.tickets,
        schema.ticket_events,
        schema.deliveries,
        schema.offers,
        schema.outbox,
    )
    return {table.name: tx.execute(select(func.count()).select_from(table)).scalar_one() for table in tables}
