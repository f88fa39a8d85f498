"""The first thing said is that a machine speaks, whose it is, and whom to call."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from bot.features import registry
from bot.turns import Desk
from handlers.operating import Operator
from storage.database import open_database
from tests.chats.engine import EnginePlayer
from tests.chats.script import Step


async def test_who_runs_it_is_said_first_and_again_when_asked(loaded_sqlite: Path, tmp_path: Path) -> None:
    shutil.copyfile(loaded_sqlite, tmp_path / "caunoi.db")
    now = datetime(2026, 11, 23, tzinfo=UTC)
    database = await open_database(f"sqlite:///{tmp_path / 'caunoi.db'}", tmp_path / "data", now=now)
    play = EnginePlayer(database)
    for operator, expected in (
        (Operator(), ("Mặt trận Tổ quốc",)),
        (Operator("MTTQ phường An Hội Đông", "Trần Văn Nam", "028 3894 1234"),
         ("MTTQ phường An Hội Đông", "Người phụ trách: **Trần Văn Nam**, điện thoại **028 3894 1234**")),
        (Operator("MTTQ", phone="028 3894 1234"), ("gọi **028 3894 1234**",)),
    ):  # fmt: skip
        play.desk = Desk(registry(operator))
        for asks in ("/start", "/start u_26878", "/gioithieu"):
            said = (await play(Step("", f"{len(expected)}{asks}", asks)))[0].text
            assert "máy trả lời tự động" in said
            assert [words for words in expected if words not in said] == []
    await database.close()
