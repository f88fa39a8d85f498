"""Words that stay when a person goes: without their name, and without phone numbers."""

from __future__ import annotations

import re

from conversation.messages import N_

NAME_TAKEN_OUT = N_("(đã xóa tên)")
_PHONE = re.compile(r"(?<!\d)(?:\+?84|\(?0)(?:[ .\-)]{0,2}\d){9,10}(?!\d)")
"""Of Vietnam, as people write it: nine digits, or ten of a telephone at home."""


def without_name(text: str, name: str) -> str:
    """The text without somebody's name and without phone numbers."""
    if name:
        text = re.sub(rf"\b{re.escape(name)}\b", NAME_TAKEN_OUT, text, flags=re.IGNORECASE)
    return _PHONE.sub("•••", text)
