"""Telegram's updates read by their shape: what does not match is not for us, and nothing can raise."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final

from conversation.answers import clean
from conversation.messages import Address, Contact, FileRef, Heard, Joined, Json, Left

KINDS: Final = ["message", "edited_message", "callback_query", "my_chat_member"]
"""The kinds of update asked for."""
LONGEST = 4096
"""Characters of a message's text; source: Bot API, Message."""
OTHERS = (
    "sticker",
    "animation",
    "document",
    "video",
    "video_note",
    "venue",
    "location",
    "poll",
    "dice",
    "game",
    "story",
    "paid_media",
    "checklist",
    "invoice",
    "users_shared",
    "chat_shared",
    "web_app_data",
)  # an animation is a document too and a venue a location: the first that is there names it
_IDENTIFIER = re.compile(r"[\x21-\x7e]{1,256}", re.ASCII)
_TELEGRAM_ID = 2**53
"""Ids have at most 52 significant bits; source: Bot API, Chat."""


def hear(update: Json, account: str, at: datetime) -> Heard | Left | Joined | None:
    """Read one update of a bot account; None for whatever is not a person's doing."""
    match update:
        case {"update_id": int(number)} if abs(number) < _TELEGRAM_ID:
            pass
        case _:
            return None
    match update:
        case {"message": message}:
            return _message(message, account, str(number), at)
        case {"edited_message": message}:
            return _message(message, account, str(number), at, edited=True)
        case {"callback_query": query}:
            return _tap(query, account, str(number), at)
        case {"my_chat_member": change}:
            return _membership(change, account, str(number), at)
    return None


def _message(message: Any, account: str, update: str, at: datetime, *, edited: bool = False) -> Heard | None:
    match message:
        case {"chat": {"id": int(chat), "type": "private"}, "from": {"id": int(sender)}} if _person(chat, sender):
            content = _content(message, sender)
            if content is None:
                return None
            album = _identifier(message.get("media_group_id"))
            return Heard(Address(account, str(chat)), update, at, edited=edited, album=album, **content)
        case {"chat": {"id": int(chat), "type": "group" | "supergroup"}, "from": _, "text": str()} if _small(chat):
            return Heard(Address(account, str(chat)), update, at, edited=edited, group=True)
    return None


def _content(message: Json, sender: int) -> Json | None:
    """Return the fields of Heard that a private message fills, None for a service message."""
    match message:
        case {"text": str(text)}:
            return {"text": _clean(text)}
        case {"photo": [*sizes]}:
            return _file("photo", max(sizes, key=_area, default=None), message)
        case {"voice": recording} | {"audio": recording}:
            return _file("voice", recording, message)
        case {"contact": {"phone_number": str(phone), **rest}}:
            return {"contact": Contact(_clean(phone)[:32], own=rest.get("user_id") == sender)}
    other = next((kind for kind in OTHERS if kind in message), "")
    return {"other": other} if other else None


def _file(kind: str, found: Any, message: Json) -> Json | None:
    match found:
        case {"file_id": str(ref), **rest} if _identifier(ref):
            caption = message.get("caption")
            text = _clean(caption) if isinstance(caption, str) else ""
            return {"file": FileRef("photo" if kind == "photo" else "voice", ref, _size(rest)), "text": text}
    return None


def _area(photo: object) -> int:
    match photo:
        case {"width": int(width), "height": int(height)}:
            return width * height
    return 0


def _size(file: dict[Any, Any]) -> int:
    size = file.get("file_size")
    return size if isinstance(size, int) and 0 <= size < _TELEGRAM_ID else 0


def _tap(query: Any, account: str, update: str, at: datetime) -> Heard | None:
    """Read a pressed button; it is the presser's only if it hung in their own chat."""
    match query:
        case {
            "id": str(callback),
            "data": str(data),
            "from": {"id": int(sender)},
            "message": {"chat": {"id": int(chat), "type": "private"}},
        } if _person(chat, sender) and _identifier(callback):
            return Heard(Address(account, str(sender)), update, at, tap=_identifier(data) or "?", callback=callback)
    return None


def _membership(change: Any, account: str, update: str, at: datetime) -> Left | Joined | None:
    match change:
        case {
            "chat": {"id": int(chat), "type": "private"},
            "from": {"id": int(sender)},
            "new_chat_member": {"status": str(status)},
        } if _person(chat, sender):
            address = Address(account, str(chat))
            if status == "kicked":
                return Left(address, update, at)
            return Joined(address, update, at) if status == "member" else None
    return None


def _person(chat: int, sender: int) -> bool:
    return chat == sender and _small(chat)


def _small(number: int) -> bool:
    return not isinstance(number, bool) and abs(number) < _TELEGRAM_ID


def _identifier(value: Any) -> str:
    """Return a printable ASCII word as it is, else nothing: it will be stored, and may be anybody's."""
    return value if isinstance(value, str) and _IDENTIFIER.fullmatch(value) else ""


def _clean(text: str) -> str:
    return clean(text[:LONGEST])[:LONGEST]
