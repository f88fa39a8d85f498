"""`caunoi db copy`: a ward that has grown moves from SQLite to PostgreSQL."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli_tools import FAILED, AsJson, refuse, run_plainly, settings_or_refuse, show
from bot.logs import set_up_logs

if TYPE_CHECKING:
    from storage.copying import Compared

app = typer.Typer(help="Cơ sở dữ liệu: dời từ SQLite sang PostgreSQL.", no_args_is_help=True)

WRONG_SOURCE = "Phần --from phải là tệp SQLite đang dùng, ví dụ sqlite:////var/lib/caunoi/caunoi.db"
WRONG_TARGET = "Phần --to (hoặc CAUNOI_DATABASE_URL) phải là postgresql+asyncpg://tên:mật-khẩu@máy/cơ-sở-dữ-liệu"
DONE = """Đã chép xong và khớp từng bảng. Đặt CAUNOI_DATABASE_URL sang nơi mới rồi chạy Cầu Nối.
{file} và {files} vẫn nguyên vẹn và có dữ liệu cá nhân: khi đã yên tâm thì cất kín hoặc xóa, và đừng chạy Cầu Nối trên
đó nữa."""
DIFFERENT = """Có bảng không khớp (dấu ✘), nên Cầu Nối chưa chạy được trên nơi mới. Dữ liệu cũ vẫn nguyên vẹn.
Hãy chạy lại lệnh này để chép lại từ đầu."""


@app.command("copy")
def copy_records(
    source: Annotated[str, typer.Option("--from", help="Dữ liệu cũ: sqlite:///…")],
    target: Annotated[
        str | None, typer.Option("--to", help="Nơi mới, còn trống; không ghi thì là CAUNOI_DATABASE_URL.")
    ] = None,
    without_lost: Annotated[bool, typer.Option(help="Bỏ qua ảnh, ghi âm đã mất khỏi thư mục dữ liệu.")] = False,
    as_json: AsJson = False,
) -> None:
    """Dời dữ liệu, ảnh, ghi âm sang PostgreSQL khi Cầu Nối đang dừng; đứt giữa chừng thì chạy lại là chép tiếp.

    Ví dụ: CAUNOI_DATABASE_URL="$MOI" caunoi db copy --from sqlite:////var/lib/caunoi/caunoi.db
    """
    from storage.contents import folder_in
    from storage.copying import copy

    set_up_logs(human=True)
    settings = settings_or_refuse()
    file, data_dir = _file_of(source), settings.data_dir
    url = _server_of(target or settings.database_url)
    with typer.progressbar(length=1, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def tell(position: int, length: int) -> None:
            bar.length = length
            bar.update(position - bar.pos)

        compared = run_plainly(copy(file, data_dir, url, tell, without_lost=without_lost))
    same = all(one.same for one in compared)
    data = {"same": same, "tables": [asdict(one) for one in compared]}
    ending = DONE.format(file=file, files=folder_in(data_dir)) if same else DIFFERENT
    show(data, as_json, "\n".join([*_table(compared), ending]))
    if not same:
        raise typer.Exit(FAILED)


def _file_of(url: str) -> Path:
    from storage.sqlite_file import sqlite_file

    file = sqlite_file(_known("--from", url))
    if file is None:
        refuse(WRONG_SOURCE)
    return file


def _server_of(url: str) -> str:
    from storage.sqlite_file import sqlite_file

    if sqlite_file(_known("--to", url)) is not None:
        refuse(WRONG_TARGET)
    return url


def _known(option: str, url: str) -> str:
    from bot.settings import known_database

    try:
        return known_database(url)
    except ValueError as wrong:
        refuse(f"Phần {option} chưa đúng: {wrong}.")


def _table(compared: list[Compared]) -> list[str]:
    width = max(len(one.table) for one in compared)
    head = f"{'bảng':{width}}  {'dòng':>9}  {'đã chép':>9}  mã kiểm"
    return [head] + [
        f"{one.table:{width}}  {one.rows:>9}  {one.copied:>9}  {one.checksum}  {'✔' if one.same else '✘'}"
        for one in compared
    ]
