"""A Zalo Official Account's events read by their shape: what does not match is not for us, and nothing can raise."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

from conversation.answers import clean
from conversation.messages import Address, Contact, FileRef, Heard, Joined, Json, Left

LONGEST = 4096
"""Characters of a message's text that are read."""
LONGEST_URL = 2048
OTHERS = {"sticker", "location", "video", "gif", "file", "business_card"}
"""What nobody can use; a link, and words with any of them, are read."""
KINDS: Final = {"gif": "animation", "file": "document", "business_card": "contact_card"}
_IDENTIFIER = re.compile(r"[\x21-\x7e]{1,128}", re.ASCII)
_LARGEST = 2**64
_DIGITS = re.compile(r"[0-9]{1,20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Event:
    """What all events have."""

    name: str
    account: str
    at: datetime
    time: str
    """When it happened, by Zalo's clock."""

    @property
    def oa(self) -> str:
        return self.account.partition(":")[2]


def hear(update: Json, account: str, at: datetime) -> Heard | Left | Joined | None:
    """Read one event of an account; None for our own words that come back, and for what is no person's doing."""
    match update:
        case {"event_name": str(name), **rest}:
            event = _Event(name, account, at, _digits(rest.get("timestamp")))
        case _:
            return None
    match name:
        case "follow" | "unfollow":
            return _membership(event, update)
        case "user_submit_info":
            return _contact(event, update)
    return _message(event, update) if name.startswith("user_send_") else None


def _membership(event: _Event, update: Json) -> Left | Joined | None:
    match update:
        case {"follower": {"id": follower}, "oa_id": oa} if _id(oa) == event.oa and _id(follower) and event.time:
            kind = Joined if event.name == "follow" else Left
            return kind(Address(event.account, _id(follower)), _own_id(event, follower), event.at)
    return None


def _contact(event: _Event, update: Json) -> Heard | None:
    person = _person(event, update)
    match update:
        case {"info": {"phone": str() | int() as phone}} if person and event.time:
            contact = Contact(clean(str(phone))[:32], own=True)  # Zalo takes it from the sender's own form
            return Heard(Address(event.account, person), _own_id(event, person), event.at, contact=contact)
    return None


def _message(event: _Event, update: Json) -> Heard | None:
    person, message = _person(event, update), update.get("message")
    if not person or not isinstance(message, dict):
        return None
    number = _id(message.get("msg_id")) or _id(message.get("message_id"))
    content = _content(event.name.removeprefix("user_send_"), message)
    if content is None or not (number or event.time):
        return None
    return Heard(Address(event.account, person), number or _own_id(event, person), event.at, **content)


def _content(kind: str, message: Json) -> Json | None:
    """The fields of Heard that a message fills; None for kinds unheard of, and for those of groups."""
    text = clean(words[:LONGEST])[:LONGEST] if isinstance(words := message.get("text"), str) else ""
    url = _url(message)
    match kind:
        case "text":
            return {"text": text}
        case "image" | "audio" if url:
            return {"file": FileRef("photo" if kind == "image" else "voice", url), "text": text}
        case "image" | "audio":
            return {"other": kind}
        case "link":
            return {"text": text or clean(url)} if text or url else {"other": "link"}
    return {"other": KINDS.get(kind, kind)} if kind in OTHERS else None


def _url(message: Json) -> str:
    match message:
        case {"attachments": [{"payload": {"url": str(url)}}, *_]} if len(url) <= LONGEST_URL:
            return url if _is_web_address(url) else ""
    return ""


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and url.isprintable() and " " not in url
    except ValueError:
        return False


def _person(event: _Event, update: Json) -> str:
    """The sender, if they wrote to this account; our own words come back with the two exchanged."""
    match update:
        case {"sender": {"id": sender}, "recipient": {"id": recipient}} if _id(recipient) == event.oa:
            return "" if _id(sender) == event.oa else _id(sender)
    return ""


def _own_id(event: _Event, person: Any) -> str:
    """An id for events that have none: the same one comes again with the same name, person and time.

    Hashed, because ids are kept when somebody has had their data erased.
    """
    return sha256(f"{event.name}:{_id(person)}:{event.time}".encode()).hexdigest()[:32]


def _id(value: Any) -> str:
    """Return an id as a text: some samples have numbers; else nothing."""
    if isinstance(value, int):
        return _digits(value)
    return value if isinstance(value, str) and _IDENTIFIER.fullmatch(value) else ""


def _digits(value: Any) -> str:
    if isinstance(value, int):
        return str(value) if not isinstance(value, bool) and 0 <= value < _LARGEST else ""
    return value if isinstance(value, str) and _DIGITS.fullmatch(value) else ""
