"""What people take away opens in Excel, and nothing that somebody typed computes there."""

from __future__ import annotations

import json
import re
import zipfile
from datetime import UTC, datetime
from io import BytesIO

from conversation.messages import Json, Said
from conversation.speech import Speaker, Speech
from handlers.languages import translator
from handlers.my_data.takeaway import as_json, as_workbook

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
DOCUMENT: Json = {
    "ten": '=HYPERLINK("http://x","Hoa")',
    "nam_sinh": 1960,
    "dien_thoai": None,
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
    assert {"Mục", "Tên", "Năm sinh", "Nội dung", "'+1 @x", "Ngày: 2026-11-23; Việc: opened"} <= set(words)
    assert 'name="Phản ánh"' in found["xl/workbook.xml"]


def test_the_same_is_there_for_machines() -> None:
    assert json.loads(as_json(DOCUMENT)) == DOCUMENT


def test_bytes_travel_through_the_outbox_unchanged() -> None:
    said = Said("", document=("bảng.xlsx", bytes(range(256))))
    assert Said.from_json(json.loads(json.dumps(said.to_json()))) == said
