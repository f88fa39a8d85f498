"""aiogram: its sender, and the same durable talk by its FSM and SQLAlchemy's ORM, one session and commit an update."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StorageKey
from aiogram.types import Message

from bench import orm
from bench.child import Result
from bench.models import Chat
from bench.sends import RECIPIENT, TEXT, Send
from bench.talk import TOKEN

STEPS = tuple(State(f"step{number}", group_name="feedback") for number in range(len(orm.ASKS)))


@asynccontextmanager
async def sending(api: str) -> AsyncIterator[Send]:
    """aiogram as it comes."""
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(api)))
    yield lambda: bot.send_message(RECIPIENT, TEXT)
    await bot.session.close()


class OrmStorage(BaseStorage):  # type: ignore[misc]  # aiogram is not among the developer's tools
    """aiogram's FSM kept in the row of the chat, in the update's own session."""

    async def _chat(self, key: StorageKey) -> Chat:
        session = orm.current.get()
        chat = await session.get(Chat, key.chat_id)
        if chat is None:
            chat = Chat(chat=key.chat_id, state=None, data={})
            session.add(chat)
        return chat

    async def set_state(self, key: StorageKey, state: State | str | None = None) -> None:
        """Keep the state."""
        (await self._chat(key)).state = state.state if isinstance(state, State) else state

    async def get_state(self, key: StorageKey) -> str | None:
        """The state."""
        return (await self._chat(key)).state

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        """Keep the answers."""
        (await self._chat(key)).data = dict(data)

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        """The answers."""
        return dict((await self._chat(key)).data)

    async def close(self) -> None:
        """Nothing to close."""


async def begin(message: Message, state: FSMContext) -> None:
    """The first words."""
    await _go_on(message, state, 0)


async def answer(message: Message, state: FSMContext) -> None:
    """One more answer: the next question, or the ticket."""
    place = 1 + int(str(await state.get_state()).removeprefix("feedback:step"))
    if place < len(STEPS):
        return await _go_on(message, state, place)
    await orm.open_ticket(message.chat.id, await state.get_data())
    await state.clear()
    return None


async def _go_on(message: Message, state: FSMContext, place: int) -> None:
    answers = await state.update_data({f"answer{place}": message.text})
    await state.set_state(STEPS[place])
    orm.ask(message.chat.id, place, answers)


def dispatcher() -> Dispatcher:
    """The bot."""
    made = Dispatcher(storage=OrmStorage())
    made.message.register(answer, StateFilter(*STEPS))
    made.message.register(begin)
    return made


async def turns(url: str, chats: int, in_flight: int, beside: int | None = None) -> Result:
    """So many people send feedback."""
    bot, dispatch = Bot(TOKEN), dispatcher()
    async with orm.records(url) as sessions:

        async def take(line: bytes) -> None:
            raw = json.loads(line)
            await orm.once(sessions, raw["update_id"], partial(dispatch.feed_raw_update, bot, raw))

        return await orm.measured(sessions, take, chats, in_flight, beside)
