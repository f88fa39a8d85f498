"""A strict pretend Zalo Bot Platform: what was observed of it rather than what its pages promise.

`world.zalo_bot` is the account, `/zalo_bot` the API's base: a token goes into `/zalo_bot/bot<token>/<method>`.
A refusal is HTTP 200 with `ok: false`; only JSON bodies are read; there are no buttons. Events that arrive while
nobody polls, and those that a webhook does not accept, are gone: `lost` names them.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Any

from sandbox.zalo import bot_events
from sandbox.zalo.account import ZaloAccount
from sandbox.zalo.phone import ZaloPhone
from sandbox.zalo.postman import Parcel

if TYPE_CHECKING:
    from sandbox.world import World

Json = dict[str, Any]
TOKEN = "2000000001:khung-thu-zalo-bot"  # noqa: S105  (a made-up bot of a made-up Zalo)
PATIENCE = 10.0
NEVER = float("-inf")


class ZaloBot(ZaloAccount):
    """A bot on the Zalo Bot Platform."""

    app = "zalo_bot"
    first_number = 7_000_000_001

    def __init__(self, world: World) -> None:
        super().__init__(world, ladder=(), patience=PATIENCE)
        self.token = TOKEN
        self.manner = bot_events.Manner()
        self.can_join_groups = True
        self.secret = ""
        self.updated_at = 0
        self.tested_at = NEVER
        self.history: list[Json] = []
        self.unheard: list[str] = []
        self.group: ZaloPhone | None = None
        self.poll: asyncio.Future[Json] | None = None

    @property
    def me(self) -> Json:
        """Return the bot as getMe shows it."""
        number = self.token.partition(":")[0]
        known = {"id": number, "account_name": "bot.CauNoi", "account_type": "BASIC"}
        return known | {"can_join_groups": self.can_join_groups}

    @property
    def lost(self) -> list[str]:
        """Return the ids of the messages that the bot will never hear of."""
        return self.unheard + self.postman.lost

    def id_for(self, number: int) -> str:
        """Return 20 hexadecimal digits for the phone of this number."""
        return hashlib.sha256(f"zalo-bot {number}".encode()).hexdigest()[:20]

    def tell(self, phone: ZaloPhone, kind: str, message: Json) -> None:
        """Tell the bot of a message; blocks are told to nobody."""
        if kind not in ("follow", "unfollow"):
            chat = {"id": phone.id, "chat_type": "PRIVATE"}
            self.inject(bot_events.event(self, phone, chat, kind, message), phone.id)

    def mention(self, phone: ZaloPhone, text: str) -> None:
        """Tell the bot that somebody mentioned it in the group."""
        self.group = self.group or self.add_person("Nhóm Khu phố 4", role="nhóm")
        message = self.group.put({"text": text}, phone.user)
        chat = {"id": self.group.id, "chat_type": "GROUP"}
        self.inject(bot_events.event(self, phone, chat, "text", message), phone.id)

    def inject(self, event: Json, line: str = "") -> None:
        """Hand the bot an event exactly as written: by webhook, to an open poll, or to nobody."""
        self.history.append(event)
        key = str(event.get("message", {}).get("message_id", ""))
        if self.postman.url:
            parcel = Parcel(line, key, bot_events.body(self, event), bot_events.headers(self))
            for _ in range(self.manner.times):
                self.postman.send(parcel)
        elif self.poll and not self.poll.done():
            self.poll.set_result(event)
        else:
            self.unheard.append(key)
        self.world.changed()
