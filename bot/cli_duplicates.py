"""`caunoi members duplicates`: people who may be one, shown and decided on."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli_tools import AsJson, give_order, show, whoami

app = typer.Typer(help="Người có thể trùng: xem, rồi quyết là một hay hai người.", no_args_is_help=True)

One = Annotated[int, typer.Argument(help="Số thứ nhất trên dòng của lệnh list.")]
Other = Annotated[int, typer.Argument(help="Số thứ hai.")]


@app.command("list")
def listing(unit: Annotated[str, typer.Option(help="Mã đơn vị, ví dụ 26878.")], as_json: AsJson = False) -> None:
    """Những cặp chưa ai quyết. Ví dụ: caunoi members duplicates list --unit 26878"""
    found = give_order("duplicates-list", {"unit": unit, "by": whoami()})["pairs"]
    lines = [f"{each['older']} {each['younger']}  {each['words']}" for each in found]
    show(found, as_json, "\n".join(lines) or "Không có cặp nào.")


@app.command()
def same(one: One, other: Other, as_json: AsJson = False) -> None:
    """Là một người: gộp làm một, không tách lại được. Ví dụ: caunoi members duplicates same 123 456"""
    _decide(one, other, "same", as_json, "Đã gộp làm một.")


@app.command()
def different(one: One, other: Other, as_json: AsJson = False) -> None:
    """Là hai người: không hỏi lại nữa. Ví dụ: caunoi members duplicates different 123 456"""
    _decide(one, other, "different", as_json, "Đã ghi là hai người.")


def _decide(one: int, other: int, decision: str, as_json: bool, words: str) -> None:
    show(
        give_order("duplicates-decide", {"one": one, "other": other, "decision": decision, "by": whoami()}),
        as_json,
        words,
    )
