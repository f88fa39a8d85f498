"""What taking one's data away keeps about somebody: the link they asked for last."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from conversation.messages import Json, Template, Words
from storage import data_links


class LinkData:
    """One link, until it is over."""

    columns = frozenset({f"data_links.{name}" for name in ("person_id", "account", "chat", "token_hash")})
    erases: tuple[Template, ...] = ()
    keeps: tuple[Template, ...] = ()

    def summary(self, _tx: Connection, _person: int) -> Iterable[Words]:
        """Nothing that would be news to them."""
        return ()

    def export(self, tx: Connection, person: int) -> Json:
        """Until when it holds."""
        until = data_links.of_person(tx, person)
        return {"duong_dan": until.isoformat(timespec="seconds")} if until else {}

    def erase(self, tx: Connection, person: int, _at: datetime) -> None:
        """It leads nowhere any more."""
        data_links.forget(tx, person)
