"""Golden chats: text files an officer can read.

    # Title, and anything worth saying about the chat
    @ 2026-11-23 08:00                        the clock, Vietnam time
    @ đơn vị 26878 Khu phố 4                  a hamlet under a commune (its code: 26878-01, -02 …)
    @ cán bộ Nam commune_officer 26878        a registered officer who writes from the chat «Nam»
    @ người dân Hoa bac 26878-01 Nguyễn Thị Hoa     a registered resident
    @ mã mời commune_officer 26878            an invite; its code is written ‹mã 1› below
    @ chi hội pn 26878-01                     a branch of an organisation, with the usual name
    @ tổ pn 26878-01 Tổ 2                     a group in that branch
    @ giao Lan branch_leader 26878-01 pn      an office of an organisation for a resident; perhaps of a group: Tổ 2
    @ thôi giao Lan 26878-01                  that office ends
    @ hội viên pn 26878-01 1957 Nguyễn Thị Hoa      somebody on a list, born then (0: nobody knows), without a chat
    @ tổ viên pn 26878-01 1957 Nguyễn Thị Hoa       the same, in the group of the branch
    @ vào hội Hoa pn 26878-01                 a resident joins the branch
    @ sau 3 ngày | 2 giờ | 10 phút            the clock moves, and timers that are due fire
    @ câu hỏi đổi …                           never: code changes are tested elsewhere
    Hoa: dong y                               somebody types
    Hoa: [Gửi]                                taps the newest button with this label, however old
    Hoa: (ảnh) (ảnh: chữ kèm) (giọng nói) (nhãn dán) (tệp) (số của tôi 0912345678) (số người khác 0912345678)
    Hoa: (sửa tin) chữ mới                    edits an old message
    Hoa: (chặn) (mở chặn)
        what the bot says to Hoa, four spaces in, **bold** as stars
        [1. Tôi đồng ý] [2. Không đồng ý]
      → Nam                                   what the bot says to others, after a line with their name
        …
      ~ Nơi không gửi được tệp              what the bot says instead where the channel carries no such files
        …
    # Chỉ nơi có nút                       what follows taps old buttons, which changes something

Links, which differ at each run too, are written ‹đường dẫn›.

Secret codes differ at each run; they are written ‹mã 1›, ‹mã 2› … in the order they appear.
Lines of the bot are written by `CAUNOI_WRITE_CHATS=1 pytest tests/chats`, then read and judged by people.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from conversation.messages import BOLD, PLAIN, Said

CODE = re.compile(r"(?<!PA )\b(?:\d{4}-\d{4}|AD \d{4}-\d{2}|[2-9A-Z]{4}(?:-[2-9A-Z]{4}){1,2})\b")
INDENT = "    "
LINK = re.compile(r"https?://\S+/tai-ve/[0-9a-f]{32}(?!\S)")
ONLY_BUTTONS = "# Chỉ nơi có nút"
NO_FILES = "  ~ Nơi không gửi được tệp"


class Lacking(Exception):  # noqa: N818 - it is no error: the step is left out there, and the test says so
    """A step wants what nobody can do on this channel."""


@dataclass(frozen=True)
class Step:
    """One line of somebody, or one instruction, and the bot's lines that follow it."""

    line: str
    who: str = ""
    does: str = ""
    said: tuple[str, ...] = ()

    def as_written(self, written: list[str], *, files: bool) -> list[str]:
        """What was said in the place of what stands there; what is said on other channels stays."""
        place = self.said.index(NO_FILES) if NO_FILES in self.said else None
        if place is None:
            return written
        return [*written, *self.said[place:]] if files else [*self.said[: place + 1], *written]


@dataclass
class Script:
    """A golden chat: the lines as written, and the steps in them."""

    path: Path
    lines: list[str]
    steps: list[Step]
    left_out: list[str] = field(default_factory=list)
    """What was done in the steps that a channel lacks, once it was played."""
    files: bool = True
    """Whether it is played where files can be sent."""

    @classmethod
    def read(cls, path: Path) -> Script:
        lines = [line for line in path.read_text().splitlines() if line.strip() or _said_by_bot(line)]
        return cls(path, lines, list(_steps(lines)))

    @property
    def name(self) -> str:
        return self.path.stem

    def for_numbers(self) -> Script:
        """What of it can be done where there are no buttons and no files."""
        place = self.lines.index(ONLY_BUTTONS) if ONLY_BUTTONS in self.lines else len(self.lines)
        return Script(self.path, self.lines[:place], list(_steps(self.lines[:place])), files=False)


def _said_by_bot(line: str) -> bool:
    return line.startswith("  ")


def _steps(lines: list[str]) -> Iterator[Step]:
    starts = [place for place, line in enumerate(lines) if not _said_by_bot(line)]
    for start, end in pairwise([*starts, len(lines)]):
        line, said = lines[start], tuple(lines[start + 1 : end])
        who, colon, does = line.partition(": ")
        yield Step(line, who, does, said) if colon and line[0] not in "#@" else Step(line, said=said)


@dataclass
class Codes:
    """Secret codes, named in the order they appear."""

    seen: list[str] = field(default_factory=list)

    def hide(self, text: str) -> str:
        """The text with each code replaced by its name."""
        return CODE.sub(lambda found: self.name(found.group()), LINK.sub("‹đường dẫn›", text))

    def name(self, code: str) -> str:
        if code not in self.seen:
            self.seen.append(code)
        return f"‹mã {self.seen.index(code) + 1}›"

    def reveal(self, text: str) -> str:
        """What the person really types."""
        return re.sub(r"‹mã (\d+)›", lambda found: self.seen[int(found.group(1)) - 1], text)


@dataclass(frozen=True)
class Spoken:
    """A message of the bot, as it was seen by somebody."""

    to: str
    text: str
    labels: tuple[str, ...] = ()


def as_spoken(to: str, said: Said) -> Spoken:
    """A message on its way, as a golden chat writes it."""
    text = said.text.replace(BOLD, "**").replace(PLAIN, "**")
    if said.document:
        text = f"(tệp {said.document[0]})"
    if said.file:
        text = f"{text}(tệp gửi kèm)"
    if said.asks_contact:
        text += f"\n[📞 {said.asks_contact}]"
    labels = tuple(f"{place}. {choice.label}" for place, choice in enumerate(said.choices, 1))
    return Spoken(to, text, labels)


Player = Callable[[Step], Awaitable[list[Spoken]]]
"""Carries out a step and returns what the bot said after it, in order."""


async def perform(script: Script, play: Player) -> list[str]:
    """Play a script; the lines it should have."""
    codes = Codes()
    lines: list[str] = []
    for step in script.steps:
        lines.append(step.line)
        if step.line.startswith("#"):
            continue
        try:
            spoken = await play(Step(step.line, step.who, codes.reveal(step.does)))
        except Lacking:
            script.left_out.append(step.does)
            lines += step.said
        else:
            lines += step.as_written(_written(step.who, spoken, codes), files=script.files)
    return lines


def _written(who: str, spoken: list[Spoken], codes: Codes) -> list[str]:
    lines = []
    for message in sorted(spoken, key=lambda said: said.to != who):
        if message.to != who:
            lines.append(f"  → {message.to}")
        lines += [f"{INDENT}{codes.hide(line)}".rstrip() or INDENT for line in message.text.split("\n")]
        if message.labels:
            lines.append(INDENT + " ".join(f"[{codes.hide(label)}]" for label in message.labels))
    return lines
