"""What people do with Zalo on their phones."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sandbox import samples
from sandbox.phone import Phone, data_of

if TYPE_CHECKING:
    from sandbox.zalo.account import ZaloAccount

Json = dict[str, Any]


class ZaloPhone(Phone):
    """A person with Zalo on the phone, in a chat with a bot or an Official Account."""

    def __init__(self, account: ZaloAccount, number: int, name: str, role: str) -> None:
        super().__init__(account.world, number, name, role)
        self.account = account
        self.app = account.app
        self.id = account.id_for(number)
        self.user = {"id": self.id, "is_bot": False, "first_name": name}
        self.blocked = False
        self.follows = False
        self.interacted: datetime | None = None
        self.typing_until = 0.0
        self._messages: list[Json] = []
        self._spoken: list[Json] = []

    @property
    def messages(self) -> list[Json]:
        """Return everything on the screen, oldest first."""
        return self._messages

    @property
    def spoken(self) -> list[Json]:
        """Return what the bot said, in order."""
        return self._spoken

    def screen(self) -> Json:
        """Return what else the page shows of this phone; Zalo has neither keys nor commands."""
        return {
            "started": bool(self._messages) or self.follows,
            "blocked": self.blocked,
            "typing": self.typing_until > self.world.monotonic(),
            "keyboard": None,
            "notice": None,
            "commands": [],
        }

    def type(self, text: str) -> Json:
        """Send words; return the message."""
        return self._send("text", {"text": text})

    def tap(self, message_id: object, what: str) -> Json:
        """Tap a button by its label or data: the phone sends what it stands for, as if typed."""
        return self.type(data_of(self.message(message_id), what))

    def send_photo(self, data: bytes | None = None, *, caption: str = "") -> Json:
        """Send a photo; return the message."""
        content: Json = {"photo": self.world.files.add_photo(data or samples.photo())}
        return self._send("photo", content | ({"caption": caption} if caption else {}))

    def send_voice(self, data: bytes | None = None, duration: int = 1) -> Json:
        """Send a voice recording, raw AAC as Zalo hands it out; return the message."""
        recording = data or samples.aac(duration)
        return self._send(
            "voice", {"voice": self.world.files.add("voice", "aac", "audio/aac", recording, duration=duration)}
        )

    def send_sticker(self) -> Json:
        """Send a sticker; return the message."""
        fields = self.world.files.add("stickers", "webp", "image/webp", samples.sticker(), emoji="🙂")
        return self._send("sticker", {"sticker": fields})

    def send_unsupported(self) -> Json:
        """Send something that no bot gets to see: a file, a place, a link; return the message."""
        return self._send("unsupported", {"text": "Tệp đính kèm"})

    def block(self) -> None:
        """Block the bot, or stop following the account."""
        self._turn("unfollow", blocked=True)

    def unblock(self) -> None:
        """Take the bot back, or follow the account again."""
        self._turn("follow", blocked=False)

    def follow(self) -> None:
        """Follow the account, as people do before they write."""
        self._turn("follow", blocked=False)

    def put(self, content: Json, sender: Json) -> Json:
        """Put a message on the screen."""
        message = {
            "message_id": secrets.token_hex(10),
            "from": sender,
            "date": self.world.seconds(),
            **content,
        }
        self._messages.append(message)
        if sender["is_bot"]:
            self._spoken.append(message)
            self.typing_until = 0.0
        if keep := self.world.keep:
            del self._messages[:-keep], self._spoken[:-keep]
        self.world.changed()
        return message

    def _send(self, kind: str, content: Json) -> Json:
        if self.blocked:
            raise ValueError(f"{self.name} has blocked the bot")
        self.interacted = self.world.clock.now()
        message = self.put(content, self.user)
        self.account.tell(self, kind, message)
        return message

    def _turn(self, kind: str, *, blocked: bool) -> None:
        if kind == "follow":
            self.interacted = self.world.clock.now()
        changes = self.blocked != blocked or self.follows == blocked
        self.blocked, self.follows = blocked, not blocked
        if changes:
            self.account.tell(self, kind, {"message_id": "", "date": self.world.seconds()})
        self.world.changed()
