"""Offices that somebody holds: as the policy sees them, and how they end."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from conversation.messages import N_, Rejected
from handlers import proving
from handlers.actor import Actor
from handlers.offices import office_words
from handlers.policy import Object, Role
from storage import audit, people, rights
from storage.people import Role as Office
from storage.rights import Held

LAST_ADMIN = N_(
    "{You} là **{office}** cuối cùng, nên Cầu Nối chưa bỏ được ạ.\n"
    "Trước hết cần mời người khác làm quản trị: nhắn **MỜI**. Người ấy nhận việc rồi thì {you} làm lại việc này giúp."
)


def as_object(office: Office, person: int | None = None) -> Object:
    """An office as the policy sees it; `person` is whose thing it is."""
    return Object(
        office.unit_code,
        office.organisation_code,
        office.branch_id,
        person if person is not None else (office.helps_id or None),
        role=office.role,
        kind="office",
        number=named(office),
    )


def named(office: Office) -> str:
    """How an office is called in the log."""
    return f"{office.role}@{office.unit_code}"


def end(tx: Connection, actor: Actor, leaving: Collection[Held]) -> None:
    """End offices, with a note of each; `Rejected` when a place would have no administrator left."""
    keep_an_admin(tx, leaving)
    rights.revoke(tx, [held.id for held in leaving], actor.at)
    by = actor.operator if actor.person is None else actor.person
    for held in leaving:
        if held.office.helps_id:
            people.stop_helping(tx, held.person, held.office.helps_id)
        audit.note(tx, by, actor.at, "ended_office", "office", named(held.office), subject=held.person)
        proving.none_left(tx, held.person)


def keep_an_admin(tx: Connection, leaving: Collection[Held]) -> None:
    """Refuse to leave any place that has an administrator without one; two who leave at once wait for each other."""
    going = {held.id for held in leaving if held.office.role == Role.ADMIN}
    if not going:
        return
    for held in rights.locked(tx, Role.ADMIN):
        if held.id in going and not any(each.id not in going for each in _over(tx, held.office)):
            raise Rejected(LAST_ADMIN, office=office_words(tx, held.office))


def _over(tx: Connection, office: Office) -> list[Held]:
    """The administrators of all that one administers."""
    found = rights.holders(tx, (Role.ADMIN,), office.unit_code)
    return [each for each in found if each.office.organisation_code in ("", office.organisation_code)]
