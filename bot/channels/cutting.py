"""Marked words joined and cut into messages, whatever the platform: lengths count UTF-16 units, as all of them do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

from conversation.messages import BOLD, PLAIN

BORDERS = ("\n\n", "\n", " ")
_MARKS = re.compile(f"([{BOLD}{PLAIN}])")

Span = tuple[int, int]


def utf16_length(text: str) -> int:
    """How long a platform finds a text."""
    return len(text) + sum(character > "\uffff" for character in text)


def joined(*paragraphs: str) -> str:
    """One text of those paragraphs that say something."""
    return "\n\n".join(filter(None, paragraphs))


def repaired(text: str) -> str:
    """The text without halves of characters, which no platform takes."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def read_marks(marked: str) -> tuple[str, list[Span]]:
    """Take the marks out and return where they were; one that is never closed holds to the end."""
    plain, bold, since = "", [], -1
    for piece in [*_MARKS.split(marked), PLAIN]:
        if piece == BOLD:
            since = len(plain) if since < 0 else since
        elif piece == PLAIN:
            bold += [(since, len(plain))] if since >= 0 else []
            since = -1
        else:
            plain += piece
    return plain, bold


def cuts(text: str, limit: int) -> Iterator[Span]:
    """Where to cut a text into messages of at most `limit` UTF-16 units: between paragraphs, lines or words."""
    start, stop = _stripped(text, 0, len(text))
    while start < stop:
        end = _border(text, start, _reach(text, start, stop, limit), stop)
        yield _stripped(text, start, end)
        start, _ = _stripped(text, end, stop)


def _reach(text: str, start: int, stop: int, limit: int) -> int:
    """Return the farthest end that fits, and always at least one character."""
    if 2 * (stop - start) <= limit:  # however many characters count twice
        return stop
    lengths = accumulate(1 + (character > "\uffff") for character in text[start:stop])
    return start + max(1, sum(length <= limit for length in lengths))


def _border(text: str, start: int, end: int, stop: int) -> int:
    """Move an end that cuts back to a paragraph, line or word, unless that would leave less than half."""
    if end >= stop:
        return stop
    found = (text.rfind(border, (start + end) // 2, end + 1) for border in BORDERS)
    return next((place for place in found if place > start), end)


def _stripped(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def bold_spans(text: str, part: Span, bold: list[Span]) -> list[Span]:
    """Where a part is bold: start and length in UTF-16 units; blanks are not."""
    start, end = part
    inside = ((max(a, start), min(b, end)) for a, b in bold if a < end and b > start)
    return [(utf16_length(text[start:a]), utf16_length(text[a:b])) for a, b in inside if text[a:b].strip()]
