"""What registration keeps about somebody: who they are, where they write from, what they agreed to and may do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from conversation.messages import N_, Address, Json, Template, Words, phrase
from handlers.nameless import without_name
from handlers.offices import OFFICES, office_words
from storage import audit, erasures, linking, people, rights, sessions, units
from storage.schema import channel_accounts, consents, deliveries, roles
from storage.schema import people as people_table
from storage.times import from_ms, to_ms

NAMED, UNNAMED, PLACE = N_("tên **{name}**"), N_("chưa có tên"), N_("**{unit}**")
OFFICE = N_("nhiệm vụ **{office}**")
NOTHING = {
    "name": "",
    "name_fold": "",
    "honorific": "",
    "language": "",
    "unit_code": None,
    "preferred_account": None,
}


class RegistrationData:
    """People, their chats, consents and offices; and the log of what was done with their data."""

    columns = frozenset(
        {
            "people.id",
            "people.name",
            "people.name_fold",
            "people.honorific",
            "people.language",
            "people.unit_code",
            "people.registered_at",
            "people.preferred_account",
            "channel_accounts.person_id",
            "channel_accounts.account",
            "channel_accounts.chat",
            "consents.person_id",
            "roles.person_id",
            "roles.helps_id",
            "roles.granted_by",
            "channel_accounts.helping_id",
            "deliveries.person_id",
            "audit.actor_id",
            "audit.actor_name",
            "audit.subject_id",
            "audit.on_behalf_of",
            "chat_sessions.account",
            "chat_sessions.chat",
            "chat_sessions.state",
            "outbox.account",
            "outbox.chat",
            "outbox.payload",
            "outbox.subject_id",
            "offers.account",
            "offers.chat",
            "offers.given",
        }
    )
    erases: tuple[Template, ...] = (
        N_("tên"), N_("nơi ở"), N_("số điện thoại"), N_("năm sinh"), N_("mã tài khoản nhắn tin"), N_("nhiệm vụ"),
    )  # fmt: skip
    keeps: tuple[Template, ...] = (
        N_("lời đồng ý trước đây, vì luật cần giữ làm bằng chứng"),
        N_("con số thống kê"),
        N_("nhật ký ai đã làm gì, chỉ còn mã số"),
    )

    def summary(self, tx: Connection, person: int) -> Iterable[Words]:
        """Name, place and offices."""
        known = people.person(tx, person)
        if known is None:
            return
        yield phrase(NAMED, name=known.name) if known.name else UNNAMED
        unit = units.unit(tx, known.unit_code) if known.unit_code else None
        if unit is not None:
            yield phrase(PLACE, unit=unit.full_name)
        for role in people.roles_of(tx, person):
            if role.role in OFFICES:
                yield phrase(OFFICE, office=office_words(tx, role))

    def export(self, tx: Connection, person: int) -> Json:
        """Everything, times as ISO texts."""
        known = people.person(tx, person)
        if known is None:
            return {}
        return {
            "ten": known.name,
            "cach_xung_ho": known.honorific,
            "ngon_ngu": known.language,
            "noi_o": known.unit_code,
            "kenh_uu_tien": linking.preferred(tx, person),
            "tai_khoan": [
                {"kenh": chat.account, "ma": chat.chat, "tu_ngay": _iso(chat.linked_at)} for chat in _chats(tx, person)
            ],
            "dong_y": [_consent(row) for row in _consents(tx, person)],
            "nhiem_vu": [_office(role) for role in people.roles_of(tx, person)],
            "nhat_ky": [
                {"luc": _iso(entry.at), "ai": entry.actor_name, "viec": entry.action, "ly_do": entry.reason}
                for entry in audit.about(tx, person)
            ],
        }

    def erase(self, tx: Connection, person: int, at: datetime) -> None:
        """The emptied row stays, because the proof of consent hangs on its random number."""
        known = people.person(tx, person)
        name = known.name if known else ""
        erasures.clean_letters(tx, erasures.about(person), lambda words: without_name(words, name))
        for chat in _chats(tx, person):
            address = Address(chat.account, chat.chat)
            erasures.forget_letters(tx, address, at)
            sessions.save(tx, address, None, at)
        tx.execute(delete(channel_accounts).where(channel_accounts.c.person_id == person))
        tx.execute(update(deliveries).where(deliveries.c.person_id == person).values(person_id=None, message_id=None))
        tx.execute(update(channel_accounts).where(channel_accounts.c.helping_id == person).values(helping_id=None))
        rights.revoke(tx, [held.id for held in rights.helping(tx, person)], at)
        for table, ended in ((consents, "withdrawn_at"), (roles, "revoked_at")):
            in_force = (table.c.person_id == person, table.c[ended].is_(None))
            tx.execute(update(table).where(*in_force).values({ended: to_ms(at)}))
        tx.execute(update(people_table).where(people_table.c.id == person).values(NOTHING))
        audit.take_out_name(tx, person)


def _office(role: people.Role) -> Json:
    scope = {"doan_the": role.organisation_code, "chi_hoi": role.branch_id, "giup": role.helps_id}
    return {"viec": role.role, "noi": role.unit_code, **{name: value for name, value in scope.items() if value}}


def _consents(tx: Connection, person: int) -> Sequence[Row[Any]]:
    return tx.execute(select(consents).where(consents.c.person_id == person).order_by(consents.c.id)).all()


def _consent(row: Row[Any]) -> Json:
    return {
        "viec": row.purpose,
        "noi_dung": row.text,
        "dong_y_luc": _iso(row.given_at),
        "rut_luc": _iso(row.withdrawn_at),
        "ma_bam": row.text_sha256,
        "kenh": row.account,
        "ma_tin": row.evidence,
        "cach_dong_y": row.kind,
        "nguoi_ghi": row.entered_by,
    }


def _chats(tx: Connection, person: int) -> Sequence[Row[Any]]:
    return tx.execute(select(channel_accounts).where(channel_accounts.c.person_id == person)).all()


def _iso(milliseconds: int | None) -> str | None:
    return None if milliseconds is None else from_ms(milliseconds).isoformat(timespec="seconds")
