"""Events as the Zalo Bot Platform writes them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from sandbox.zalo.bot import ZaloBot
    from sandbox.zalo.phone import ZaloPhone

Json = dict[str, Any]
SECRET_HEADER = "X-Bot-Api-Secret-Token"  # noqa: S105  (the header's name)


@dataclass(slots=True)
class Manner:
    """Where the sources contradict each other, how this platform does it."""

    enveloped: bool = False
    """Events inside `{"ok": true, "result": …}`, as the pages show, or bare, as captured."""
    photo: Literal["photo_url", "photo"] = "photo_url"
    seconds: bool = False
    """Dates in seconds instead of milliseconds."""
    times: int = 1
    """How often each event is posted."""
    proof: Literal["right", "wrong", "missing"] = "right"
    """What the header of the secret holds."""
    statuses: bool = False
    """Refusals carry their code as the HTTP status too."""


def event(bot: ZaloBot, phone: ZaloPhone, chat: Json, kind: str, message: Json) -> Json:
    """Return what the platform tells of a message in a chat."""
    date = int(bot.world.clock.now().timestamp() * 1000)
    name = "image" if kind == "photo" else kind
    return {
        "event_name": f"message.{name}.received",
        "message": {
            "date": date // 1000 if bot.manner.seconds else date,
            "chat": chat,
            "message_id": message["message_id"],
            "from": {"id": phone.id, "display_name": phone.name, "is_bot": False},
            **_content(bot, kind, message),
        },
    }


def body(bot: ZaloBot, told: Json) -> bytes:
    """Return an event as it is posted."""
    whole = {"ok": True, "result": told} if bot.manner.enveloped else told
    return json.dumps(whole, ensure_ascii=False).encode()


def headers(bot: ZaloBot) -> dict[str, str]:
    """Return the headers of a post."""
    plain = {"Content-Type": "application/json", "User-Agent": "Java/17.0.9"}
    if bot.manner.proof == "missing":
        return plain
    return plain | {SECRET_HEADER: bot.secret if bot.manner.proof == "right" else f"{bot.secret}x"}


def _content(bot: ZaloBot, kind: str, message: Json) -> Json:
    match kind:
        case "text":
            return {"text": message["text"]}
        case "photo":
            caption = {"caption": message["caption"]} if "caption" in message else {}
            return {"message_type": "CHAT_PHOTO", bot.manner.photo: bot.media(message, "photo"), **caption}
        case "voice":
            return {"message_type": "CHAT_VOICE", "voice_url": bot.media(message, "voice")}
        case "sticker":
            return {"sticker": "a1b2c3d4e5f60718", "url": bot.media(message, "sticker")}
    return {}
