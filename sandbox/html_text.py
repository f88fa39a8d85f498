"""Reads parse_mode HTML, refusing what Telegram refuses."""

import html
import re
from typing import Any

from sandbox.errors import bad
from sandbox.utf16 import units

Json = dict[str, Any]
_KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "code": "code", "pre": "pre", "a": "text_link", "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}  # fmt: skip
_TOKEN = re.compile(r"<|&(?:#\d+|#x[0-9a-fA-F]+|(?:lt|gt|amp|quot)(?![A-Za-z]));?")
_NAME = re.compile(r"<(/?)([^\s>]*)")
_REST = re.compile(r"((?:\"[^\"]*\"|'[^']*'|[^>\"'])*)>")
_ATTRIBUTE = re.compile(r"([a-zA-Z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+)))?")


def read_html(source: str) -> tuple[str, list[Json]]:
    """Return the text without its tags, and the entities."""
    return _Reader(source).read()


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.text = ""
        self.open: list[tuple[str, int, int, Json]] = []  # tag, where in the text, byte offset, extras
        self.entities: list[Json] = []

    def read(self) -> tuple[str, list[Json]]:
        at = 0
        while match := _TOKEN.search(self.source, at):
            self.text += self.source[at : match.start()]
            at = self._tag(match.start()) if match.group() == "<" else self._character(match)
        self.text += self.source[at:]
        if self.open:
            raise _cannot(f'Can\'t find end tag corresponding to start tag "{self.open[-1][0]}"')
        return self.text, sorted(self.entities, key=lambda item: (item["offset"], -item["length"]))

    def _character(self, match: re.Match[str]) -> int:
        self.text += html.unescape(match.group())
        return match.end()

    def _tag(self, start: int) -> int:
        offset = len(self.source[:start].encode())
        head = _NAME.match(self.source, start)
        ends, name = (head.group(1), head.group(2).lower()) if head else ("", "")
        after = head.end() if head else start
        rest = _REST.match(self.source, after)
        if after == len(self.source) or (rest is None and name in _KINDS):
            raise _cannot(f"Unclosed {'end' if ends else 'start'} tag at byte offset {offset}")
        if not ends and name not in _KINDS:
            raise _cannot(f'Unsupported start tag "{name}" at byte offset {offset}')
        if ends:
            self._close(name, offset)
        else:
            self._begin(name, rest.group(1) if rest else "", offset)
        return rest.end() if rest else after

    def _begin(self, name: str, rest: str, offset: int) -> None:
        found = {key.lower(): a or b or c for key, a, b, c in _ATTRIBUTE.findall(rest)}
        if name == "span" and found.get("class") != "tg-spoiler":
            raise _cannot(f'Tag "span" must have class "tg-spoiler" at byte offset {offset}')
        self.open.append((name, units(self.text), offset, _extras(name, found)))

    def _close(self, name: str, offset: int) -> None:
        if not self.open:
            raise _cannot(f"Unexpected end tag at byte offset {offset}")
        expected, start, _, extras = self.open.pop()
        if name and name != expected:
            words = f'Unmatched end tag at byte offset {offset}, expected "</{expected}>", found "</{name}>"'
            raise _cannot(words)
        length = units(self.text) - start
        empty_link = expected == "a" and "url" not in extras
        if length and not empty_link:
            kind = extras.pop("type", _KINDS[expected])
            self.entities.append({"type": kind, "offset": start, "length": length, **extras})


def _extras(name: str, found: dict[str, str]) -> Json:
    if name == "a" and found.get("href"):
        return {"url": html.unescape(found["href"])}
    if name == "tg-emoji":
        return {"custom_emoji_id": found.get("emoji-id", "")}
    if name == "blockquote" and "expandable" in found:
        return {"type": "expandable_blockquote"}
    return {}


def _cannot(words: str) -> Exception:
    return bad(f"can't parse entities: {words}")
