"""Once a month each tổ trưởng is asked to look through their list; source: domain.md 1.1, line 5."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from conversation.messages import Json, Opening, phrase
from handlers.letters import write_to
from handlers.members import texts
from handlers.members.queries import unconfirmed
from handlers.policy import Role
from storage import branches, jobs, rights
from storage.branches import Branch
from storage.rights import Held
from storage.times import VIETNAM

TIMER = "checklist"
DAY_OF_MONTH, HOUR = 20, 8
"""Before the commune closes its month on day 25."""
DAYTIME = (7, 21)
"""Hours in which routine letters are written; source: domain.md L11, quiet from 21:00 to 6:30."""
AT_ONCE = 200
"""Offices looked at in one transaction, so that a whole province keeps nobody waiting."""
ASKED = (Role.GROUP_LEADER, Role.BRANCH_LEADER)
OPTIONS = {"now": texts.CHECK_NOW, "later": texts.CHECK_LATER}


def plan(tx: Connection, now: datetime) -> None:
    """The next month that begins; what is planned waits until it is done."""
    here = now.astimezone(VIETNAM)
    due = here.replace(day=DAY_OF_MONTH, hour=HOUR, minute=0, second=0, microsecond=0)
    if due <= here:
        due = (due + timedelta(days=31)).replace(day=DAY_OF_MONTH)
    _enqueue(tx, f"{due:%Y-%m}", 0, due)


def fire(tx: Connection, now: datetime, payload: Json) -> None:
    """Some of the offices, then the next ones; never at night."""
    here = now.astimezone(VIETNAM)
    if not DAYTIME[0] <= here.hour < DAYTIME[1]:
        morning = here + timedelta(days=here.hour >= DAYTIME[1])
        return _enqueue(tx, payload["month"], payload["after"], morning.replace(hour=HOUR, minute=0))
    offices = rights.after(tx, ASKED, payload["after"], AT_ONCE)
    for held in offices:
        _ask(tx, held, payload["month"], now)
    if len(offices) == AT_ONCE:
        _enqueue(tx, payload["month"], offices[-1].id, now)
    return plan(tx, now)


def _enqueue(tx: Connection, month: str, after: int, due: datetime) -> None:
    jobs.enqueue(tx, TIMER, {"month": month, "after": after}, due, f"{TIMER}:{month}:{after}:{due:%d%H}")


def _ask(tx: Connection, held: Held, month: str, now: datetime) -> None:
    for branch in _branches(tx, held):
        if any(member.branch_id == branch.id for member in unconfirmed(tx, branch.id, month)):
            words = phrase(texts.CHECK_LETTER, branch=branch.name, month=int(month[-2:]))
            opens = Opening("checklist_open", {"branch": branch.id, "month": month, "subject": branch.name}, "open")
            key = f"{TIMER}:{month}:{branch.id}:{held.person}"
            write_to(tx, held.person, words, key=key, at=now, options=OPTIONS, opens=opens)


def _branches(tx: Connection, held: Held) -> list[Branch]:
    """Those that an office is over and no group leader of a group in it looks after."""
    office = held.office
    there = branches.branches_under(tx, office.unit_code, office.organisation_code)
    mine = [each for each in there if office.branch_id in (0, each.id, each.parent_id)]
    return [each for each in mine if _nearest(tx, each) == held.person]


def _nearest(tx: Connection, branch: Branch) -> int | None:
    """Who is asked about a branch: the leader of the group, else that of the branch."""
    for role in ASKED:
        for held in rights.holders(tx, (role,), branch.unit_code):
            office = held.office
            if office.organisation_code in ("", branch.organisation_code) and office.branch_id in (0, branch.id):
                return held.person
    return None
