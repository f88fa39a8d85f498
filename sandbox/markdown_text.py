"""Reads parse_mode MarkdownV2, refusing what Telegram refuses."""

import re
from typing import Any

from sandbox.errors import bad
from sandbox.utf16 import units

Json = dict[str, Any]
_MARKS = {
    "*": ("bold", "Bold"), "_": ("italic", "Italic"), "__": ("underline", "Underline"),
    "~": ("strikethrough", "Strikethrough"), "||": ("spoiler", "Spoiler"), "[": ("text_link", "TextUrl"),
}  # fmt: skip
_RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
_LANGUAGE = re.compile(r"[^\s`]*\n")


def read_markdown(source: str) -> tuple[str, list[Json]]:
    """Return the text without its marks, and the entities."""
    return _Reader(source).read()


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.text = ""
        self.open: list[tuple[str, int, int]] = []  # mark, where in the text, byte offset
        self.quote: int | None = None
        self.entities: list[Json] = []

    def read(self) -> tuple[str, list[Json]]:
        while self.at < len(self.source):
            self._step()
        self._end_quote()
        if self.open:
            mark, _, offset = self.open[-1]
            raise _cannot(f"Can't find end of {_MARKS[mark][1]} entity at byte offset {offset}")
        return self.text, sorted(self.entities, key=lambda item: (item["offset"], -item["length"]))

    def _step(self) -> None:
        char = self.source[self.at]
        if char == "\\" and self.at + 1 < len(self.source) and ord(self.source[self.at + 1]) in range(1, 127):
            self._plain(self.source[self.at + 1], 2)
        elif char == "`":
            self._code()
        elif char == ">" and (not self.text or self.text.endswith("\n")):
            self._quoted()
        elif char == "]" and self.open and self.open[-1][0] == "[":
            self._link()
        elif mark := self._mark():
            self._toggle(mark)
        elif char in _RESERVED:
            raise _cannot(f"Character '{char}' is reserved and must be escaped with the preceding '\\'")
        else:
            self._plain(char, 1)

    def _plain(self, char: str, length: int) -> None:
        self.text += char
        self.at += length
        if char == "\n" and not self.source.startswith(">", self.at):
            self._end_quote()

    def _mark(self) -> str:
        for mark in ("__", "||", "*", "_", "~", "["):
            if self.source.startswith(mark, self.at):
                return mark
        return ""

    def _toggle(self, mark: str) -> None:
        if self.open and self.open[-1][0] == mark and mark != "[":
            self._add(_MARKS[mark][0], self.open.pop()[1])
        else:
            self.open.append((mark, units(self.text), self._offset()))
        self.at += len(mark)

    def _code(self) -> None:
        fence = "```" if self.source.startswith("```", self.at) else "`"
        start, offset = units(self.text), self._offset()
        closing = re.compile(rf"(?:\\.|[^\\])*?(?={fence})", re.DOTALL).match(self.source, self.at + len(fence))
        if not closing:
            kind = "Pre" if fence == "```" else "Code"
            raise _cannot(f"Can't find end of {kind} entity at byte offset {offset}")
        end, inside = closing.end(), closing.group()
        language = _LANGUAGE.match(inside) if fence == "```" else None
        inside = inside[language.end() :] if language else inside
        self.text += re.sub(r"\\([`\\])", r"\1", inside)
        name = language.group().strip() if language else ""
        self._add("pre" if fence == "```" else "code", start, **({"language": name} if name else {}))
        self.at = end + len(fence)

    def _quoted(self) -> None:
        if self.quote is None:
            self.quote = units(self.text)
        self.at += 1

    def _end_quote(self) -> None:
        if self.quote is not None:
            self._add("blockquote", self.quote)
            self.quote = None

    def _link(self) -> None:
        _, start, _ = self.open.pop()
        match = re.compile(r"\]\(((?:\\.|[^)\\])*)\)").match(self.source, self.at)
        if match:
            self._add("text_link", start, url=re.sub(r"\\(.)", r"\1", match.group(1)))
        self.at = match.end() if match else self.at + 1

    def _add(self, kind: str, start: int, **extras: str) -> None:
        length = units(self.text) - start
        if length:
            self.entities.append({"type": kind, "offset": start, "length": length, **extras})

    def _offset(self) -> int:
        return len(self.source[: self.at].encode())


def _cannot(words: str) -> Exception:
    return bad(f"can't parse entities: {words}")
