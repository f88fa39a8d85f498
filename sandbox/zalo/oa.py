"""A strict pretend Zalo Official Account: tokens that expire, windows that close, events that are signed.

`world.zalo_oa` is the account, `/zalo_oa` the base of its OpenAPI and of the place where tokens are renewed. The
webhook is no call's business: `world.zalo_oa.hook(url)` is what an administrator does in Zalo's console.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sandbox.zalo import oa_events
from sandbox.zalo.account import ZaloAccount
from sandbox.zalo.errors import ZaloError
from sandbox.zalo.oa_tokens import Tokens
from sandbox.zalo.postman import Parcel

if TYPE_CHECKING:
    from sandbox.world import World
    from sandbox.zalo.phone import ZaloPhone

Json = dict[str, Any]
LADDER = (30, 300, 900, 1800, 3600)
PATIENCE = 2.0
FREE, OPEN = timedelta(hours=48), timedelta(days=7)
NOT_FOLLOWING = ZaloError(-213, "User has not followed OA")
CLOSED = ZaloError(-230, "User has not interacted with the OA in the past 7 days")


class ZaloOA(ZaloAccount):
    """An Official Account, its app, and what both keep secret."""

    app = "zalo_oa"
    first_number = 8_000_000_001

    def __init__(self, world: World) -> None:
        super().__init__(world, ladder=LADDER, patience=PATIENCE)
        self.app_id, self.oa_id = "4204242424242424242", "1357913579135791357"
        self.app_secret, self.oa_secret = "khung-thu-app", "khung-thu-oa"
        self.tokens = Tokens(world, self.app_id, self.app_secret)
        self.manner = oa_events.Manner()
        self.history: list[Json] = []
        self.uploads: dict[str, tuple[str, bytes]] = {}
        self.templates: set[str] = set()

    @property
    def lost(self) -> list[str]:
        """Return the ids of the events that the account will never be told of."""
        return self.postman.lost

    def id_for(self, number: int) -> str:
        """Return 19 digits, more than a double can hold, for the phone of this number."""
        return f"701234567{number}"

    def hook(self, url: str) -> None:
        """Save a webhook's address, as in Zalo's console, which posts an unsigned `{}` to it."""
        self.postman.url = url
        self.postman.send(Parcel("", "probe", b"{}", {"Content-Type": "application/json"}))

    def tell(self, phone: ZaloPhone, kind: str, message: Json) -> None:
        """Tell the account what somebody did."""
        following = kind in ("follow", "unfollow")
        make = oa_events.of_following(self, phone, kind) if following else None
        self.inject(make or oa_events.of_message(self, phone, kind, message), phone.id)

    def submit_info(self, phone: ZaloPhone, number: str) -> None:
        """Tell the account the number somebody gave when asked."""
        self.inject(oa_events.of_info(self, phone, number), phone.id)

    def seen(self, phone: ZaloPhone) -> None:
        """Tell the account that somebody has looked; that opens no window."""
        self.inject(oa_events.of_seen(self, phone), phone.id)

    def echo(self, phone: ZaloPhone, kind: str, message: Json) -> None:
        """Tell the account what it said itself."""
        if self.manner.echoes:
            self.inject(oa_events.of_echo(self, phone, kind, message), phone.id)

    def inject(self, event: Json, line: str = "") -> None:
        """Post an event exactly as written; without a webhook it is gone."""
        self.history.append(event)
        if not self.postman.url:
            return
        message = event.get("message", {})
        key = str(message.get("msg_id") or message.get("message_id") or event.get("event_name"))
        for _ in range(self.manner.times):
            self.postman.send(Parcel(line, key, *oa_events.posted(self, event)))

    def reach(self, phone: ZaloPhone) -> str:
        """Return what a message to somebody is counted as, or refuse it."""
        silent = self.world.clock.now() - phone.interacted if phone.interacted else None
        if phone.blocked or (self.manner.must_follow and not phone.follows):
            raise NOT_FOLLOWING
        if silent is None or silent > OPEN:
            raise CLOSED
        return "reply" if silent <= FREE else "purchase_quota"
