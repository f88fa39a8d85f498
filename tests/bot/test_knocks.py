"""Posts to our webhooks are counted whichever process they come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.health import Health
from bot.knocks import Knocks
from conversation.messages import Json
from storage import webhook_posts
from storage.database import Database, DatabaseUnavailable, open_database
from tests.bot.mute import NOW, FixedClock
from web.server import Door

OLD, OA = "zalo_oa:8", "zalo_oa:9"


@dataclass
class Guard:
    path: str = "/zalo/oa"
    probe: Callable[[bytes], bool] = lambda _body: False

    def authentic(self, _headers: Mapping[str, str], body: bytes) -> bool:
        return body == b"signed"


async def take(_update: Json) -> None: ...


def knock(process: Knocks, *bodies: bytes) -> None:
    door = process.counted(OA, Door(Guard(), take))
    for body in bodies:
        door.guard.authentic({}, body)


async def figures(database: Database) -> tuple[int, ...]:
    return tuple((await database.read(webhook_posts.counts))[OA].values())


async def test_what_comes_to_any_process_is_in_one_count(database_url: str, tmp_path: Path) -> None:
    database = await open_database(database_url, tmp_path / "data", now=NOW)
    first, second = Knocks(database), Knocks(database)
    knock(first, b"signed", b"forged")
    knock(second, b"forged", b"forged")
    for process in (first, second, first):
        await process.hand_in()
    assert await figures(database) == (1, 3, 2)
    knock(second, b"signed")
    await second.hand_in()
    assert await figures(database) == (2, 3, 0)
    await database.write(webhook_posts.add, OLD, 1, 0)
    told = (await Health(database, FixedClock(), ()).metrics()).decode()
    assert 'caunoi_webhook_posts{channel="zalo_oa",kind="refused"} 3.0' in told
    assert 'caunoi_webhook_posts{channel="zalo_oa",kind="accepted"} 3.0' in told
    await database.close()


async def test_nothing_is_forgotten_while_the_records_are_away(
    loaded_sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await open_database(loaded_sqlite_url, tmp_path / "data", now=NOW)
    process, write = Knocks(database), database.write

    async def away(*_: object) -> None:
        raise DatabaseUnavailable("full", "disk")

    knock(process, b"signed")
    monkeypatch.setattr(database, "write", away)
    await process.hand_in()
    monkeypatch.setattr(database, "write", write)
    knock(process, b"forged")
    await process.hand_in()
    assert await figures(database) == (1, 1, 0)
    await database.close()
