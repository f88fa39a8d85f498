"""Every golden chat once more, on the whole program: the sandbox's phones, each adapter, the sender, the records.

Each chat is played on each channel with SQLite, and on one channel after another with PostgreSQL; with
CAUNOI_ALL_CHATS=1 on each channel with both.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.chats.script import Script, perform
from tests.chats.telegram import telegram_player
from tests.chats.test_chats import CHATS
from tests.chats.zalo import zalo_player

EVERYWHERE = bool(os.environ.get("CAUNOI_ALL_CHATS"))
CHANNELS = ("telegram", "zalo_bot", "zalo_oa")
LEFT_OUT = {
    "a_bat_dau_qua_ma_qr": ["[Tôi đồng ý]"],
    "a_khong_dong_y": ["[Tôi đồng ý]"],
    "e_nguoi_la_go_khong_dau": ["(ảnh trong album)"],
    "e_thu_den_giua_chung": ["[Gửi đi]", "(sửa tin) Cống trước nhà tắc"],
    "h_khi_nham": ["[Thôi nhận tất cả]", "[Đổi khu phố]"],
    "h_lich_su": ["(số người khác 0912345678)"] * 2,
    "voi_qua_tam": ["[Xem và trả lời]"],
}
"""What nobody can do on Zalo: tap what stood under an old question, send pictures as one, edit, share a contact. What
people do there instead, `z_*.chat` shows."""


def cases() -> Iterator[object]:
    for turn, path in enumerate(CHATS):
        for channel in CHANNELS:
            for engine in ("sqlite", "postgres"):
                if engine == "sqlite" or EVERYWHERE or CHANNELS[turn % len(CHANNELS)] == channel:
                    yield pytest.param(path, channel, engine, id=f"{channel}-{engine}-{path.stem}")


def player(channel: str, script: Script, url: str, folder: Path) -> AbstractAsyncContextManager[Any]:
    if channel == "telegram":
        return telegram_player(script, url, folder)
    return zalo_player("zalo_bot" if channel == "zalo_bot" else "zalo_oa", script, url, folder)


@pytest.mark.parametrize(("path", "channel", "loaded_database_url"), list(cases()), indirect=["loaded_database_url"])
async def test_the_chat_goes_as_written(path: Path, channel: str, loaded_database_url: str, tmp_path: Path) -> None:
    whole = Script.read(path)
    script = whole if channel == "telegram" else whole.for_numbers()
    async with player(channel, script, loaded_database_url, tmp_path / "data") as play:
        lines = await perform(script, play)
    assert lines == script.lines
    assert script.left_out == ([] if channel == "telegram" else LEFT_OUT.get(path.stem, []))
