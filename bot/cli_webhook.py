"""`caunoi webhook`: where the platforms post what people write."""

from __future__ import annotations

import typer

from bot.cli_tools import FAILED, NO_CHANNEL, AsJson, give_order, refuse, show
from conversation.messages import Json

app = typer.Typer(help="Nơi Telegram, Zalo gửi tin tới: xem, đặt, gỡ.", no_args_is_help=True)


@app.command("set")
def put(as_json: AsJson = False) -> None:
    """Báo cho từng kênh gửi tin tới địa chỉ trong thiết đặt. Ví dụ: caunoi webhook set"""
    _order("webhook-set", as_json)


@app.command("show")
def look(as_json: AsJson = False) -> None:
    """Hỏi từng kênh đang gửi tin tới đâu. Ví dụ: caunoi webhook show --json"""
    _order("webhook-show", as_json)


@app.command()
def delete(as_json: AsJson = False) -> None:
    """Gỡ địa chỉ ở từng kênh; Cầu Nối đang chạy sẽ đặt lại. Ví dụ: caunoi webhook delete"""
    _order("webhook-delete", as_json)


def _order(name: str, as_json: bool) -> None:
    hooks = give_order(name, {})["webhooks"]
    if not hooks:
        refuse(NO_CHANNEL)
    show(hooks, as_json, "\n".join(f"{hook['account']}: {in_words(hook)}" for hook in hooks))
    if any("error" in hook for hook in hooks):
        raise typer.Exit(FAILED)


def in_words(hook: Json) -> str:
    """How it stands with one channel."""
    ours, theirs = hook["ours"], hook.get("posts_to", "")
    if "error" in hook:
        return f"không làm được ({hook['error']}). Chạy caunoi doctor để biết chỗ sửa."
    if hook["by_hand"]:
        return f"chỉ đặt và gỡ được trong trang quản trị của Zalo. Địa chỉ của Cầu Nối: {ours}"
    if theirs and theirs == ours:
        return f"đang gửi tin tới Cầu Nối, ở {ours}"
    if theirs:
        return f"đang gửi tin tới nơi khác: {theirs}. Lấy lại: caunoi webhook set"
    if ours:
        return f"chưa gửi tin tới đâu. Đặt: caunoi webhook set (địa chỉ của Cầu Nối: {ours})"
    return "không gửi tin tới đâu; Cầu Nối tự đi lấy tin."
