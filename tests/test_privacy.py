"""What is promised about people's data, looked for in the rows and in the bytes on the disk."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.housekeeping import Housekeeping
from bot.main import Service
from bot.settings import Settings
from conversation import engine_texts
from conversation.answers import fold
from conversation.messages import PLAIN
from handlers.nameless import NAME_TAKEN_OUT
from handlers.registration import texts
from storage import audit_chain, inbox
from storage.backup import back_up
from storage.database import open_database, sqlite_file
from storage.schema import file_contents, metadata, outbox
from tests.street import MORNING, Standing, Street, plant
from tests.test_translations import sources

CHAT, NAME, PHONE = "5123456789", "Huỳnh Thị Thảo Nguyên", "0903 111 222"
TRACES = (CHAT, NAME, fold(NAME), PHONE)
IDENTITY = ("079163001234", "079 163 001 234")
COUNTRY = {"units", "unit_closure", "unit_names"}


@pytest.fixture
async def street(loaded_database_url: str, tmp_path: Path) -> AsyncIterator[Street]:
    """A street with one neighbour in it."""
    folder = tmp_path / "data"
    folder.mkdir()
    database = await open_database(loaded_database_url, folder, now=MORNING)
    await database.write(plant)
    made = Street(database, folder)
    await made.settle("5000000001", "Bà con bên cạnh")
    yield made
    await made.database.close()


def rows(tx: Connection) -> str:
    """Every row of every table, but for the country's units."""
    tables = [table for name, table in metadata.tables.items() if name not in COUNTRY]
    return "\n".join(f"{table.name}: {tuple(row)}" for table in tables for row in tx.execute(select(table)))


async def traces(street: Street, *looked_for: str) -> list[str]:
    """Where any of these words can still be found: in a row, or in the bytes of a file."""
    found = await street.database.read(rows)
    places = [line for line in found.splitlines() if any(words in line for words in looked_for)]
    file = sqlite_file(street.database.url)
    files = [*street.data_dir.rglob("*"), *(file.parent.glob(f"{file.name}*") if file else ())]
    for path in (path for path in files if path.is_file() and "backups" not in path.parts):
        content = path.read_bytes()
        places += [f"{path.name}: {words}" for words in looked_for if words.encode() in content]
    return places


async def test_who_does_not_agree_leaves_nothing(street: Street) -> None:
    said = await street.tell(CHAT, "/start u_26878-01")
    while texts.I_DECLINE not in [choice.label for choice in said.choices]:
        said = await street.pick(CHAT, said.choices[0].label)
    assert await traces(street, CHAT) != []
    await street.pick(CHAT, texts.I_DECLINE)
    assert await traces(street, CHAT) == []


async def test_a_stranger_who_says_nothing_more_is_forgotten_after_a_week(street: Street) -> None:
    await street.tell(CHAT, "/start")
    await street.tell("5000000001", "menu")
    left = street.now
    for later, stays in ((timedelta(days=7, minutes=-1), True), (timedelta(days=7, minutes=1), False)):
        street.now = left + later
        await Housekeeping(street.database, street.data_dir, Standing(street.now), street.registry).clean()
        assert bool(await traces(street, CHAT)) == stays
    assert await traces(street, "5000000001") != []


async def live_a_while(street: Street) -> None:
    """Somebody registers, reports with name and photo, and writes down a phone number."""
    await street.settle(CHAT, NAME)
    await street.report(CHAT, f"Đèn đường hẻm 47 hư, gọi {NAME} số {PHONE}", named=True, photo="anh-1")
    await street.tell(CHAT, "dữ liệu")


async def erase(street: Street) -> None:
    """They want all of it gone."""
    await street.tell(CHAT, "/xoa")
    await street.tell(CHAT, "XÓA HẾT")
    await street.do_jobs()


async def test_after_erasure_nothing_of_them_is_found(street: Street, capfd: pytest.CaptureFixture[str]) -> None:
    await live_a_while(street)
    assert len(await traces(street, *TRACES)) > 1
    await erase(street)
    assert await traces(street, *TRACES) == []
    assert await kept_files(street) == []
    said = capfd.readouterr()
    assert [words for words in TRACES if words in said.out + said.err] == []


async def test_what_waits_to_be_said_to_officers_stays_and_tells_of_them_no_more(street: Street) -> None:
    officer = "5000000002"
    await street.settle(officer, "Lê Văn Nam", "commune_officer")
    await live_a_while(street)
    opened = street.last[officer].choices[0].data
    street.unreachable.add(officer)
    await street.tell(officer, tap=opened)
    for words in ("gặp cán bộ", PHONE):
        await street.tell(CHAT, words)
    waiting = await street.database.read(to_be_said, officer)
    assert [any(trace in words for trace in TRACES) for words in waiting if words] == [True, True]
    await erase(street)
    assert await traces(street, *TRACES) == []
    ticket, call = filter(None, await street.database.read(to_be_said, officer))
    assert f"Đèn đường hẻm 47 hư, gọi {NAME_TAKEN_OUT} số •••" in ticket
    assert f"{NAME_TAKEN_OUT}{PLAIN} (Khu phố 1) cần cán bộ gọi lại." in call


def to_be_said(tx: Connection, chat: str) -> list[str]:
    waiting = select(outbox).where(outbox.c.chat == chat).order_by(outbox.c.id)
    return [row.payload["text"] for row in tx.execute(waiting)]


async def test_photos_go_when_their_sender_no_longer_agrees_to_them(street: Street) -> None:
    await live_a_while(street)
    assert await kept_files(street)
    await street.tell(CHAT, "rút đồng ý")
    await street.pick(CHAT, "Rút: kèm ảnh khi gửi phản ánh")
    await street.do_jobs()
    assert not await kept_files(street)
    assert await traces(street, "Đèn đường hẻm 47 hư") != []


async def kept_files(street: Street) -> list[object]:
    """What there is of photos, in the folder or in the table."""
    rows = await street.database.read(lambda tx: tx.execute(select(file_contents.c.sha256)).all())
    return [*rows, *(file for file in (street.data_dir / "files").rglob("*") if file.is_file())]


async def test_the_number_of_an_identity_card_is_kept_nowhere(street: Street) -> None:
    await street.settle(CHAT, NAME)
    said = [f"số của tôi {number}" for number in IDENTITY]
    for talk in ("/phananh", "đổi tên", "đổi nơi ở", "xóa", "menu", "/start"):
        await street.tell(CHAT, talk)
        assert all([engine_texts.HIDDEN.split("{")[0] in (await street.tell(CHAT, words)).text for words in said])
    await street.report(CHAT, f"Đèn đường hẻm 47 hư, căn cước {IDENTITY[0]}", named=True)
    await street.report("5000000009", f"Đèn đường hẻm 47 hư, căn cước {IDENTITY[1]}", named=False)
    update = {"update_id": 7, "message": {"text": said[0], "caption": said[1]}}
    await street.database.write(inbox.note_failure, "test:1", "7", MORNING, "ValueError", update)
    await street.database.write(inbox.keep, "test:1", "8", MORNING, update)
    assert await traces(street, "hẻm 47") != []
    assert await traces(street, *IDENTITY) == []


async def test_an_older_backup_does_not_bring_them_back(
    loaded_sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings(database_url=loaded_sqlite_url, data_dir=tmp_path / "data")
    file = Path(loaded_sqlite_url.removeprefix("sqlite:///"))
    service = await Service.open(settings, Standing())
    await service.database.write(plant)
    street = Street(service.database, settings.data_dir)
    await live_a_while(street)
    backup = back_up(file, settings.data_dir, MORNING)
    await erase(street)
    await service.close()

    for old in file.parent.glob(f"{file.name}*"):
        old.unlink()
    shutil.copyfile(backup, file)
    assert NAME.encode() in file.read_bytes()

    service = await Service.open(settings, Standing())
    try:
        assert await traces(Street(service.database, settings.data_dir), *TRACES) == []
        found = await service.database.read(audit_chain.verify)
        assert (found.wrong, found.rows > 0) == ("", True)
    finally:
        await service.close()


NEVER_ASKED = re.compile(
    r"dân tộc|tôn giáo|đảng viên|chính trị|bệnh án|nhóm máu|chứng minh nhân dân|căn cước|cccd|cmnd|xếp loại|chấm điểm",
    re.IGNORECASE,
)
NEVER_KEPT = re.compile(
    r"ethnic|religio|party|politic|health|cccd|cmnd|id_card|identity|passport|score|sentiment|reads?_at|seen_at|profile"
)
REFUSES = ("không nhận", "đừng gửi")


def test_nothing_sensitive_is_asked_or_has_a_place_to_be_kept() -> None:
    assert [text for text in sources() if NEVER_ASKED.search(text) and not any(no in text for no in REFUSES)] == []
    columns = [str(column) for table in metadata.tables.values() for column in table.columns]
    assert [column for column in columns if NEVER_KEPT.search(column)] == []
