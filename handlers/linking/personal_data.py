"""What linking keeps about somebody: the codes that were made for them, for a quarter of an hour."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, or_, select

from conversation.messages import Json, Template, Words, phrase
from handlers.linking import texts
from storage import linking
from storage.schema import link_codes
from storage.times import from_ms


class LinkingData:
    """Link codes; the chats themselves are kept by registration."""

    columns = frozenset({"link_codes.person_id", "link_codes.issued_by"})
    erases: tuple[Template, ...] = ()
    keeps: tuple[Template, ...] = ()

    def summary(self, tx: Connection, person: int) -> Iterable[Words]:
        """In how many places, if there are several."""
        if (count := len(linking.chats_of(tx, person))) > 1:
            yield phrase(texts.DATA_SUMMARY, count=count)

    def export(self, tx: Connection, person: int) -> Json:
        """When codes were made."""
        made = tx.execute(select(link_codes.c.issued_at).where(link_codes.c.person_id == person)).scalars()
        return {"ma_noi": [from_ms(at).isoformat(timespec="seconds") for at in made]}

    def erase(self, tx: Connection, person: int, _at: datetime) -> None:
        """All of them."""
        tx.execute(delete(link_codes).where(or_(link_codes.c.person_id == person, link_codes.c.issued_by == person)))
