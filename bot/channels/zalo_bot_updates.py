"""A Zalo bot's events read by their shape: what does not match is not for us, and nothing can raise."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any, Final

from conversation.answers import clean
from conversation.messages import Address, FileRef, Heard, Json
from storage.times import to_ms

LONGEST = 4096
"""Characters of a message's text that are read."""
LONGEST_URL = 2048
LATEST: Final = timedelta(hours=48)
"""What happened earlier may be forgotten by the inbox, and would count anew."""
SECONDS_BELOW = 10**12
"""A date below is one in seconds."""
_IDENTIFIER = re.compile(r"[\x21-\x7e]{1,128}", re.ASCII)
_URL = re.compile(r"https?://[\x21-\x7e]+", re.ASCII)


def hear(update: Json, account: str, at: datetime) -> Heard | None:
    """Read one event, bare or in its envelope; None for what is no person's doing."""
    match update:
        case {"result": {"event_name": str(name), "message": dict(message)}}:
            return _message(name, message, account, at)
        case {"event_name": str(name), "message": dict(message)}:
            return _message(name, message, account, at)
    return None


def _message(name: str, message: Json, account: str, at: datetime) -> Heard | None:
    match message:
        case {"from": {"is_bot": True}}:
            return None
        case {"message_id": number, "from": {"id": sender}, "chat": {"id": chat, "chat_type": str(kind)}}:
            update, address = _identifier(number), Address(account, _identifier(chat))
        case _:
            return None
    if not (update and address.chat) or _too_old(message.get("date"), at):
        return None
    if kind == "PRIVATE" and address.chat == _identifier(sender):
        content = _content(name, message)
        return Heard(address, update, at, **content) if content is not None else None
    if kind == "GROUP" and name == "message.text.received":  # only what mentions the bot is told
        return Heard(address, update, at, group=True)
    return None


def _content(name: str, message: Json) -> Json | None:
    """Return the fields of Heard that a private message fills, None for an unknown event."""
    match name, message:
        case "message.text.received", {"text": str(text)}:
            return {"text": _clean(text)}
        case "message.image.received", {"photo_url": str(url)} | {"photo": str(url)} if _is_url(url):
            caption = message.get("caption")
            return {"file": FileRef("photo", url), "text": _clean(caption) if isinstance(caption, str) else ""}
        case "message.voice.received", {"voice_url": str(url)} if _is_url(url):
            return {"file": FileRef("voice", url)}
        case "message.sticker.received", _:
            return {"other": "sticker"}
        case "message.unsupported.received", _:
            return {"other": "unsupported"}
    return None


def _too_old(date: object, at: datetime) -> bool:
    if not isinstance(date, int) or isinstance(date, bool):
        return False
    milliseconds = date if date >= SECONDS_BELOW else date * 1000
    return milliseconds < to_ms(at - LATEST)


def _identifier(value: Any) -> str:
    """Return an id as text, empty when it cannot be one: it will be stored, and may be anybody's."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if _IDENTIFIER.fullmatch(text) else ""


def _is_url(url: str) -> bool:
    return len(url) <= LONGEST_URL and _URL.fullmatch(url) is not None


def _clean(text: str) -> str:
    return clean(text[:LONGEST])[:LONGEST]
