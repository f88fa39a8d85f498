"""What Typer itself says, in Vietnamese: it has few of its words in tables, and most inside its messages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer import rich_utils
from typer._click.core import Command, Context
from typer._click.exceptions import NoArgsIsHelpError, UsageError
from typer._click.formatting import HelpFormatter
from typer.core import TyperGroup

OPTIONS, COMMANDS = "[TÙY CHỌN]", "LỆNH [GIÁ TRỊ]..."
PANELS = {
    "ARGUMENTS_PANEL_TITLE": "Giá trị",
    "OPTIONS_PANEL_TITLE": "Tùy chọn",
    "COMMANDS_PANEL_TITLE": "Lệnh",
    "ERRORS_PANEL_TITLE": "Chưa đúng",
    "ABORTED_TEXT": "Đã dừng.",
    "DEFAULT_STRING": "[bỏ trống thì là: {}]",
    "REQUIRED_LONG_STRING": "[cần có]",
    "RICH_HELP": "Xem hướng dẫn: [blue]{command_path} {help_option}[/]",
}
HELP = "Xem hướng dẫn này."
VALUES = {
    "file": "TỆP", "name": "TÊN", "words": "TÊN", "unit": "MÃ", "units": "MÃ", "code": "MÃ", "organisation": "MÃ",
    "branch": "SỐ", "cluster": "SỐ", "number": "SỐ", "one": "SỐ", "other": "SỐ-KIA", "updates": "SỐ",
}  # fmt: skip
"""What our functions call what stands after a command, in words."""
SAID = {
    r"Missing (?:argument|option) (?P<what>.+?)\.": "Còn thiếu {what}.",
    r"Missing command\.": "Còn thiếu tên lệnh.",
    r"No such command (?P<what>.+?)\.": "Không có lệnh {what}.",
    r"No such command (?P<what>.+?)\. Did you mean (?P<near>.+)\?": "Không có lệnh {what}. Có phải {near} không?",
    r"No such option: (?P<what>\S+)": "Không có tùy chọn {what}.",
    r"No such option: (?P<what>\S+) \(.+: (?P<near>.+)\)": "Không có tùy chọn {what}. Có phải {near} không?",
    r"Option (?P<what>.+) requires an argument\.": "Sau {what} cần một giá trị.",
    r"Option (?P<what>.+) does not take a value\.": "Sau {what} không có giá trị nào.",
    r"Got unexpected extra argument\(s\) \((?P<what>.*)\)": "Thừa: {what}. Tên có dấu cách thì đặt trong dấu nháy.",
    r"Invalid value for (?P<what>.+?): .*valid integer.*": "{what} cần là một con số.",
    r"Invalid value for (?P<what>.+?): .*greater than or equal to (?P<limit>.+)": "{what} cần từ {limit} trở lên.",
    r"Invalid value for (?P<what>.+?): .*less than or equal to (?P<limit>.+)": "{what} không quá {limit}.",
    r"Invalid value for (?P<what>.+?): .*'(?P<path>.+)' does not exist\.": "{what}: không có {path}.",
    r"Invalid value for (?P<what>.+?): .*'(?P<path>.+)' is a directory\.": "{what}: {path} là thư mục, không phải tệp.",
    r"Invalid value for (?P<what>.+?): .*'(?P<path>.+)' is a file\.": "{what}: {path} là tệp, không phải thư mục.",
    r"Invalid value for (?P<what>.+?): .*": "{what} chưa dùng được.",
}
"""Every message that our commands can bring about, the more exact ones of a kind first."""


def in_vietnamese(message: str) -> str:
    """A message of Typer's; one that we do not know stays as it is."""
    found = ((re.fullmatch(shape, message, re.DOTALL), words) for shape, words in SAID.items())
    return next((words.format(**match.groupdict()) for match, words in found if match), message)


class Usage(HelpFormatter):
    """How a command is called."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """With a word of ours before it."""
        super().write_usage(prog, args, prefix or "Cách gọi: ")


class Vietnamese(TyperGroup):
    """All commands together: each speaks Vietnamese, and so do the errors in how it was called."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        Context.formatter_class = Usage
        for name, words in PANELS.items():
            setattr(rich_utils, name, words)
        for command in _all(self):
            _translate(command)

    def make_context(self, *given: Any, **more: Any) -> Context:
        """Reads the words before the command's name."""
        with _said_in_vietnamese():
            return super().make_context(*given, **more)

    def invoke(self, ctx: Context) -> Any:
        """Reads the other words, too."""
        with _said_in_vietnamese():
            return super().invoke(ctx)


@contextmanager
def _said_in_vietnamese() -> Iterator[None]:
    try:
        yield
    except NoArgsIsHelpError:
        raise
    except UsageError as wrong:
        raise UsageError(in_vietnamese(wrong.format_message()), wrong.ctx) from wrong


def _all(command: Command) -> Iterator[Command]:
    yield command
    if isinstance(command, TyperGroup):
        for below in command.commands.values():
            yield from _all(below)


def _translate(command: Command) -> None:
    command.options_metavar = OPTIONS
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            parameter.metavar = VALUES[parameter.name or ""]
    if isinstance(command, TyperGroup):
        command.subcommand_metavar = COMMANDS
    option = command.get_help_option(typer.Context(command))
    if option is not None:
        option.help = HELP
