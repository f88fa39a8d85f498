"""What both of Zalo's platforms share: an account, the phones that talk to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sandbox.faults import Faults
from sandbox.records import Request
from sandbox.zalo.errors import OK
from sandbox.zalo.phone import ZaloPhone
from sandbox.zalo.postman import Postman

if TYPE_CHECKING:
    from sandbox.world import World

Json = dict[str, Any]
NAME = "Cầu Nối"


class ZaloAccount:
    """One account on one of Zalo's platforms, and everybody who talks to it."""

    app: str
    first_number: int

    def __init__(self, world: World, *, ladder: Sequence[float], patience: float) -> None:
        self.world = world
        self.phones: dict[str, ZaloPhone] = {}
        self.requests: deque[Request] = deque(maxlen=world.keep)
        self.complaints: deque[str] = deque(maxlen=world.keep)
        self.faults = Faults(lambda: world.monotonic())  # noqa: PLW0108  (set later by tests)
        self.postman = Postman(world, ladder=ladder, patience=patience, complaints=self.complaints)

    def id_for(self, number: int) -> str:
        """Return the platform's id for the phone of this number."""
        raise NotImplementedError

    def tell(self, phone: ZaloPhone, kind: str, message: Json) -> None:
        """Tell the bot what somebody did."""
        raise NotImplementedError

    def add_person(self, name: str, *, role: str = "") -> ZaloPhone:
        """Add a person with a phone in hand."""
        number = self.first_number + len(self.phones)
        phone = ZaloPhone(self, number, name, role)
        self.phones[phone.id] = phone
        self.world.phones[number] = phone
        self.world.changed()
        return phone

    def calls(self, method: str, *, accepted: bool | None = True) -> list[Json]:
        """Return the parameters of the requests for a method: accepted, refused (False) or all (None)."""
        wanted = (request for request in self.requests if request.method == method)
        return [request.params for request in wanted if accepted in (None, request.status == OK)]

    def complain(self, words: str) -> None:
        """Remember what a stricter server would not have taken."""
        self.complaints.append(words)

    def media(self, message: Json, kind: str) -> str:
        """Return the public address of what a message holds."""
        shape = message[kind][-1] if kind == "photo" else message[kind]
        stored = self.world.files.get(shape["file_id"])
        return f"{self.world.address}/{self.app}/files/{stored.path}" if stored else ""

    def say(self, phone: ZaloPhone, content: Json) -> Json:
        """Put what the bot says on a phone."""
        return phone.put(content, {"id": self.app, "is_bot": True, "first_name": NAME})
