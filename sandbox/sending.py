"""Methods that put something new before a person."""

from typing import Any

from sandbox import markup, samples
from sandbox.call import Call
from sandbox.entities import caption, message_text
from sandbox.errors import bad
from sandbox.records import Chat
from sandbox.spec import Upload

Json = dict[str, Any]
TYPING_SECONDS = 5
MAX_PHOTO = 10 * 2**20
MAX_SIDES = 10_000
MAX_RATIO = 20
MAX_PLACEHOLDER = 64
_ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
        "record_audio",
        "upload_audio",
    ]
)


def send_message(call: Call) -> Json:
    """Send words."""
    found = message_text(call.get("text"), call.get("parse_mode"), call.get("entities"))
    content: Json = {"text": found.text} | ({"entities": found.entities} if found.entities else {})
    return _send(call, content)


def send_photo(call: Call) -> Json:
    """Send a photo with a caption."""
    found = _file(call, "photo")
    if isinstance(found, Upload):
        _check_photo(found.data)
        return _send(call, {"photo": call.world.files.add_photo(found.data)} | _caption(call))
    return _send(call, {"photo": [found]} | _caption(call))


def send_voice(call: Call) -> Json:
    """Send a voice recording."""
    found = _file(call, "voice")
    if isinstance(found, Upload):
        found = call.world.files.add_voice(found.data, call.get("duration") or 0)
    return _send(call, {"voice": found} | _caption(call))


def send_document(call: Call) -> Json:
    """Send a document."""
    found = _file(call, "document")
    if isinstance(found, Upload):
        found = call.world.files.add_document(found.data, found.name, found.mime)
    return _send(call, {"document": found} | _caption(call))


def send_chat_action(call: Call) -> bool:
    """Show that the bot is busy."""
    if call.get("action") not in _ACTIONS:
        raise bad("wrong parameter action in request")
    call.chat().typing_until = call.world.monotonic() + TYPING_SECONDS
    call.world.changed()
    return True


def _send(call: Call, content: Json) -> Json:
    chat = call.chat()
    extra = _reply(call, chat)
    keyboard = _keyboard(call)
    call.keep_pace(chat)
    if keyboard and "inline_keyboard" in keyboard:
        extra["reply_markup"] = keyboard
    elif keyboard:
        chat.keyboard = keyboard if "keyboard" in keyboard else None
    return call.world.post(call.bot, chat, content | extra, by_bot=True)


def _keyboard(call: Call) -> Json | None:
    given = call.get("reply_markup")
    if given is None:
        if "reply_markup" in call.params:
            raise bad("object expected as reply markup")
        return None
    found = markup.checked(given)
    if len(str(found.get("input_field_placeholder") or "")) > MAX_PLACEHOLDER:
        raise bad("input field placeholder is too long")
    return found


def _reply(call: Call, chat: Chat) -> Json:
    wanted = call.get("reply_parameters")
    if not isinstance(wanted, dict):
        return {}
    replied = chat.messages.get(wanted.get("message_id", 0))
    if replied is None:
        if wanted.get("allow_sending_without_reply"):
            return {}
        raise bad("message to be replied not found")
    return {"reply_to_message": {key: value for key, value in replied.items() if key != "reply_to_message"}}


def _caption(call: Call) -> Json:
    found = caption(call.get("caption"), call.get("parse_mode"), call.get("caption_entities"))
    content = {"caption": found.text} if found.text else {}
    return content | ({"caption_entities": found.entities} if found.entities else {})


def _file(call: Call, name: str) -> Upload | Json:
    """Return what was uploaded, or the file an id names."""
    given = call.get(name)
    if isinstance(given, str) and given.startswith("attach://"):
        given = call.uploads.get(given.removeprefix("attach://"))
    if not given:
        raise bad(f"there is no {name} in the request")
    if isinstance(given, Upload):
        if not given.data:
            raise bad("file must be non-empty")
        return given
    stored = call.world.files.get(given)
    if stored is None:
        raise bad("wrong file identifier/HTTP URL specified")
    return stored.shape


def _check_photo(data: bytes) -> None:
    width, height = samples.dimensions(data)
    if len(data) > MAX_PHOTO:
        raise bad("file is too big")
    if not width:
        raise bad("IMAGE_PROCESS_FAILED")
    if width + height > MAX_SIDES or max(width, height) > MAX_RATIO * min(width, height):
        raise bad("PHOTO_INVALID_DIMENSIONS")
