"""What is kept about members: where they belong, and who may be the same person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, or_, select, update

from conversation.messages import Json, Template, Words, phrase
from handlers.members import texts
from handlers.nameless import without_name
from handlers.phones import masked
from handlers.policy import Role
from storage import erasures, member_pages, rights, sessions
from storage import people as people_storage
from storage.memberships import STATUSES, memberships_of
from storage.schema import consents, duplicate_pairs, memberships, people

_KEPT = select(people.c.birth_year, people.c.phone, people.c.entered_by)


class MembersData:
    """Memberships, the year and phone that tell people apart, and who entered them."""

    columns = frozenset({
        "people.birth_year", "people.phone", "people.entered_by", "consents.entered_by", "memberships.person_id",
        "duplicate_pairs.first_id", "duplicate_pairs.second_id",
    })  # fmt: skip
    erases: tuple[Template, ...] = (texts.DATA_ERASES,)
    keeps: tuple[Template, ...] = ()

    def summary(self, tx: Connection, person: int) -> Iterable[Words]:
        """Where they belong, and as what."""
        row = tx.execute(_KEPT.where(people.c.id == person)).one_or_none()
        if row and row.birth_year:
            yield phrase(texts.DATA_YEAR, year=str(row.birth_year))
        if row and row.phone:
            yield phrase(texts.DATA_PHONE, phone=masked(row.phone))
        if row and row.entered_by:
            yield texts.DATA_ENTERED
        for member in member_pages.of_person(tx, person):
            yield phrase(texts.DATA_MEMBER, branch=member.branch, status=STATUSES[member.status])

    def export(self, tx: Connection, person: int) -> Json:
        """With what has ended."""
        row = tx.execute(_KEPT.where(people.c.id == person)).one_or_none()
        return {
            "nam_sinh": row.birth_year if row else None,
            "dien_thoai": row.phone if row else None,
            "nguoi_ghi": row.entered_by if row else None,
            "hoi_vien": [
                {
                    "doan_the": held.organisation_code,
                    "chi_hoi": held.branch_id,
                    "tinh_trang": held.status,
                    "tu_ngay": held.since,
                    "den_ngay": held.ended_on,
                    "xac_nhan_ngay": held.confirmed_on,
                }
                for held in memberships_of(tx, person, ended=True)
            ],
        }

    def erase(self, tx: Connection, person: int, at: datetime) -> None:
        """Nobody is counted who is not there; whom they entered stays, entered by nobody."""
        _leave_lists(tx, person, at)
        pairs = or_(duplicate_pairs.c.first_id == person, duplicate_pairs.c.second_id == person)
        tx.execute(delete(duplicate_pairs).where(pairs))
        tx.execute(delete(memberships).where(memberships.c.person_id == person))
        tx.execute(update(people).where(people.c.id == person).values(birth_year=None, phone=None, entered_by=None))
        tx.execute(update(people).where(people.c.entered_by == person).values(entered_by=0))
        tx.execute(update(consents).where(consents.c.entered_by == person).values(entered_by=0))


def _leave_lists(tx: Connection, person: int, at: datetime) -> None:
    """A list that somebody in office is looking at right now, or is about to, has the name in it too."""
    known = people_storage.person(tx, person)
    if known is None or not known.name:
        return
    places = {known.unit_code, *(member.unit_code for member in member_pages.of_person(tx, person))}
    near = {held.person for place in places if place for held in rights.holders(tx, list(Role), place)}
    name = known.name
    sessions.forget_name(tx, near - {person}, name, at)
    waiting = erasures.to_any_of(near)
    erasures.clean_letters(tx, waiting, lambda words: without_name(words, name) if name in words else words)
