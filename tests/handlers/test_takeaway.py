"""What people take away opens in Excel, and nothing that somebody typed computes there."""

from __future__ import annotations

import json
import re
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from sqlalchemy import select

from bot.features import registry
from bot.turns import Desk
from conversation.messages import Address, Heard, Json, Said
from conversation.speech import Speaker, Speech
from handlers.languages import translator
from handlers.my_data.takeaway import as_json, as_workbook
from handlers.operating import Operator
from storage import people
from storage.database import open_database
from storage.schema import outbox
from tests.street import Street

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
DOCUMENT: Json = {
    "ten": '=HYPERLINK("http://x","Hoa")',
    "nam_sinh": 1960,
    "dien_thoai": None,
    "duong_dan": "2026-11-23T18:30:05+00:00",
    "phan_anh": [
        {"so": "PA 2611-0001", "noi_dung": "+1 @x", "dien_bien": [{"ngay": "2026-11-23", "viec": "opened"}]},
        {"so": "PA 2611-0002", "noi_dung": "-1", "trang_thai": "new"},
    ],
}


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(content)) as book:
        return {name: book.read(name).decode() for name in book.namelist()}


def test_the_tables_have_headings_and_no_formula_or_link() -> None:
    found = parts(as_workbook(DOCUMENT, Speech(Speaker(), translator("vi")), NOW))
    sheets = [text for name, text in found.items() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 2
    assert not re.search(r"<f>|<hyperlink", "".join(sheets))
    words = re.findall(r"<t[^>]*>([^<]*)</t>", found["xl/sharedStrings.xml"])
    assert {
        "Mục",
        "Tên",
        "Năm sinh",
        "Nội dung",
        "24/11/2026 01:30",
        "'+1 @x",
        "Ngày: 2026-11-23; Việc: opened",
    } <= set(words)
    assert 'name="Phản ánh"' in found["xl/workbook.xml"]


def test_the_same_is_there_for_machines() -> None:
    assert json.loads(as_json(DOCUMENT)) == DOCUMENT


async def test_where_nothing_can_be_fetched_either_people_hear_whom_to_ask(
    loaded_sqlite_url: str, tmp_path: Path
) -> None:
    street = Street(await open_database(loaded_sqlite_url, tmp_path / "data", now=NOW), tmp_path / "data")
    on_zalo = Address("zalo_bot:1", "hoa")
    await street.database.write(people.register, on_zalo, "bac", "26878", NOW)
    for operator, told in ((Operator(), "GẶP CÁN BỘ"), (Operator(phone="028 3894 1234"), "028 3894 1234")):
        street.desk = Desk(registry(operator))
        for number, words in enumerate(("dữ liệu", "1")):
            heard = Heard(on_zalo, f"{told}{number}", NOW, text=words)
            await street.database.write(street.desk.take, heard)
        said = await street.database.read(lambda tx: tx.execute(select(outbox.c.payload)).scalars().all())
        assert told in said[-1]["text"]
        assert "http" not in said[-1]["text"]
        assert [row for row in said if "attached" in row] == []
    await street.database.close()


def test_bytes_travel_through_the_outbox_unchanged() -> None:
    said = Said("", document=("bảng.xlsx", bytes(range(256))))
    assert Said.from_json(json.loads(json.dumps(said.to_json()))) == said
