"""`caunoi world`: a made-up ward in empty records."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli_tools import AsJson, give_order, show


def world(
    commune: Annotated[str, typer.Option(help="Mã xã, phường.")] = "26878",
    people: Annotated[int, typer.Option(help="Bao nhiêu người lớn.", min=1, max=1_000_000)] = 25_000,
    seed: Annotated[int, typer.Option(help="Số gieo: cùng số thì cùng thế giới.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Dựng một phường giả như thật trong dữ liệu còn trống, để thử. Ví dụ: caunoi world --seed 1 --people 25000"""
    done = give_order("world", {"commune": commune, "people": people, "seed": seed})
    lines = (
        f"{done['people']} người ở {done['hamlets']} khu phố; {done['branches']} chi hội, "
        f"{done['memberships']} lượt hội viên; {done['offices']} nhiệm vụ; {done['tickets']} phản ánh.",
        "Mọi người đều là giả; số điện thoại bắt đầu bằng 054, ở Việt Nam không có.",
    )
    show(done, as_json, "\n".join(lines))
