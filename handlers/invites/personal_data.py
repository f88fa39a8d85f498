"""What invites keep about somebody: which one they used, and wrong codes they typed within the hour."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select

from conversation.messages import Address, Json, Template, Words
from storage import invites
from storage.schema import channel_accounts
from storage.schema import invites as invites_table
from storage.times import from_ms


class InvitesData:
    """Used invites and wrong codes."""

    columns = frozenset({
        "invites.used_by", "invites.issued_by", "invites.issuer_id", "invites.helps_id", "code_misses.account",
        "code_misses.chat",
    })  # fmt: skip
    erases: tuple[Template, ...] = ()
    keeps: tuple[Template, ...] = ()

    def summary(self, _tx: Connection, _person: int) -> Iterable[Words]:
        """Offices are told by registration."""
        return ()

    def export(self, tx: Connection, person: int) -> Json:
        """The invites somebody used."""
        rows = tx.execute(select(invites_table).where(invites_table.c.used_by == person))
        return {"ma_moi_da_dung": [
            {"viec": row.role, "noi": row.unit_code, "luc": from_ms(row.used_at).isoformat(timespec="seconds")}
            for row in rows
        ]}  # fmt: skip

    def erase(self, tx: Connection, person: int, at: datetime) -> None:
        """Wrong codes go; an invite names nobody but random numbers, and waits for nobody who is gone."""
        invites.refuse_all(tx, person, at)
        for chat in tx.execute(select(channel_accounts).where(channel_accounts.c.person_id == person)):
            invites.forget_misses(tx, Address(chat.account, chat.chat))
