"""An office that its issuer never confirms: they are reminded at half-time, and in the end it lapses."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import Connection

from handlers import proving
from handlers.holding import named
from handlers.invites import letters
from handlers.purposes import OFFICE
from storage import audit, invites, people
from storage.audit import TIMER
from storage.invites import Waiting
from storage.times import VIETNAM, from_ms

DAYTIME = (7, 21)
"""Hours in which such letters are written; source: domain.md L11, quiet from 21:00 to 6:30."""


def watch(tx: Connection, now: datetime, days: int) -> None:
    """By day only: nobody is woken for it. `days` is the operator's setting."""
    if not DAYTIME[0] <= now.astimezone(VIETNAM).hour < DAYTIME[1]:
        return
    lasts = timedelta(days=days)
    for waiting in invites.undecided(tx, now - lasts / 2):
        over = from_ms(waiting.used_at) + lasts
        if now < over:
            letters.remind_issuer(tx, waiting, ceil((over - now) / timedelta(days=1)), now)
        elif invites.decide(tx, waiting.code_hash, now, right=False):
            _lapse(tx, waiting, days, now)


def _lapse(tx: Connection, waiting: Waiting, days: int, now: datetime) -> None:
    person = waiting.invite.used_by or 0
    audit.note(tx, TIMER, now, "office_lapsed", "office", named(waiting.invite.office), subject=person)
    let_go(tx, person, now)
    letters.tell_lapsed(tx, waiting, days, now)


def let_go(tx: Connection, person: int, at: datetime) -> None:
    """Who holds no office, and waits for none, has agreed to none."""
    if not invites.has_office(tx, person):
        people.withdraw(tx, person, (OFFICE,), at)
        proving.none_left(tx, person)
