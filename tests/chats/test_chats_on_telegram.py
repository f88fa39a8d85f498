"""Every golden chat once more, on the whole program: the sandbox's phones, the adapter, the sender, the records."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chats.script import Script, perform
from tests.chats.telegram import telegram_player
from tests.chats.test_chats import CHATS


@pytest.mark.parametrize("path", CHATS, ids=lambda path: path.stem)
async def test_the_chat_goes_as_written_on_telegram(path: Path, loaded_sqlite_url: str, tmp_path: Path) -> None:
    script = Script.read(path)
    async with telegram_player(script, loaded_sqlite_url, tmp_path / "data") as play:
        lines = await perform(script, play)
    assert lines == [line for line in script.lines if line.strip() or line.startswith("  ")]
