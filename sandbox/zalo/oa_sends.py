"""How an Official Account speaks: words, and at most one thing with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.samples import dimensions
from sandbox.utf16 import units
from sandbox.zalo.errors import ZaloError
from sandbox.zalo.fetching import fetched_picture
from sandbox.zalo.oa_call import Call, invalid

if TYPE_CHECKING:
    from sandbox.zalo.phone import ZaloPhone

Json = dict[str, Any]
MAX_TEXT = 2000
MAX_IMAGE, MAX_FILE = 2**20, 5 * 2**20
MAX_BUTTONS, MAX_TITLE, MAX_PAYLOAD = 5, 100, 1000
TOO_LARGE, EXPIRED, UNKNOWN_TEMPLATE = -210, -100, -131
ENDINGS = (".pdf", ".doc", ".docx", ".csv")


async def send(call: Call) -> Json:
    """Put words, and perhaps a picture, a file or buttons, before somebody whose window is open."""
    phone, message = call.phone(call.part("recipient").get("user_id")), call.part("message")
    text = message.get("text", "")
    if not isinstance(text, str) or not (text.strip() or "attachment" in message):
        raise invalid("message.text")
    if units(text) > MAX_TEXT:
        raise ZaloError(TOO_LARGE, "Text is too long")
    for name in sorted(set(message) - {"text", "attachment", "quote_message_id"}):
        raise invalid(f"message.{name}")
    kind, content = await _attached(call, message.get("attachment"), text)
    return _said(call, phone, kind, {**({"text": text} if text else {}), **content})


async def send_template(call: Call) -> Json:
    """Put an approved template before somebody, whatever the window."""
    phone, number = call.phone(call.params.get("user_id")), call.params.get("template_id")
    if number not in call.oa.templates:
        raise ZaloError(UNKNOWN_TEMPLATE, "Template is not approved")
    words = ", ".join(f"{name}: {value}" for name, value in call.part("template_data").items())
    message = call.oa.say(phone, {"text": f"[mẫu {number}] {words}"})
    return {"message_id": message["message_id"], "user_id": phone.id}


async def upload_image(call: Call) -> Json:
    """Keep a picture for later."""
    upload = call.params.get("file")
    if upload is None or not all(dimensions(upload.data)):
        raise invalid("file")
    if len(upload.data) > MAX_IMAGE:
        raise ZaloError(TOO_LARGE, "File is too large")
    return {"attachment_id": _kept(call, upload.name, upload.data)}


async def upload_file(call: Call) -> Json:
    """Keep a document for later."""
    upload = call.params.get("file")
    if upload is None or not upload.name.lower().endswith(ENDINGS):
        raise invalid("file")
    if len(upload.data) > MAX_FILE:
        raise ZaloError(TOO_LARGE, "File is too large")
    return {"token": _kept(call, upload.name, upload.data)}


def _said(call: Call, phone: ZaloPhone, kind: str, content: Json) -> Json:
    counted = call.oa.reach(phone)
    message = call.oa.say(phone, content)
    call.oa.echo(phone, kind, message)
    quota = {"quota_type": counted, "remain": "8", "total": "8", "owner_type": "OA", "owner_id": call.oa.oa_id}
    return {"message_id": message["message_id"], "user_id": phone.id, "quota": quota}


async def _attached(call: Call, attachment: object, text: str) -> tuple[str, Json]:
    """Return what kind of message it is, and what is shown beside its words."""
    match attachment:
        case None:
            return "text", {}
        case {"type": "file", "payload": {"token": token}}:
            name, data = _found(call, token)
            return "file", {"document": call.oa.world.files.add_document(data, name, "application/octet-stream")}
        case {"type": "template", "payload": {"template_type": "media", "elements": [element]}}:
            return "image", {"photo": call.oa.world.files.add_photo(await _picture(call, element))}
        case {
            "type": "template",
            "payload": {"template_type": "request_user_info", "elements": [{"title": str(title)}]},
        }:
            return "template", {"text": title}
        case {"type": "template", "payload": {"buttons": list(buttons), **rest}} if text and not rest:
            return "text", {"reply_markup": {"inline_keyboard": [[_button(call, each)] for each in _few(buttons)]}}
    raise invalid("message.attachment")


async def _picture(call: Call, element: object) -> bytes:
    match element:
        case {"media_type": "image", "attachment_id": number, **rest} if not rest:
            return _found(call, number)[1]
        case {"media_type": "image", "url": str(url), **rest} if not rest:
            data = await fetched_picture(url)
            if data and len(data) <= MAX_IMAGE:
                return data
    raise invalid("message.attachment.payload.elements")


def _few(buttons: list[object]) -> list[object]:
    if not 1 <= len(buttons) <= MAX_BUTTONS:
        raise invalid("message.attachment.payload.buttons")
    return buttons


def _button(call: Call, button: object) -> Json:
    match button:
        case {"title": str(title), "type": "oa.query.show" | "oa.query.hide", "payload": str(payload), **rest}:
            fits = units(title) <= MAX_TITLE and units(payload) <= MAX_PAYLOAD
            if call.oa.manner.buttons and fits and not rest:
                return {"text": title, "callback_data": payload}
    raise invalid("message.attachment.payload.buttons")


def _kept(call: Call, name: str, data: bytes) -> str:
    number = f"tep-{len(call.oa.uploads) + 1}"
    call.oa.uploads[number] = (name, data)
    return number


def _found(call: Call, number: object) -> tuple[str, bytes]:
    if not isinstance(number, str) or number not in call.oa.uploads:
        raise ZaloError(EXPIRED, "Attachment does not exist or is expired")
    return call.oa.uploads[number]
