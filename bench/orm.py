"""What both peers share: their records, opened as durably as ours, and what the talk leaves in them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from bench.child import Result, Stopwatch
from bench.models import TABLES, Audit, Base, Consent, Counter, Delivery, Event, Job, Letter, Offer, Seen, Ticket
from bench.people import Take, crowd
from bench.talk import LINES, NOW, OFFICER

ASKS = (
    "Bác muốn gửi phản ánh phải không ạ?",
    "Cầu Nối ghi: «{answer0}».\nViệc thuộc Điện, chiếu sáng phải không ạ?",
    "Có nguy hiểm ngay không ạ (dây đứt, chập điện)?",
    "Bác gửi thêm ảnh hoặc địa chỉ được không ạ?\nXin đừng chụp rõ mặt người.",
    "Bác muốn để tên để nhận trả lời, hay không để tên ạ?",
    "Để trả lời bác, Cầu Nối cần lưu mã tài khoản nhắn tin, nơi ở, tên nếu bác cho biết, và nội dung phản ánh.\n"
    "Người xem: cán bộ phường An Hội Đông lo việc này. Không dùng vào việc khác. Bác có đồng ý không ạ?",
    "Cầu Nối xin gửi tới UBND phường An Hội Đông:\n«{answer0}\n{answer4}»\nNgười gửi: Nguyễn Thị Hoa.\nGửi đi chưa ạ?",
)
POOL = 8
"""Connections to PostgreSQL, as many as ours has."""

current: ContextVar[AsyncSession] = ContextVar("current")


def engine_of(url: str) -> AsyncEngine:
    """On SQLite one connection, because it has one writer and a second would only meet a lock; as durable as ours."""
    sqlite = url.startswith("sqlite")
    engine = create_async_engine(url, pool_size=1 if sqlite else POOL, max_overflow=0, pool_timeout=600)
    if sqlite:
        event.listen(engine.sync_engine, "connect", settle)
    return engine


def settle(connection: Any, _record: object) -> None:
    """As durable as ours."""
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


@asynccontextmanager
async def records(url: str) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    """Empty tables, and the month's counter."""
    engine = engine_of(url)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    async with sessions() as session, session.begin():
        session.add(Counter(name="ticket:2611", value=0))
    yield sessions
    await engine.dispose()


async def once(sessions: async_sessionmaker[AsyncSession], update: int, work: Callable[[], Awaitable[None]]) -> None:
    """Do the work of an update that was never seen, in one session and one commit."""
    async with sessions() as session:
        current.set(session)
        if await session.get(Seen, update) is None:
            session.add(Seen(update_id=update))
            await work()
            await session.commit()


def ask(chat: int, place: int, answers: dict[str, Any]) -> None:
    """Post the next question."""
    current.get().add(Letter(chat=chat, text=ASKS[place].format(**answers)))


async def open_ticket(chat: int, answers: dict[str, Any]) -> None:
    """All that the last answer brings about: the yes, the ticket and its history, the officer's letter, the reply."""
    session = current.get()
    counter = await session.get_one(Counter, "ticket:2611", with_for_update=True)
    counter.value += 1
    code = f"PA 2611-{counter.value:04}"
    ticket = Ticket(chat=chat, code=code, topic="dien_chieu_sang", text=f"{answers['answer0']}\n{answers['answer4']}")
    session.add_all([Consent(chat=chat, text=ASKS[5]), Audit(chat=chat, action="agreed"), ticket])
    await session.flush()
    delivery = Delivery(key=f"ticket:{ticket.id}:new:{OFFICER}")
    session.add_all([Event(ticket_id=ticket.id, kind="opened"), Event(ticket_id=ticket.id, kind="told"), delivery])
    if await session.get(Job, "late:today") is None:
        session.add(Job(key="late:today", due_at=int(NOW.timestamp())))
    await session.flush()
    session.add_all([Offer(chat=OFFICER, delivery_id=delivery.id), Letter(chat=OFFICER, text=f"Phản ánh mới {code}")])
    session.add(Letter(chat=chat, text=f"Đã nhận. Số của bác: {code}. Gửi tới: UBND phường An Hội Đông."))


async def measured(
    sessions: async_sessionmaker[AsyncSession], take: Take, chats: int, in_flight: int, beside: int | None
) -> Result:
    """So many people send feedback, after a twentieth as many to warm up."""
    warm = chats // 20
    async with crowd(0, warm, in_flight) as people:
        await people.speak(take)
    before = await _rows(sessions)
    async with crowd(warm, chats, in_flight) as people:
        with Stopwatch(beside) as watch:
            await people.speak(take)
    after, count = await _rows(sessions), chats * len(LINES)
    rows = {name: after[name] - before[name] for name in after}
    return watch.of(count, load_us=people.cpu / count * 1e6, rows=rows)


async def _rows(sessions: async_sessionmaker[AsyncSession]) -> dict[str, int]:
    async with sessions() as session:
        return {
            name: (await session.execute(select(func.count()).select_from(table))).scalar_one()
            for name, table in TABLES.items()
        }
