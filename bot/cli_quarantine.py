"""`caunoi quarantine`: updates set aside after three failures."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli_tools import FAILED, AsJson, give_order, refuse, show
from conversation.messages import Json

app = typer.Typer(help="Tin nhận bị gác lại sau ba lần lỗi: xem, thử lại, bỏ.", no_args_is_help=True)

Numbers = Annotated[list[str] | None, typer.Argument(help="Số của tin, như lệnh list in ra.")]
All = Annotated[bool, typer.Option("--all", help="Mọi tin đang bị gác lại.")]
Account = Annotated[str | None, typer.Option(help="Chỉ của tài khoản này, ví dụ telegram:8123.")]


@app.command("list")
def show_all(as_json: AsJson = False) -> None:
    """Liệt kê; không bao giờ in lời của bà con. Ví dụ: caunoi quarantine list --json"""
    found = give_order("quarantine-list", {})["updates"]
    lines = [
        f"{one['account']}  tin {one['update']}  lúc {one['at']}  lỗi {one['error']}, {one['attempts']} lần"
        for one in found
    ]
    show(found, as_json, "\n".join(lines) or "Không có tin nào bị gác lại.")


@app.command()
def retry(updates: Numbers = None, every: All = False, account: Account = None, as_json: AsJson = False) -> None:
    """Thử lại, sau khi đã sửa chỗ hỏng. Ví dụ: caunoi quarantine retry --all"""
    tried = _order("quarantine-retry", updates, every, account)
    lines = [f"tin {one['update']}: " + ("xong" if one["done"] else f"vẫn lỗi ({one['error']})") for one in tried]
    show(tried, as_json, "\n".join(lines))
    if not all(one["done"] for one in tried):
        raise typer.Exit(FAILED)


@app.command()
def drop(updates: Numbers = None, every: All = False, account: Account = None, as_json: AsJson = False) -> None:
    """Bỏ hẳn, xóa nội dung. Ví dụ: caunoi quarantine drop 81234567"""
    gone = _order("quarantine-drop", updates, every, account)
    show(gone, as_json, f"Đã bỏ {len(gone)} tin và xóa nội dung.")


def _order(name: str, updates: list[str] | None, every: bool, account: str | None) -> list[Json]:
    if bool(updates) == every:
        refuse("Hãy ghi số của tin (xem: caunoi quarantine list), hoặc --all.")
    chosen: list[Json] = give_order(name, {"updates": updates or None, "account": account})["updates"]
    if updates and not chosen:
        refuse("Không có tin nào như vậy đang bị gác lại. Xem: caunoi quarantine list")
    return chosen
