"""The import as one writes it first: openpyxl, an ORM session, a query for each row, one commit at the end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ForeignKey, Index, create_engine, event, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from bench.child import Result
from bench.lists import HAMLETS
from bench.orm import engine_of, settle

PURPOSES = ("news", "members")


class Base(DeclarativeBase):
    """All tables."""


class Member(Base):
    """A person."""

    __tablename__ = "peer_members"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    birth_year: Mapped[int | None]
    phone: Mapped[str] = mapped_column(index=True)
    __table_args__ = (Index("ix_peer_members", "name", "birth_year"),)


class Membership(Base):
    """A person in a branch."""

    __tablename__ = "peer_memberships"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id), index=True)
    branch: Mapped[str] = mapped_column(index=True)
    since: Mapped[str]


class Agreed(Base):
    """A yes."""

    __tablename__ = "peer_consents"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id), index=True)
    purpose: Mapped[str]


async def bring(url: str, file: str) -> Result:
    """On SQLite by the driver that comes with Python, on PostgreSQL by the one that ours uses."""
    if url.startswith("sqlite"):
        engine = create_engine(url)
        event.listen(engine, "connect", settle)
        with Session(engine) as session:
            return enter(session, rows_of(file))
    async with AsyncSession(engine_of(url)) as lent:
        return await lent.run_sync(enter, rows_of(file))


def rows_of(file: str) -> Iterable[Sequence[Any]]:
    """Without the headings."""
    from openpyxl import load_workbook  # noqa: PLC0415 - only the bench has it

    rows: Iterable[Sequence[Any]] = load_workbook(file, read_only=True).worksheets[0].iter_rows(2, values_only=True)
    return rows


def enter(session: Session, rows: Iterable[Sequence[Any]]) -> Result:
    """Rows that are not right are only counted."""
    Base.metadata.create_all(session.connection())
    branches = {f"Khu phố {number + 1}" for number in range(HAMLETS)}
    new = wrong = 0
    for _, name, year, phone, branch, since, _, _ in rows:
        words = isinstance(name, str) and isinstance(year, int | None)
        if not words or not re.fullmatch(r"0\d{9}", str(phone)) or branch not in branches:
            wrong += 1
            continue
        there = session.scalars(select(Member).where(Member.name == name, Member.birth_year == year)).all()
        if not any(member.phone == phone for member in there):
            member = Member(name=name, birth_year=year, phone=phone)
            session.add(member)
            session.flush()
            session.add(Membership(member_id=member.id, branch=branch, since=since))
            session.add_all(Agreed(member_id=member.id, purpose=purpose) for purpose in PURPOSES)
            new += 1
    session.commit()
    return {"new": new, "wrong": wrong}
