"""Events as an Official Account is told of them, and how they are signed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from sandbox.zalo.oa import ZaloOA
    from sandbox.zalo.phone import ZaloPhone

Json = dict[str, Any]
KINDS = {"photo": "image", "voice": "audio", "unsupported": "file"}


@dataclass(slots=True)
class Manner:
    """Where the sources contradict each other, how this platform does it, and what else a test may order."""

    signed: Literal["app_id", "oa_id", "wrong", "reserialised", "missing"] = "app_id"
    """What the signature begins with; or no good one, or one of other bytes than those that are posted."""
    timestamp_header: bool = True
    numbers: bool = False
    """Timestamps as numbers, as in old samples."""
    message_id: Literal["msg_id", "message_id"] = "msg_id"
    times: int = 1
    """How often each event is posted though it was accepted."""
    echoes: bool = True
    """The account is told of what it said itself."""
    buttons: bool = True
    """Buttons are taken; else they are an invalid parameter."""
    must_follow: bool = False
    """Nobody is reached who does not follow, as it was in the past."""


def of_message(oa: ZaloOA, phone: ZaloPhone, kind: str, message: Json) -> Json:
    """Return what is told of a message that somebody sent."""
    ends = {"sender": {"id": phone.id}, "recipient": {"id": oa.oa_id}}
    return _with_message(oa, phone, f"user_send_{KINDS.get(kind, kind)}", ends, kind, message)


def of_echo(oa: ZaloOA, phone: ZaloPhone, kind: str, message: Json) -> Json:
    """Return what is told of a message that the account sent."""
    ends = {"sender": {"id": oa.oa_id, "admin_id": "2213456789012345678"}, "recipient": {"id": phone.id}}
    return _with_message(oa, phone, f"oa_send_{kind}", ends, "text", message)


def of_following(oa: ZaloOA, phone: ZaloPhone, name: str) -> Json:
    """Return what is told of somebody who follows, or no longer does."""
    known = {"app_id": oa.app_id, "oa_id": oa.oa_id, "user_id_by_app": _by_app(phone), "event_name": name}
    return known | {"follower": {"id": phone.id}, "source": "oa_profile", "timestamp": _timestamp(oa)}


def of_info(oa: ZaloOA, phone: ZaloPhone, number: str) -> Json:
    """Return what is told of somebody who gave their number when asked."""
    address = {"user_city": "Tỉnh Mẫu", "user_ward": "Xã Mẫu", "user_address": "Thôn 3"}
    info = {"name": phone.name, "phone": number, "full_address": address}
    ends = {"sender": {"id": phone.id}, "recipient": {"id": oa.oa_id}}
    return {"app_id": oa.app_id, "event_name": "user_submit_info", **ends, "info": info, "timestamp": _timestamp(oa)}


def of_seen(oa: ZaloOA, phone: ZaloPhone) -> Json:
    """Return what is told of somebody who looked at what was said last."""
    ends = {"sender": {"id": phone.id}, "recipient": {"id": oa.oa_id}}
    seen = {"msg_ids": [phone.last["message_id"]]}
    return {"app_id": oa.app_id, "event_name": "user_seen_message", **ends, "message": seen,
            "timestamp": _timestamp(oa)}  # fmt: skip


def posted(oa: ZaloOA, event: Json) -> tuple[bytes, dict[str, str]]:
    """Return an event as it is posted: its bytes, and headers with their signature."""
    body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    stamp = str(event.get("timestamp", ""))
    headers = {"Content-Type": "application/json"}
    if oa.manner.signed != "missing":
        headers["X-ZEvent-Signature"] = f"mac={signature(oa, body, stamp)}"
    if oa.manner.timestamp_header:
        headers["X-ZEvent-Timestamp"] = stamp
    if oa.manner.signed == "reserialised":
        body = json.dumps(event).encode()
    return body, headers


def signature(oa: ZaloOA, body: bytes, stamp: str) -> str:
    """Return the hash that shows who wrote these bytes."""
    first = oa.oa_id if oa.manner.signed == "oa_id" else oa.app_id
    secret = f"{oa.oa_secret}x" if oa.manner.signed == "wrong" else oa.oa_secret
    return hashlib.sha256(first.encode() + body + stamp.encode() + secret.encode()).hexdigest()


def _with_message(oa: ZaloOA, phone: ZaloPhone, name: str, ends: Json, kind: str, message: Json) -> Json:
    known = {"app_id": oa.app_id, "user_id_by_app": _by_app(phone), "event_name": name, **ends}
    content = {oa.manner.message_id: message["message_id"], **_content(oa, kind, message)}
    return known | {"message": content, "timestamp": _timestamp(oa)}


def _content(oa: ZaloOA, kind: str, message: Json) -> Json:
    words = {"text": words} if (words := message.get("text") or message.get("caption")) else {}
    if kind == "text":
        return words
    if kind == "unsupported":
        return {"attachments": [{"type": "file", "payload": {"name": "tệp.pdf", "url": "https://tep.example/1"}}]}
    url = oa.media(message, kind)
    payload = {"url": url} | ({"thumbnail": url} if kind == "photo" else {})
    return words | {"attachments": [{"type": KINDS.get(kind, kind), "payload": payload}]}


def _by_app(phone: ZaloPhone) -> str:
    return f"55{phone.number}"


def _timestamp(oa: ZaloOA) -> str | int:
    moment = int(oa.world.clock.now().timestamp() * 1000)
    return moment if oa.manner.numbers else str(moment)
