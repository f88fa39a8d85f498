"""The same talk by python-telegram-bot's ConversationHandler, its persistence flushed to the disk at each update."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)
from telegram.request import BaseRequest

from bench.child import Result, Stopwatch
from bench.talk import LINES, TOKEN, crowd, talks

STEPS = 7
Context = ContextTypes.DEFAULT_TYPE


class Silent(BaseRequest):
    """Nothing is asked of Telegram but who the bot is."""

    @property
    def read_timeout(self) -> float | None:
        """None."""
        return None

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(self, *_given: Any, **_named: Any) -> tuple[int, bytes]:
        """Tell who the bot is."""
        me = {"id": 1000000001, "is_bot": True, "first_name": "Cầu Nối", "username": "caunoi_bot"}
        return 200, json.dumps({"ok": True, "result": me}).encode()


async def answer(update: Update, context: Context) -> int:
    """One more answer; the last makes it a ticket."""
    kept, message = context.user_data, update.effective_message
    assert kept is not None
    assert message is not None
    answers = kept.setdefault("answers", [])
    answers.append(message.text)
    kept.setdefault("outbox", []).append("Bác có đồng ý không ạ?")
    if len(answers) <= STEPS:
        return len(answers)
    kept.setdefault("tickets", []).append({"topic": "dien_chieu_sang", "text": answers[0], "events": ["opened"]})
    del kept["answers"]
    return ConversationHandler.END


def application(file: Path) -> Application[Any, Any, Any, Any, Any, Any]:
    """The bot."""
    kept = PicklePersistence(file)
    made = ApplicationBuilder().token(TOKEN).persistence(kept).request(Silent()).get_updates_request(Silent()).build()
    heard: Any = MessageHandler(filters.TEXT, answer)
    talk: Any = ConversationHandler(
        [heard], {n: [heard] for n in range(1, STEPS + 1)}, [], name="talk", persistent=True
    )
    made.add_handler(talk)
    return made


async def turns(folder: str, chats: int) -> Result:
    """So many people send feedback, one update after the other, as the persistence is one file."""
    file = Path(folder) / "ptb.pickle"
    made = application(file)
    await made.initialize()

    async def take(line: bytes) -> None:
        await made.process_update(Update.de_json(json.loads(line), made.bot))
        await made.update_persistence()
        with file.open("rb") as written:
            os.fsync(written.fileno())

    said = talks(0, chats)
    with Stopwatch() as watch:
        await crowd(said, 1, take)
    tickets = sum(len(kept["tickets"]) for kept in made.user_data.values())
    return watch.of(chats * len(LINES), rows={"tickets": tickets})
