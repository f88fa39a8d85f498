"""What people take away: all that is kept about them, for machines and as tables for themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from conversation.messages import N_, Json, phrase
from conversation.speech import Speech
from handlers.my_data.headings import FIELD, HEADINGS, MYSELF, VALUE
from handlers.wording import moment
from reports.sheets import Table, Value, workbook
from storage.times import VIETNAM

PATH = "/tai-ve/"
"""Where they are fetched by link, with its token after this."""
WATERMARK = N_("Cầu Nối gửi cho chính chủ lúc {when}")
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", re.ASCII)
"""As a document writes it, for machines."""
LONGEST_NAME, LONGEST_CELL = 31, 32_767
"""Of a sheet and of a cell; source: Excel specifications and limits."""


def as_json(document: Json) -> bytes:
    """Readable as it stands."""
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def as_workbook(document: Json, speech: Speech, at: datetime) -> bytes:
    """A sheet with what is single, and one for each list that is not empty."""
    single = [{FIELD: heading(key, speech), VALUE: value} for key, value in document.items() if _is_single(value)]
    tables = [_table(MYSELF, single, speech)]
    tables += [_table(key, values, speech) for key, values in document.items() if not _is_single(values) and values]
    return workbook(tables, speech.render(phrase(WATERMARK, when=moment(at))))


NAME = "thong-tin-cua-toi"
DATA, TABLES = f"{NAME}.json", f"{NAME}.xlsx"
FORMS: Mapping[str, Callable[[Json, Speech, datetime], bytes]] = {
    DATA: lambda document, _speech, _at: as_json(document),
    TABLES: as_workbook,
}
"""What people get, by the name of the file."""


def heading(key: str, speech: Speech) -> str:
    """What a field is called."""
    return speech.render(HEADINGS[key]) if key in HEADINGS else key


def _is_single(value: object) -> bool:
    return not isinstance(value, list)


def _table(key: str, values: list[Any], speech: Speech) -> Table:
    """A column for each field; what has no fields is one."""
    rows = [value if isinstance(value, dict) else {key: value} for value in values]
    keys = list(dict.fromkeys(key for row in rows for key in row))
    cells = [[_cell(row.get(key), speech) for key in keys] for row in rows]
    name = NOT_IN_NAMES.sub(" ", heading(key, speech))[:LONGEST_NAME]
    return Table(name, (), [heading(key, speech) for key in keys], cells)


def _cell(value: object, speech: Speech) -> Value:
    """What lies within a list is told in one cell; the hours are those of Vietnam."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, str) and MOMENT.fullmatch(value):
        return f"{datetime.fromisoformat(value).astimezone(VIETNAM):%d/%m/%Y %H:%M}"
    if isinstance(value, list):
        value = "\n".join(str(_cell(each, speech)) for each in value)
    elif isinstance(value, dict):
        value = "; ".join(f"{heading(key, speech)}: {_cell(part, speech)}" for key, part in value.items() if part)
    return str(value)[:LONGEST_CELL]
