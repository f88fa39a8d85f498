"""What golden chats arrange about branches and members, the same for every player."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, insert

from conversation.answers import fold
from conversation.messages import Address
from handlers.members import checklist
from handlers.phones import e164
from storage import people, rights
from storage.branches import Branch, add_branch, branches_named, branches_under
from storage.ids import random_id
from storage.memberships import Joining, join
from storage.schema import people as people_table
from storage.times import day_of, to_ms


def arrange(tx: Connection, words: list[str], address_of: Callable[[str], Address], now: datetime) -> bool:
    """Carry out an instruction about branches and members; False when it is about something else."""
    match words:
        case ["chi", "hội", organisation, unit]:
            add_branch(tx, organisation, unit)
        case ["hội", "viên", organisation, unit, known, *name]:
            _join(tx, _listed(tx, unit, known, " ".join(name), now), _branch(tx, organisation, unit), now)
        case ["tổ", "viên", organisation, unit, known, *name]:
            _join(tx, _listed(tx, unit, known, " ".join(name), now), _branch(tx, organisation, unit, group=True), now)
        case ["tổ", organisation, unit, *name]:
            add_branch(tx, organisation, unit, " ".join(name), parent_id=_branch(tx, organisation, unit).id)
        case ["vào", "hội", who, organisation, unit]:
            _join(tx, _person(tx, address_of(who)), _branch(tx, organisation, unit), now)
        case ["giao", who, role, unit, organisation, *group]:
            branch = _branch(tx, organisation, unit, " ".join(group)).id if group else 0
            person = _person(tx, address_of(who))
            people.grant(tx, person, role, unit, now, organisation=organisation, branch=branch)
            checklist.plan(tx, now)
        case ["thôi", "giao", who, unit]:
            held = rights.held_by(tx, _person(tx, address_of(who)))
            rights.revoke(tx, [each.id for each in held if each.office.unit_code == unit], now)
        case _:
            return False
    return True


def _branch(tx: Connection, organisation: str, unit: str, name: str = "", *, group: bool = False) -> Branch:
    there = branches_named(tx, unit, name, organisation) if name else branches_under(tx, unit, organisation)
    return next(each for each in there if bool(name) or (each.parent_id is not None) == group)


def _person(tx: Connection, address: Address) -> int:
    found = people.person_at(tx, address)
    assert found is not None
    return found.id


def _listed(tx: Connection, unit: str, known: str, name: str, now: datetime) -> int:
    """Somebody on a list, without a chat; known are the year of birth and perhaps a phone, as in 1957,0912345678."""
    year, _, phone = known.partition(",")
    number = random_id()
    row = {"id": number, "name": name, "name_fold": fold(name), "unit_code": unit, "registered_at": to_ms(now),
           "birth_year": int(year) or None, "phone": e164(phone) or None}  # fmt: skip
    tx.execute(insert(people_table).values(row))
    return number


def _join(tx: Connection, person: int, branch: Branch, now: datetime) -> None:
    join(tx, Joining(person, branch.id, "2019-10-20"), day_of(now), "import")
