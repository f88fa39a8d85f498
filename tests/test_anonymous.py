"""Without a name means without a name: who has everything that is stored cannot match 20 people to 20 tickets.

Twenty people, half of them registered, send a ticket without a name within one hour, one after another in an order
that the adversary knows; others report with their names in between, and some tickets come with a photo. Then the
adversary of `tests/adversary.py` looks for any trace of that order. Several such hours are weighed together, and the
same adversary is let loose on a build that leaves the mixing out, which it must see through.

On SQLite everything in the folder is seized while the program runs: the database, its log, photos, the day's backup.
On PostgreSQL it is the rows with their ctid and xmin; the server's own write-ahead log is kept for as long as its
operator says, and out of reach of this program. What stays visible by design: the hour of the letters to officers, who
are told of tickets without a name once an hour, and of dangers at once.
"""

from __future__ import annotations

import logging
import random
import re
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, text

from bot.housekeeping import Housekeeping
from storage import tickets
from storage.backup import back_up
from storage.database import open_database, sqlite_file
from tests.adversary import (
    Agreement,
    Evidence,
    Tables,
    orders,
    seized_files,
    sqlite_tables,
    telling,
    together,
)
from tests.street import MORNING, Standing, Street, plant

BY_CHANCE = re.compile(rb"\d{15,}|[0-9a-f]{32,}")
"""Random ids and hashes, in whose digits any eight may stand by chance."""
AUTHORS = 20
NEIGHBOURS = 6
DAYS, FEWER_DAYS = 6, 3
WORDS = [
    "nước",
    "cống",
    "rác",
    "đường",
    "hẻm",
    "chợ",
    "trường",
    "cầu",
    "kênh",
    "cây",
    "ngập",
    "bụi",
    "tối",
    "vỉa",
    "hè",
    "ồn",
    "sáng",
    "nay",
    "tuần",
    "trước",
    "nhà",
    "văn",
    "hóa",
]

pytestmark = pytest.mark.timeout(180)


@dataclass
class Told:
    """What the authors know, in the order in which they wrote."""

    chats: list[str]
    strangers: list[str]
    texts: list[str]
    claims: list[str]


# --- the story ------------------------------------------------------------------------------------------------------


async def live_an_hour(street: Street, dice: random.Random) -> Told:
    """Twenty people write without their names, one after another, their neighbours with theirs in between."""
    chats = [str(number) for number in dice.sample(range(10**9, 10**10), AUTHORS + NEIGHBOURS + 1)]
    authors, neighbours, officer = chats[:AUTHORS], chats[AUTHORS:-1], chats[-1]
    registered = dice.sample(authors, AUTHORS // 2)
    for chat in (*registered, *neighbours):
        await street.settle(chat, f"Bà con {chat[-4:]}")
    await street.settle(officer, "Nam", "commune_officer")
    texts = [_words(dice) for _ in authors]
    claims = []
    for author, words in zip(authors, texts, strict=True):
        photo = f"photo-{dice.random()}" if dice.random() < 0.6 else ""
        claims.append(_claim(await street.report(author, words, named=False, photo=photo)))
        await _noise(street, dice, dice.choice(neighbours))
    await street.strike()
    return Told(authors, [chat for chat in authors if chat not in registered], texts, claims)


async def _noise(street: Street, dice: random.Random, neighbour: str) -> None:
    """Something ordinary happens."""
    match dice.randrange(6):
        case 0:
            await street.report(neighbour, _words(dice), named=True, photo=f"photo-{dice.random()}")
        case 1:
            await street.tell(neighbour, "menu")
        case 2:
            await street.tell(neighbour, "chào")


def _words(dice: random.Random) -> str:
    """Something to report that nobody else reports, of any length."""
    return f"Số {dice.randrange(10**9)} " + " ".join(dice.choices(WORDS, k=dice.randrange(4, 40)))


def _claim(receipt: str) -> str:
    return receipt.partition("TRA ")[2].strip(" .\x02\x03")


# --- the seizure ----------------------------------------------------------------------------------------------------

POSTGRES_ROWS = """
SELECT (ctid::text::point)[0]::bigint * 100000 + (ctid::text::point)[1]::bigint AS _ctid, xmin::text::bigint AS _xmin, *
FROM {}
"""


def postgres_tables(tx: Connection) -> Tables:
    """Every row of every table as it lies there, with its place and its transaction."""
    names = inspect(tx).get_table_names()
    return {name: [dict(row) for row in tx.execute(text(POSTGRES_ROWS.format(name))).mappings()] for name in names}


async def seize(street: Street, log: str, spare: Path) -> Evidence:
    """Take everything while the program runs; a backup was made a moment ago."""
    file = sqlite_file(street.database.url)
    if file:
        shutil.rmtree(street.data_dir / "backups")
        back_up(file, street.data_dir, street.now)
    files, touched = seized_files(street.data_dir)
    spare.mkdir(exist_ok=True)
    tables = sqlite_tables(files, file.name, spare) if file else await street.database.read(postgres_tables)
    return Evidence(tables, files | {"log": log.encode()}, touched)


@dataclass
class Case:
    """Several such hours, each with what was seized at its end."""

    hours: list[tuple[Evidence, Told]]

    def telling(self) -> dict[str, Agreement]:
        """The orderings that give the authors away."""
        return telling([orders(evidence, told.texts) for evidence, told in self.hours])


@pytest.fixture
async def investigate(
    loaded_database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> Callable[[int], Awaitable[Case]]:
    """Live some hours in one street, day after day, and seize everything after each."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")

    async def live(days: int) -> Case:
        dice, hours = random.Random(seed), []
        folder = tmp_path / "data"
        folder.mkdir()
        database = await open_database(_moved(loaded_database_url, folder), folder, now=MORNING)
        street = Street(database, folder)
        await database.write(plant)
        try:
            for day in range(days):
                street.now = MORNING + timedelta(days=day)
                caplog.clear()
                with caplog.at_level(logging.INFO):
                    told = await live_an_hour(street, dice)
                    await Housekeeping(database, folder, Standing(street.now), street.registry).clean()
                hours.append((await seize(street, caplog.text, tmp_path / f"seized-{day}"), told))
        finally:
            await database.close()
        return Case(hours)

    return live


def _moved(url: str, folder: Path) -> str:
    """The database in the data folder, so that its files are seized with the others."""
    file = sqlite_file(url)
    return f"sqlite:///{shutil.move(file, folder / 'caunoi.db')}" if file else url


# --- the verdict ----------------------------------------------------------------------------------------------------


async def test_nobody_can_tell_who_wrote_what(investigate: Callable[[int], Awaitable[Case]]) -> None:
    case = await investigate(DAYS)
    assert case.telling() == {}
    for evidence, told in case.hours:
        everything = b"\0".join(evidence.files.values()) + repr(evidence.tables).encode()
        assert together(evidence, told.chats, told.texts) == []
        assert [chat for chat in told.strangers if chat.encode() in everything] == []
        assert [claim for claim in told.claims if claim.encode() in everything] == []
        digits = BY_CHANCE.sub(b"", everything)
        assert [claim for claim in told.claims if claim.replace("-", "").encode() in digits] == []


async def test_the_adversary_sees_through_a_build_that_does_not_mix(
    investigate: Callable[[int], Awaitable[Case]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tickets, "mix_anonymous", lambda *_: None)
    assert (await investigate(FEWER_DAYS)).telling() != {}
