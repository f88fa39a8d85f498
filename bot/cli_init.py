"""`caunoi init`: a few questions, then a settings file."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli_tools import refuse
from bot.logs import set_up_logs


def init(
    file: Annotated[Path, typer.Option(help="Tệp thiết đặt sẽ viết ra.")] = Path("caunoi.toml"),
    token: Annotated[str | None, typer.Option(help="Token của BotFather; bỏ trống để nhập sau.")] = None,
) -> None:
    """Hỏi vài câu, thử token với Telegram, Zalo, rồi viết tệp caunoi.toml có chú thích. Ví dụ: caunoi init"""
    from bot.initialise import QUESTIONS, write_settings_file

    set_up_logs(human=True)
    if file.exists():
        refuse(f"Đã có tệp {file}; không ghi đè. Sửa tệp đó, hoặc chọn tên khác với --file.")
    given = {"telegram_token": token or ""} if token is not None else {}
    answers = {name: _given(name, given[name]) if name in given else _asked(name) for name in QUESTIONS}
    try:
        write_settings_file(file, answers)
    except OSError as failure:
        refuse(f"Không viết được {file} ({failure.strerror}). Chọn nơi khác với --file.")
    typer.echo(f"Đã viết {file}. Xem lại rồi chạy: caunoi doctor")


def _given(name: str, answer: str) -> str:
    from bot.initialise import objection

    if why := asyncio.run(objection(name, answer)):
        refuse(why)
    return answer


def _asked(name: str) -> str:
    """The answer of whoever sits there, asked again until it will do; nothing where nobody sits."""
    from bot.initialise import QUESTIONS, objection

    while sys.stdin.isatty():
        answer = str(typer.prompt(QUESTIONS[name], default="", show_default=False)).strip()
        why = asyncio.run(objection(name, answer))
        if not why:
            return answer
        typer.echo(why)
    return ""
