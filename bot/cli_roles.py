"""`caunoi role`: who holds which office, and ending one."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli_tools import FAILED, AsJson, give_order, show

app = typer.Typer(help="Vai trò: ai đang giữ, và thu lại.", no_args_is_help=True)


@app.command("list")
def listing(
    unit: Annotated[str, typer.Option(help="Mã đơn vị; bỏ trống là tất cả.")] = "", as_json: AsJson = False
) -> None:
    """Ai đang giữ vai trò nào. Ví dụ: caunoi role list --unit 26878"""
    found = give_order("role-list", {"unit": unit})["roles"]
    lines = [f"{each['id']}  {each['role']}  {each['unit']} {each['organisation']}  {each['name']}" for each in found]
    show(found, as_json, "\n".join(lines) or "Chưa có ai giữ vai trò nào.")
    if not found:
        raise typer.Exit(FAILED)


@app.command()
def revoke(
    number: Annotated[int, typer.Argument(help="Số ở đầu dòng của caunoi role list.")], as_json: AsJson = False
) -> None:
    """Thu lại một vai trò; người giữ nó được báo. Ví dụ: caunoi role revoke 12"""
    show(give_order("role-revoke", {"id": number}), as_json, "Đã thu lại.")
