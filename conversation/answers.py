"""What people type, read: plain words and numbers against the answers offered."""
from __future__ import annotations

import re
import unicodedata

_MARKS = {
    code: None
    for start, stop in ((0x300, 0x370), (0x1AB0, 0x1B00), (0x1DC0, 0x1E00), (0x20D0, 0x2100), (0xFE00, 0xFE10))
    for code in range(start, stop)
}
_INVISIBLE = {
    code: None
    for start, stop in (
        (0x00, 0x20), (0x7F, 0xA0), (0xAD, 0xAE), (0x61C, 0x61D), (0x180E, 0x180F), (0x200B, 0x2010),
        (0x202A, 0x202F), (0x2060, 0x2070), (0xD800, 0xE000), (0xFDD0, 0xFDF0), (0xFEFF, 0xFF00),
        (0xFFF9, 0xFFFC), (0xFFFE, 0x10000), (0xE0000, 0xE0080),
    )
    for code in range(start, stop)
}
_SPACES = dict.fromkeys((0x09, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " ")
_LINES = dict.fromkeys((0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029), "\n")
_SAFE: dict[int, str | None] = {**_INVISIBLE, **_SPACES, **_LINES, 0xD0: "Đ", 0xF0: "đ"}
_LETTERS = {ord("đ"): "d", 0xF0: "d", ord("ƀ"): "b"}
_ENCLOSED = ((0x2460, 20), (0x2474, 20), (0x2488, 20), (0x24F5, 10), (0x2776, 10), (0x2780, 10), (0x278A, 10))
_DIGITS = {start + i: str(i + 1) for start, count in _ENCLOSED for i in range(count)}
_FOLDED: dict[int, str | None] = {**_MARKS, **_LETTERS, **_DIGITS}
_OTHER_DIGIT = re.compile(r"[^\D0-9]")


def clean(text: str) -> str:
    """What a person typed, made safe to keep: NFC, no control or invisible characters, no runs of blanks."""
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    text = unicodedata.normalize("NFC", text.translate(_SAFE))
    text = re.sub(" {2,}", " ", text)
    text = re.sub(" ?\n ?", "\n", text)
    return re.sub("\n{3,}", "\n\n", text).strip(" \n")


def fold(text: str) -> str:
    """The bare letters for comparing: no case, no marks, ASCII digits, single spaces."""
    if text.isascii():
        return clean(text.casefold()).replace("\n", " ").replace("  ", " ")
    text = unicodedata.normalize("NFD", clean(text)).casefold()
    text = unicodedata.normalize("NFD", text).translate(_FOLDED)
    text = _OTHER_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), text)
    return unicodedata.normalize("NFC", " ".join(text.split()))
