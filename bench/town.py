"""A ward full of people, written by the database itself: who is registered, what they agreed to and sent before."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, text

from bench.child import Result
from bench.talk import ACCOUNT, COMMUNE, FIRST_CHAT, NOW, OFFICER
from conversation.messages import Address
from handlers.purposes import NEWS
from storage import people, units
from storage.database import Database, open_database
from storage.organisations import load_organisations
from storage.times import to_ms

AT_ONCE = 100_000
NUMBERS = {
    "sqlite": "WITH RECURSIVE n(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM n WHERE n < :last) ",
    "postgresql": "WITH n AS (SELECT n FROM generate_series(cast(:first AS bigint), cast(:last AS bigint)) n) ",
}
ID = "((n + 1) * 48271 % 2147483647)"
"""Scattered as random ids are, and no two alike: 48271 generates the integers modulo this prime."""
BEING = (
    "people (id, name, name_fold, honorific, unit_code, registered_at)"
    f" SELECT {ID}, 'Nguyễn Thị Hoa', 'nguyen thi hoa', 'bac', :unit, :at FROM n ORDER BY 1",
    "channel_accounts (account, chat, person_id, linked_at)"
    f" SELECT :account, cast(n + :chat AS text), {ID}, :at FROM n",
    "consents (person_id, purpose, text, text_sha256, account, evidence, given_at)"
    f" SELECT {ID}, :news, 'Bác đồng ý nhận tin và lịch họp của khu phố.', 'sha', :account, 'u1', :at FROM n",
)
"""What registering leaves."""
LIVING = (
    "chat_sessions (account, chat, updated_at) SELECT :account, cast(n + :chat AS text), :at FROM n",
    "inbox_updates (account, update_id, received_at, state)"
    " SELECT :account, cast(-n AS text), :at - n * 1000, 'done' FROM n",
    "deliveries (key, person_id, status, posted_at, settled_at, message_id)"
    f" SELECT 'notice:' || n, {ID}, 'sent', :at, :at, 'm' FROM n",
    "tickets (id, code, unit_code, topic, text, fold, urgent, anonymous, person_id, status, opened_on, opened_at,"
    " receive_by, resolve_by, closed_on)"
    f" SELECT {ID}, 'PA 2601-' || n, :unit, 'dien_chieu_sang', 'Đèn đường hẻm 47 hư.', 'den duong hem 47 hu.',"
    f" false, false, {ID}, 'closed_solved', '2026-01-12', :at, :at, :at, '2026-01-15' FROM n WHERE n % 10 = 0",
    "ticket_events (id, ticket_id, place, kind, text, on_day, at)"
    f" SELECT {ID} * 4 + place, {ID}, place, 'answered', 'Đã sửa đèn.', '2026-01-12', :at"
    " FROM n CROSS JOIN (SELECT 0 AS place UNION ALL SELECT 1 UNION ALL SELECT 2) AS places WHERE n % 10 = 0",
)
"""What half a year leaves: a session, an update and a notice for each, a closed ticket of one in ten."""


async def prepare(url: str, folder: str) -> Result:
    """Today's schema, all units, and one officer who is told of every ticket."""
    database = await open_database(url, Path(folder), now=NOW)
    await database.write(units.load_units)
    await database.write(load_organisations)
    await database.write(_officer)
    await database.close()
    return {}


async def populate(url: str, folder: str, first: int, count: int, lived: bool) -> Result:
    """Let so many people be registered, from the first on; if they `lived` here, with what that leaves."""
    database = await open_database(url, Path(folder), now=NOW)
    for begin in range(first, first + count, AT_ONCE):
        await settle(database, begin, min(begin + AT_ONCE, first + count) - 1, lived)
    await database.close()
    return {}


async def settle(database: Database, first: int, last: int, lived: bool) -> None:
    """The people of these numbers, in one transaction; afterwards the planner knows how many there are."""
    await database.write(_fill, {"first": first, "last": last}, (*BEING, *LIVING) if lived else BEING)
    await database.write(lambda tx: tx.execute(text("ANALYZE")))


def _fill(tx: Connection, numbers: dict[str, int], tables: tuple[str, ...]) -> None:
    known = {"account": ACCOUNT, "unit": COMMUNE, "chat": FIRST_CHAT, "at": to_ms(NOW) - 86_400_000, "news": NEWS}
    counting = NUMBERS[tx.dialect.name]
    for table in tables:
        into, _, query = table.partition(" SELECT ")
        statement = text(f"INSERT INTO {into} {counting} SELECT {query}")
        used = {name: value for name, value in (known | numbers).items() if f":{name}" in statement.text}
        tx.execute(statement, used)


def _officer(tx: Connection) -> None:
    number = people.register(tx, Address(ACCOUNT, str(OFFICER)), "anh", COMMUNE, NOW)
    people.change(tx, number, name="Trần Văn Nam")
    people.grant(tx, number, "commune_officer", COMMUNE, NOW)
