"""How a Zalo bot speaks: plain words, photos by address, no buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.zalo.bot_call import Call, bad
from sandbox.zalo.fetching import fetched_picture
from sandbox.zalo.styles import entities

if TYPE_CHECKING:
    from sandbox.zalo.phone import ZaloPhone

Json = dict[str, Any]
TYPING_SECONDS = 5.0


async def send_message(call: Call) -> Json:
    """Put words before a person."""
    phone, text = call.phone(), call.text("text")
    if call.params.get("parse_mode") not in (None, "markdown", "html"):
        raise bad("Bad request: unknown parse_mode")
    if "parse_mode" in call.params:
        call.bot.complain("sendMessage: parse_mode would read what people wrote as markup")
    styles = entities(text, call.params.get("text_styles", []))
    return _said(call, phone, {"text": text} | ({"entities": styles} if styles else {}))


async def send_photo(call: Call) -> Json:
    """Put a photo before a person, once it has been fetched from its address."""
    phone, url = call.phone(), call.params.get("photo")
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise bad("The photo must start with http:// or https://")
    caption = {"caption": call.text("caption")} if "caption" in call.params else {}
    if not (data := await fetched_picture(url)):
        raise bad("Bad request: the photo could not be fetched")
    content = {"photo": call.bot.world.files.add_photo(data), **caption}
    return _said(call, phone, content) | {"message_type": "CHAT_PHOTO"}


async def send_sticker(call: Call) -> Json:
    """Put a sticker before a person."""
    phone = call.phone()
    return _said(call, phone, {"text": f"[{call.text('sticker')}]"})


async def send_chat_action(call: Call) -> Json:
    """Show that the bot is typing."""
    phone = call.phone()
    if call.params.get("action") != "typing":
        raise bad("Bad request: unknown action")
    phone.typing_until = call.bot.world.monotonic() + TYPING_SECONDS
    call.bot.world.changed()
    return {"ok": True}


def _said(call: Call, phone: ZaloPhone, content: Json) -> Json:
    message = call.bot.say(phone, content)
    return {"message_id": message["message_id"], "date": int(call.bot.world.clock.now().timestamp() * 1000)}
