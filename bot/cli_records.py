"""`caunoi backup` and `caunoi restore`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli_tools import AsJson, run_plainly, settings_or_refuse, show
from bot.clock import SystemClock
from bot.logs import set_up_logs
from conversation.messages import Json

if TYPE_CHECKING:
    from bot.settings import Settings

RUNNING = "Cầu Nối đang chạy. Hãy dừng nó rồi khôi phục lại: sudo systemctl stop caunoi"


def add_to(app: typer.Typer) -> None:
    """Make these commands of `caunoi`."""
    app.command()(backup)
    app.command()(restore)


def backup(
    to: Annotated[Path | None, typer.Option(help="Tên tệp; bỏ trống thì đặt vào thư mục backups.")] = None,
    as_json: AsJson = False,
) -> None:
    """Sao lưu dữ liệu SQLite ngay, cả khi Cầu Nối đang chạy. Ví dụ: caunoi backup --to /mnt/usb/caunoi.db"""
    set_up_logs(human=True)
    order = {"to": str(to.resolve()) if to else None}
    done = run_plainly(_back_up(settings_or_refuse(), order))
    show(done, as_json, f"Đã sao lưu vào {done['file']} ({done['bytes'] // 1024} KB). Mã kiểm: {done['file']}.sha256")


def restore(
    file: Annotated[Path, typer.Argument(help="Bản sao lưu sẽ dùng.")],
    as_json: AsJson = False,
) -> None:
    """Khôi phục một bản sao lưu; dữ liệu cũ được cất riêng. Ví dụ: caunoi restore caunoi-data/backups/caunoi-….db"""
    set_up_logs(human=True)
    done = run_plainly(_restore(settings_or_refuse(), file))
    lines = [
        f"Đã khôi phục {file} vào {done['file']}.",
        f"Dữ liệu cũ nằm ở {done['before']}." if done["before"] else "Trước đó chưa có dữ liệu.",
        "Ai đã xóa thông tin của mình sau lúc sao lưu sẽ được xóa lại khi Cầu Nối khởi động.",
    ]
    show(done, as_json, "\n".join(lines))


async def _back_up(settings: Settings, order: Json) -> Json:
    from bot import control
    from bot.backups import back_up_at_rest, data_file

    data_file(settings.database_url)
    answer = await control.pass_on(settings.data_dir, "backup", order)
    return answer if answer is not None else await back_up_at_rest(settings, SystemClock().now(), order)


async def _restore(settings: Settings, file: Path) -> Json:
    from bot import control
    from bot.backups import put_back

    if await control.pass_on(settings.data_dir, "status", {}) is not None:
        raise control.OrderRefused(RUNNING)
    return await asyncio.to_thread(put_back, settings, file, SystemClock().now())
