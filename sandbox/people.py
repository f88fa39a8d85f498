"""What people do with their phones."""

from typing import TYPE_CHECKING, Any

from sandbox import samples
from sandbox.entities import detected
from sandbox.phone import Phone, data_of

if TYPE_CHECKING:
    from sandbox.records import Bot, Chat
    from sandbox.world import World

Json = dict[str, Any]


class Person(Phone):
    """A person with a phone, in a chat with the world's bot."""

    def __init__(self, world: "World", user: Json, role: str = "") -> None:
        super().__init__(world, user["id"], user["first_name"], role)
        self.user = user
        self.phone = f"+849{user['id'] % 100_000_000:08d}"

    @property
    def id(self) -> int:
        """Return the person's number, which is also the chat's."""
        return self.number

    @property
    def bot(self) -> "Bot":
        """Return the bot this person talks to."""
        return self.world.bot

    @property
    def chat(self) -> "Chat":
        """Return the chat with the bot."""
        return self.world.chat(self.bot, self.id)

    @property
    def messages(self) -> list[Json]:
        """Return everything on the screen, oldest first."""
        return list(self.chat.messages.values())

    @property
    def spoken(self) -> list[Json]:
        """Return what the bot said or changed, in order."""
        return self.chat.spoken

    def screen(self) -> Json:
        """Return what else the page shows of this phone."""
        chat = self.chat
        return {
            "started": chat.started,
            "blocked": chat.blocked,
            "typing": chat.typing_until > self.world.monotonic(),
            "keyboard": chat.keyboard,
            "notice": chat.notice,
            "commands": self.bot.menu(self.id, self.user["language_code"]),
        }

    def type(self, text: str, *, reply_to: int | None = None) -> Json:
        """Send words; return the message."""
        entities = detected(text)
        extra: Json = {"reply_to_message": self.chat.messages[reply_to]} if reply_to else {}
        return self._send({"text": text, **({"entities": entities} if entities else {}), **extra})

    def open_link(self, payload: str = "") -> Json:
        """Follow a deep link: press start with a payload."""
        return self.type(f"/start {payload}".strip())

    def tap(self, message_id: int | None, what: str, *, stale: bool = False) -> str:
        """Tap a button by its label or data and return the callback's id; stale taps what is no longer there."""
        message = self.message(message_id)
        data = what if stale else data_of(message, what)
        number = f"{self.id}{self.world.changes:08d}{len(self.bot.callbacks)}"
        self.world.remember_callback(self.bot, number, self.id)
        query = {
            "id": number,
            "from": self.user,
            "message": message,
            "chat_instance": self.chat.instance,
            "data": data,
        }
        self.world.push(self.bot, "callback_query", query, f"user:{self.id}")
        return number

    def press(self, label: str) -> Json:
        """Press a button of the keyboard under the text field."""
        rows = (self.chat.keyboard or {}).get("keyboard", [])
        button = next(b for row in rows for b in row if (b if isinstance(b, str) else b["text"]) == label)
        if isinstance(button, dict) and button.get("request_contact"):
            return self.share_contact()
        if isinstance(button, dict) and button.get("request_location"):
            return self.share_location(10.8386, 106.6656)
        return self.type(label)

    def send_photo(self, data: bytes | None = None, *, caption: str = "", album: str = "") -> Json:
        """Send a photo; return the message."""
        content: Json = {"photo": self.world.files.add_photo(data or samples.photo())}
        content |= {"media_group_id": album} if album else {}
        return self._send(content | ({"caption": caption} if caption else {}))

    def send_voice(self, data: bytes | None = None, duration: int = 1) -> Json:
        """Send a voice recording; return the message."""
        return self._send({"voice": self.world.files.add_voice(data or samples.voice(duration), duration)})

    def send_document(self, data: bytes, name: str, mime: str = "application/octet-stream") -> Json:
        """Send a document; return the message."""
        return self._send({"document": self.world.files.add_document(data, name, mime)})

    def send_sticker(self) -> Json:
        """Send a sticker; return the message."""
        size = {"width": 256, "height": 256, "is_animated": False, "is_video": False, "emoji": "🙂"}
        fields = self.world.files.add("stickers", "webp", "image/webp", samples.sticker(), **size)
        return self._send({"sticker": fields | {"type": "regular"}})

    def share_contact(self, own: bool = True) -> Json:
        """Share the phone number, one's own or somebody else's; return the message."""
        contact: Json = {"phone_number": self.phone, "first_name": self.name, "user_id": self.id}
        if not own:
            contact = {"phone_number": "+84281234567", "first_name": "Người khác"}
        return self._send({"contact": contact})

    def share_location(self, latitude: float, longitude: float) -> Json:
        """Share a place; return the message."""
        return self._send({"location": {"latitude": latitude, "longitude": longitude}})

    def edit(self, message_id: int, text: str) -> Json:
        """Change the words of one's own message; return it."""
        message = self.chat.messages[message_id]
        if message["from"]["id"] != self.id:
            raise ValueError("a person edits only their own messages")
        entities = detected(text)
        fresh = {key: value for key, value in message.items() if key != "entities"}
        fresh |= {"text": text, "edit_date": self.world.seconds()} | ({"entities": entities} if entities else {})
        self.chat.messages[message_id] = fresh
        self.world.push(self.bot, "edited_message", fresh, f"chat:{self.id}")
        return fresh

    def block(self) -> None:
        """Block the bot."""
        self._member("member", "kicked", blocked=True)

    def unblock(self) -> None:
        """Take the bot back."""
        self._member("kicked", "member", blocked=False)

    def delete_account(self) -> None:
        """Leave Telegram for good."""
        self.chat.deactivated = True
        self.world.changed()

    def _send(self, content: Json) -> Json:
        chat = self.chat
        if chat.blocked:
            raise ValueError("a person who blocked the bot cannot write to it")
        chat.started = True
        if chat.keyboard and chat.keyboard.get("one_time_keyboard"):
            chat.keyboard = None
        message = self.world.post(self.bot, chat, content, by_bot=False)
        self.world.push(self.bot, "message", message, f"chat:{self.id}")
        return message

    def _member(self, old: str, new: str, *, blocked: bool) -> None:
        chat = self.chat
        if chat.blocked == blocked:
            return
        chat.blocked = blocked
        payload = {
            "chat": chat.shape(),
            "from": self.user,
            "date": self.world.seconds(),
            "old_chat_member": _membership(self.bot.user(), old),
            "new_chat_member": _membership(self.bot.user(), new),
        }
        self.world.push(self.bot, "my_chat_member", payload, f"chat:{self.id}")


def _membership(user: Json, status: str) -> Json:
    return {"user": user, "status": status} | ({"until_date": 0} if status == "kicked" else {})
