"""Every golden chat once more, on the whole program: the sandbox's phones, each adapter, the sender, both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chats.script import Script, perform
from tests.chats.telegram import telegram_player
from tests.chats.test_chats import CHATS
from tests.chats.zalo import App, zalo_player

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


@pytest.mark.parametrize("path", CHATS, ids=lambda path: path.stem)
async def test_the_chat_goes_as_written_on_telegram(path: Path, loaded_database_url: str, tmp_path: Path) -> None:
    script = Script.read(path)
    async with telegram_player(script, loaded_database_url, tmp_path / "data") as play:
        lines = await perform(script, play)
    assert lines == script.lines


@pytest.mark.parametrize("app", ["zalo_bot", "zalo_oa"])
@pytest.mark.parametrize("path", CHATS, ids=lambda path: path.stem)
async def test_the_chat_goes_as_written_on_zalo(path: Path, app: App, loaded_database_url: str, tmp_path: Path) -> None:
    script = Script.read(path).for_numbers()
    async with zalo_player(app, script, loaded_database_url, tmp_path / "data") as play:
        lines = await perform(script, play)
    assert lines == script.lines
    assert script.left_out == LEFT_OUT.get(path.stem, [])
