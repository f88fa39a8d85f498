"""The same durable talk by aiogram, its FSM and SQLAlchemy's ORM on aiosqlite: one session and one commit an update."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StorageKey
from aiogram.types import Message
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from bench.child import Result, Stopwatch
from bench.models import ROWS, Base, Chat, Consent, Delivery, Event, Letter, Offer, Seen, Ticket
from bench.talk import LINES, TOKEN, crowd, talks

OFFICER = 1
ASKS = (
    "Bác muốn gửi phản ánh phải không ạ?",
    "Việc thuộc Điện, chiếu sáng phải không ạ?",
    "Có nguy hiểm ngay không ạ?",
    "Bác gửi thêm ảnh hoặc địa chỉ được không ạ?",
    "Bác muốn để tên để nhận trả lời, hay không để tên ạ?",
    "Bác có đồng ý không ạ?",
    "Gửi đi chưa ạ?",
)
STEPS = tuple(State(f"step{number}", group_name="feedback") for number in range(len(ASKS)))
current: ContextVar[AsyncSession] = ContextVar("current")


class OrmStorage(BaseStorage):  # type: ignore[misc]  # aiogram is not among the developer's tools
    """aiogram's FSM kept in the row of the chat, in the update's own session."""

    async def _chat(self, key: StorageKey) -> Chat:
        session = current.get()
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
    await _open(message.chat.id, await state.get_data())
    current.get().add(Letter(chat=message.chat.id, text="Đã nhận. Số của bác: PA 2611-0001."))
    await state.clear()
    return None


async def _go_on(message: Message, state: FSMContext, place: int) -> None:
    await state.update_data({f"answer{place}": message.text})
    await state.set_state(STEPS[place])
    current.get().add(Letter(chat=message.chat.id, text=ASKS[place]))


async def _open(chat: int, answers: dict[str, Any]) -> None:
    session = current.get()
    ticket = Ticket(chat=chat, topic="dien_chieu_sang", text=f"{answers['answer0']}\n{answers['answer4']}")
    session.add_all([Consent(chat=chat, text=ASKS[5]), ticket])
    await session.flush()
    delivery = Delivery(key=f"ticket:{ticket.id}:new:{OFFICER}")
    session.add_all([Event(ticket_id=ticket.id, kind="opened"), Event(ticket_id=ticket.id, kind="told"), delivery])
    await session.flush()
    session.add_all([Offer(chat=OFFICER, delivery_id=delivery.id), Letter(chat=OFFICER, text="Phản ánh mới")])


def dispatcher() -> Dispatcher:
    """The bot."""
    made = Dispatcher(storage=OrmStorage())
    made.message.register(answer, StateFilter(*STEPS))
    made.message.register(begin)
    return made


def engine_of(file: Path) -> AsyncEngine:
    """One connection, because SQLite has one writer and a second would only meet a lock; as durable as ours."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{file}", pool_size=1, max_overflow=0, pool_timeout=600)

    def settle(connection: Any, _record: object) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine.sync_engine, "connect", settle)
    return engine


async def turns(folder: str, chats: int, in_flight: int) -> Result:
    """So many people send feedback."""
    engine = engine_of(Path(folder) / "aiogram.db")
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    bot, dispatch, said = Bot(TOKEN), dispatcher(), talks(0, chats)

    async def take(line: bytes) -> None:
        raw = json.loads(line)
        async with sessions() as session:
            current.set(session)
            if await session.get(Seen, raw["update_id"]) is None:
                session.add(Seen(update_id=raw["update_id"]))
                await dispatch.feed_raw_update(bot, raw)
                await session.commit()

    await crowd(said[: chats // 20], in_flight, take)
    before = await _rows(sessions)
    with Stopwatch() as watch:
        await crowd(said[chats // 20 :], in_flight, take)
    after = await _rows(sessions)
    await engine.dispose()
    count = (chats - chats // 20) * len(LINES)
    return watch.of(count, rows={name: after[name] - before[name] for name in after})


async def _rows(sessions: async_sessionmaker[AsyncSession]) -> dict[str, int]:
    async with sessions() as session:
        return {
            name: (await session.execute(select(func.count()).select_from(table))).scalar_one()
            for name, table in ROWS.items()
        }
