"""What is kept goes in time, as the operator has set it, and not a day before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Table, func, insert, select, update

from bot.features import registry
from bot.housekeeping import Housekeeping
from bot.letting_go import let_go
from bot.retention import Retention
from bot.settings import Settings, SettingsError, load_settings
from conversation.messages import Address
from storage import audit, audit_chain, inbox, people
from storage.database import open_database
from storage.schema import audit as audit_rows
from storage.schema import deliveries, inbox_updates, invites, ticket_events, ticket_files, tickets
from storage.times import day_of, to_ms
from tests.street import MORNING, Standing, Street, plant

CHAT, NAME = "5123456789", "Huỳnh Thị Thảo Nguyên"
KEEP = Retention(
    keep_files_days=10, keep_tickets_days=20, keep_deliveries_days=30, keep_audit_days=40, keep_failures_days=50
)


@pytest.fixture
async def street(loaded_database_url: str, tmp_path: Path) -> AsyncIterator[Street]:
    """A street where somebody reported something, with a photo, and it was done."""
    database = await open_database(loaded_database_url, tmp_path / "data", now=MORNING)
    await database.write(plant)
    made = Street(database, tmp_path / "data")
    officer = await made.settle("5000000001", "Trần Văn Nam", "commune_officer")
    await made.settle(CHAT, NAME)
    for chat in (CHAT, "5000000009"):
        words = f"Đèn đường hẻm 47 hư, gọi {NAME} số 0903 111 222"
        await made.report(chat, words, named=chat == CHAT, photo=f"anh-{chat}")
    await made.do_jobs()
    await database.write(lambda tx: audit.note(tx, officer, MORNING, "view", "ticket", "PA", subject=officer))
    await database.write(inbox.note_failure, "test:1", "x", MORNING, "ValueError", {"text": "lời của bà con"})
    await database.write(close_all)
    yield made
    await database.close()


def close_all(tx: Connection) -> None:
    tx.execute(update(tickets).values(status="closed_solved", closed_on=day_of(MORNING)))


def count(tx: Connection, table: Table) -> int:
    return tx.execute(select(func.count()).select_from(table)).scalar_one()


def left(tx: Connection) -> dict[str, int]:
    tables = (ticket_files, deliveries, audit_rows, inbox_updates)
    named = tx.execute(select(func.count()).where(tickets.c.person_id.is_not(None))).scalar_one()
    return {"senders": named, **{table.name: count(tx, table) for table in tables}}


def bytes_in(street: Street) -> int:
    return sum(path.is_file() for path in (street.data_dir / "files").rglob("*"))


async def test_everything_goes_in_its_time_and_the_matter_stays(street: Street) -> None:
    gone_after = {"ticket_files": 10, "senders": 20, "deliveries": 30, "audit": 40, "inbox_updates": 50}
    for days in (9, 10, 19, 20, 29, 31, 39, 41, 49, 51):
        street.now = MORNING + timedelta(days=days, minutes=5)
        await Housekeeping(street.database, street.data_dir, Standing(street.now), street.registry, KEEP).clean()
        await street.do_jobs()
        found = await street.database.read(left)
        assert {name for name in found if not found[name]} == {name for name in found if gone_after[name] <= days}
        assert (await street.database.read(audit_chain.verify)).wrong == ""
        if street.database.dialect == "sqlite":
            assert bool(bytes_in(street)) == (days < 10)
    said = await street.database.read(
        lambda tx: str(tx.execute(select(tickets)).all()) + str(tx.execute(select(ticket_events)).all())
    )
    assert "Đèn đường hẻm 47 hư" in said
    assert said.count("0903") == 2 * said.count(NAME) == 2  # the ticket without a name: nobody knows whose those are


async def test_much_goes_a_little_at_a_time(loaded_sqlite_url: str, tmp_path: Path) -> None:
    database = await open_database(loaded_sqlite_url, tmp_path / "data", now=MORNING)
    rows = [{"key": f"k{number}", "status": "sent", "posted_at": to_ms(MORNING) - 1} for number in range(2500)]
    await database.write(lambda tx: tx.execute(insert(deliveries), rows))
    await database.write(lambda tx: tx.execute(insert(deliveries).values(key="w", status="waiting", posted_at=1)))
    gone: list[int] = []
    while not gone or gone[-1]:
        gone.append(await database.write(let_go, KEEP, MORNING + timedelta(days=31)))
    kept = await database.read(lambda tx: list(tx.execute(select(deliveries.c.key)).scalars()))
    await database.close()
    assert (gone, kept) == ([1000, 1000, 500, 0], ["w"])


async def test_an_office_nobody_confirms_lapses_when_the_setting_says(loaded_sqlite_url: str, tmp_path: Path) -> None:
    database = await open_database(loaded_sqlite_url, tmp_path / "data", now=MORNING)
    admin, nam = [
        await database.write(people.register, Address("test:1", chat), "anh", "26878", MORNING)
        for chat in ("admin", "nam")
    ]
    row = {
        "code_hash": "h",
        "issuer_id": admin,
        "role": "auditor",
        "unit_code": "26878",
        "issued_by": "person",
        "used_by": nam,
    }
    times = dict.fromkeys(("issued_at", "used_at", "expires_at"), to_ms(MORNING))
    await database.write(lambda tx: tx.execute(insert(invites).values(**row, **times)))
    lapsed = []
    for days in (2, 4):
        clock = Standing(MORNING + timedelta(days=days))
        await Housekeeping(database, tmp_path, clock, registry(), Retention(keep_unconfirmed_days=3)).clean()
        lapsed.append(await database.read(lambda tx: tx.scalar(select(invites.c.refused_at))))
    await database.close()
    assert lapsed == [None, to_ms(MORNING + timedelta(days=4))]


def test_how_long_is_a_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert Settings().keep_audit_days == 5 * 365
    assert Settings().keep_unconfirmed_days == 14
    monkeypatch.setenv("CAUNOI_KEEP_FILES_DAYS", "90")
    assert load_settings().keep_files_days == 90
    monkeypatch.setenv("CAUNOI_KEEP_FILES_DAYS", "0")
    with pytest.raises(SettingsError, match="CAUNOI_KEEP_FILES_DAYS chưa đúng: phải từ 1 trở lên"):
        load_settings()
