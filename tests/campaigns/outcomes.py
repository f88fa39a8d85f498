"""Refusals of every kind, each met by many: the right end, no second try, and a way back for whoever writes again."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, select
from structlog.testing import capture_logs

from bot.channels.aiohttp_request import AiohttpRequest
from bot.channels.telegram import Telegram
from bot.sender import Sender
from bot.turns import Desk
from conversation.messages import Address, Heard, Said
from handlers.feature import Registry
from storage import leases, outbox, people
from storage.database import open_database
from storage.leases import Lease
from storage.schema import channel_accounts, deliveries
from tests.campaigns.campaign import Campaign, Outcome, Shard
from tests.campaigns.simulated_time import SimulatedLoop, simulated
from tests.channels.conftest import plainly, stored
from tests.crash.deeds import DEEDS

ACCOUNT = "telegram:8123"
EACH = 1000


class Kind(NamedTuple):
    """A refusal, and how the letter that met it ends."""

    status: int
    words: str
    ends: Literal["blocked", "failed"]


KINDS = (
    Kind(403, "Forbidden: bot was blocked by the user", "blocked"),
    Kind(403, "Forbidden: user is deactivated", "blocked"),
    Kind(403, "Forbidden: bot can't initiate conversation with a user", "blocked"),
    Kind(403, "Forbidden: bot was kicked from the group chat", "blocked"),
    Kind(400, "Bad Request: chat not found", "blocked"),
    Kind(400, "Bad Request: PEER_ID_INVALID", "blocked"),
    Kind(400, "Bad Request: group chat was upgraded to a supergroup chat", "blocked"),
    Kind(400, "Bad Request: can't parse entities: Can't find end of the entity starting at byte offset 7", "failed"),
    Kind(400, "Bad Request: message is too long", "failed"),
    Kind(413, "Request Entity Too Large", "failed"),
)


def kind_of(chat: str) -> Kind:
    """What this person's chat is refused with."""
    return KINDS[int(chat) % len(KINDS)]


@dataclass
class Refusing(AiohttpRequest):
    """A platform that refuses everything until it is appeased."""

    asked: Counter[str] = field(default_factory=Counter)
    appeased: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    async def _exchange(self, method: str, url: str, seconds: float, data: Any = None, **_: Any) -> tuple[int, bytes]:
        await asyncio.sleep(0.05)
        if "sendMessage" not in url:
            return 200, b'{"ok":true,"result":{"id":8123,"is_bot":true,"first_name":"x","username":"x_bot"}}'
        chat = str(data["chat_id"])
        self.asked[f"{chat}:{data['text']}"] += 1
        if self.appeased:
            return 200, b'{"ok":true,"result":{"message_id":7}}'
        kind = kind_of(chat)
        answer: dict[str, Any] = {"ok": False, "error_code": kind.status, "description": kind.words}
        if "upgraded" in kind.words:
            answer["parameters"] = {"migrate_to_chat_id": -1001234567890}
        return kind.status, json.dumps(answer).encode()


async def refuse(shard: Shard) -> Outcome:
    """So many people get letters that are refused."""
    with shard.records("sqlite") as url, capture_logs():
        return await simulated(partial(_refuse, shard=shard, url=url))


async def _refuse(loop: SimulatedLoop, shard: Shard, url: str) -> Outcome:
    database = await open_database(url, shard.folder, now=loop.now())
    write = database.write = loop.standing_still(database.write)  # type: ignore[method-assign]
    read = loop.standing_still(database.read)
    line, wake, chats = Refusing(), asyncio.Event(), [str(chat) for chat in range(1, shard.count + 1)]
    channel = Telegram("8123:khong-ai-biet", stored, plainly)
    channel._requests, channel._bot._request = line, (line, line)
    sender = Sender(database, channel, loop, wake, monotonic=loop.time)
    lease: Lease = await database.write(leases.take, "sender", "here")  # type: ignore[assignment]
    sending = loop.create_task(sender.run(lease))
    desk = Desk(Registry([DEEDS]))

    def post(tx: Connection, words: str) -> None:
        for chat in chats:
            outbox.post(tx, Address(ACCOUNT, chat), Said(words), key=f"{chat}:{words}", at=loop.now())

    def join(tx: Connection) -> None:
        for chat in chats:
            people.register(tx, Address(ACCOUNT, chat), "bac", None, loop.now())

    def write_again(tx: Connection) -> None:
        for chat in chats:
            desk.take(tx, Heard(Address(ACCOUNT, chat), f"u{chat}", loop.now(), text="/ghi x"))

    async def settled() -> None:
        while await read(outbox.waiting):  # noqa: ASYNC110 - the records tell nobody
            await asyncio.sleep(1)

    await write(join)
    for words in ("một", "hai"):
        await write(post, words)
        await settled()
    line.appeased = True
    await write(write_again)
    await write(post, "ba")
    await settled()
    sender.stop()
    await sending
    endings = await read(lambda tx: {row.key: row.status for row in tx.execute(select(deliveries))})
    blocked = await read(lambda tx: [row.chat for row in tx.execute(select(channel_accounts)) if row.blocked_at])
    await database.close()
    wrong = sum(_wrong(chat, endings, line.asked) for chat in chats)
    lost = sum(endings[f"{chat}:ba"] != "sent" for chat in chats)
    return Outcome(shard.count, lost=lost, corrupt=wrong + len(blocked))


def _wrong(chat: str, endings: dict[str, str], asked: Counter[str]) -> bool:
    """Whether one of the letters to this person ended otherwise than it should, or was tried more than once."""
    ends = kind_of(chat).ends
    expected = [("một", ends, 1), ("hai", "skipped", 0) if ends == "blocked" else ("hai", "failed", 1)]
    return any((endings[f"{chat}:{words}"], asked[f"{chat}:{words}"]) != (end, tries) for words, end, tries in expected)


CAMPAIGNS = (Campaign("outcomes", "refusals", full=EACH * len(KINDS), short=len(KINDS) * 10, piece=EACH, run=refuse),)
