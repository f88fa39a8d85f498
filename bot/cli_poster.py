"""`caunoi poster`: a sheet for the wall of the community house."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli_tools import AsJson, run_plainly, settings_or_refuse, show
from bot.logs import set_up_logs


def poster(
    unit: Annotated[str, typer.Option(help="Mã đơn vị, ví dụ 26878-04.")],
    out: Annotated[Path, typer.Option(help="Tệp .pdf, .png, .svg; hoặc thư mục, để có cả ba.")] = Path(),
    telegram: Annotated[str, typer.Option(help="Tên bot trên Telegram; bỏ trống thì hỏi Telegram.")] = "",
    zalo: Annotated[str, typer.Option(help="Tên bot trên Zalo, như bà con tìm; bỏ trống thì hỏi Zalo.")] = "",
    who: Annotated[str, typer.Option(help="Người giúp bà con; bỏ trống thì là người phụ trách nơi ấy.")] = "",
    phone: Annotated[str, typer.Option(help="Số điện thoại in lên, khi người ấy đồng ý.")] = "",
    as_json: AsJson = False,
) -> None:
    """Áp phích A4 có mã QR và mã tham gia, để dán ở nhà văn hóa. Ví dụ: caunoi poster --unit 26878-04 --out ap-phich"""
    from bot.posters import make_poster
    from handlers.phones import readable

    set_up_logs(human=True)
    given = {"telegram": telegram.removeprefix("@"), "zalo": zalo, "who": who, "phone": readable(phone)}
    done = run_plainly(make_poster(settings_or_refuse(), unit, given, out))
    lines = [*(f"Đã viết {file}" for file in done["files"]), f"Mã tham gia: {done['join_code']}"]
    show(done, as_json, "\n".join(lines))
