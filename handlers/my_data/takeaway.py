"""What people take away: all that is kept about them, for machines and as tables for themselves."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from conversation.messages import Json
from conversation.speech import Speech
from handlers.my_data.headings import HEADINGS, MYSELF
from reports.workbook import workbook

Rows = list[list[object]]


def as_json(document: Json) -> bytes:
    """Readable as it stands."""
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def as_workbook(document: Json, speech: Speech, at: datetime) -> bytes:
    """A sheet with what is single, and one for each list."""
    single = {key: value for key, value in document.items() if not isinstance(value, list)}
    sheets = {speech.render(MYSELF): [[heading(key, speech), _cell(value, speech)] for key, value in single.items()]}
    for key, values in document.items():
        if isinstance(values, list):
            sheets[heading(key, speech)] = _table(key, values, speech)
    return workbook(sheets, at)


def heading(key: str, speech: Speech) -> str:
    """What a field is called."""
    return speech.render(HEADINGS[key]) if key in HEADINGS else key


def _table(key: str, values: list[Any], speech: Speech) -> Rows:
    """A column for each field; what has no fields is one."""
    rows = [value if isinstance(value, dict) else {key: value} for value in values]
    keys = list(dict.fromkeys(key for row in rows for key in row))
    return [[heading(key, speech) for key in keys], *([_cell(row.get(key), speech) for key in keys] for row in rows)]


def _cell(value: object, speech: Speech) -> object:
    """What lies within a list is told in one cell."""
    if isinstance(value, list):
        return "\n".join(str(_cell(each, speech)) for each in value)
    if isinstance(value, dict):
        return "; ".join(f"{heading(key, speech)}: {_cell(part, speech)}" for key, part in value.items() if part)
    return value
