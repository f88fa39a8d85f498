"""python-telegram-bot: its sender, and the same durable talk by its ConversationHandler, persisted at each update."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from telegram import Bot, Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    ContextTypes,
    ConversationHandler,
    DictPersistence,
    MessageHandler,
    PersistenceInput,
    filters,
)
from telegram.request import BaseRequest, HTTPXRequest

from bench import orm
from bench.child import Result
from bench.models import Chat
from bench.sends import IN_FLIGHT_AT_MOST, RECIPIENT, TEXT, Send
from bench.talk import TOKEN

STEPS = len(orm.ASKS)
Context = ContextTypes.DEFAULT_TYPE
App = Application[Any, Any, Any, Any, Any, Any]


@asynccontextmanager
async def sending(api: str) -> AsyncIterator[Send]:
    """python-telegram-bot as it comes, with connections enough."""
    request = HTTPXRequest(connection_pool_size=IN_FLIGHT_AT_MOST, pool_timeout=60)
    bot = Bot(TOKEN, f"{api}/bot", request=request, get_updates_request=HTTPXRequest())
    await request.initialize()
    yield lambda: bot.send_message(RECIPIENT, TEXT)
    await request.shutdown()


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


class OrmPersistence(DictPersistence):
    """Conversations and answers in the row of the chat, in the update's own session; nothing else is kept."""

    def __init__(self) -> None:
        super().__init__(PersistenceInput(bot_data=False, chat_data=False, callback_data=False))
        self._one_at_a_time = asyncio.Lock()  # python-telegram-bot writes the two beside each other

    async def _change(self, chat: int, **columns: Any) -> None:
        async with self._one_at_a_time:
            session = orm.current.get()
            row = await session.get(Chat, chat)
            if row is None:
                row = Chat(chat=chat, state=None, data={})
                session.add(row)
            for name, value in columns.items():
                setattr(row, name, value)

    async def update_conversation(self, name: str, key: tuple[int | str, ...], new_state: object | None) -> None:
        """Keep where the talk stands."""
        await self._change(int(key[0]), state=None if new_state is None else str(new_state))

    async def update_user_data(self, user_id: int, data: dict[Any, Any]) -> None:
        """Keep the answers."""
        await self._change(user_id, data=data)


async def answer(update: Update, context: Context) -> int:
    """One more answer: the next question, or the ticket."""
    answers, message = context.user_data, update.effective_message
    assert answers is not None
    assert message is not None
    place = len(answers)
    if place < STEPS:
        answers[f"answer{place}"] = message.text
        orm.ask(message.chat_id, place, answers)
        return place + 1
    await orm.open_ticket(message.chat_id, answers)
    answers.clear()
    return ConversationHandler.END


def application() -> App:
    """The bot."""
    quiet = ApplicationBuilder().token(TOKEN).request(Silent()).get_updates_request(Silent())
    made = quiet.persistence(OrmPersistence()).build()
    heard: Any = MessageHandler(filters.TEXT, answer)
    states: Any = {place: [heard] for place in range(1, STEPS + 1)}
    made.add_handler(ConversationHandler([heard], states, [], name="talk", persistent=True))
    return made


async def turns(url: str, chats: int, in_flight: int, beside: int | None = None) -> Result:
    """So many people send feedback, taken one update after the other: its default."""
    made, in_turn = application(), asyncio.Lock()
    await made.initialize()

    async with orm.records(url) as sessions:

        async def take(line: bytes) -> None:
            update = Update.de_json(json.loads(line), made.bot)

            async def work() -> None:
                await made.process_update(update)
                await made.update_persistence()

            async with in_turn:
                await orm.once(sessions, update.update_id, work)

        return await orm.measured(sessions, take, chats, in_flight, beside)
