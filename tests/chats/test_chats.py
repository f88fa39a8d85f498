"""Every golden chat, on the bare engine: what is said, before any channel says it."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.database import open_database
from tests.chats.engine import EnginePlayer
from tests.chats.script import Script, perform

CHATS = sorted(Path(__file__).parent.glob("*.chat"))
WRITE = bool(os.environ.get("CAUNOI_WRITE_CHATS"))


@pytest.mark.parametrize("path", CHATS, ids=lambda path: path.stem)
async def test_the_chat_goes_as_written(path: Path, loaded_sqlite_url: str, tmp_path: Path) -> None:
    database = await open_database(loaded_sqlite_url, tmp_path / "data", now=datetime.now(UTC))
    try:
        script = Script.read(path)
        lines = await perform(script, EnginePlayer(database))
    finally:
        await database.close()
    if WRITE:
        path.write_text("\n".join(lines) + "\n")
    assert lines == script.lines
