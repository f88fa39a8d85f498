"""How Zalo Bot text is styled: ranges counted in UTF-16 units."""

import re
from typing import Any

from sandbox.utf16 import is_boundary, units
from sandbox.zalo.errors import ZaloError

Json = dict[str, Any]
_STYLE = re.compile(r"[bius]|f_1[358]|f_20|c_[0-9a-f]{6}")
_SHOWN = {"b": "bold", "i": "italic", "u": "underline", "s": "strikethrough"}


def entities(text: str, styles: object) -> list[Json]:
    """Return the styles as the page shows them, or refuse ranges and names that mean nothing."""
    if not isinstance(styles, list):
        raise _bad("text_styles must be an array")
    return [entity for style in styles for entity in _entities(text, style)]


def _entities(text: str, style: object) -> list[Json]:
    if not isinstance(style, dict) or set(style) != {"start", "len", "st"}:
        raise _bad("a style has start, len and st")
    start, length, names = style["start"], style["len"], style["st"]
    if not all(isinstance(number, int) for number in (start, length)) or start < 0 or length < 1:
        raise _bad("start and len must be numbers of UTF-16 units")
    if start + length > units(text) or not (is_boundary(text, start) and is_boundary(text, start + length)):
        raise _bad("a style reaches beyond the text or cuts a character")
    if not isinstance(names, list) or not all(isinstance(name, str) and _STYLE.fullmatch(name) for name in names):
        raise _bad("unknown style")
    return [{"type": _SHOWN[name], "offset": start, "length": length} for name in names if name in _SHOWN]


def _bad(words: str) -> ZaloError:
    return ZaloError(400, f"Bad request: {words}")
